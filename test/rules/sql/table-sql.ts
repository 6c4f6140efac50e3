import type { TableDescription } from '#model/measure-plan.ts';
import type { DialectName } from '#model/ports.ts';
import { DIALECTS } from '#rules/sql/dialects.ts';
import type { Cell, Kind, Table } from './row-oracle.ts';

type Types = Readonly<Record<Kind, string>>;

const STANDARD: Types = {
  integer: 'bigint',
  decimal: 'decimal(20,3)',
  double: 'double',
  text: 'varchar',
  boolean: 'boolean',
  date: 'date',
  timestamp: 'timestamp',
};

const TYPES: Readonly<Record<DialectName, Types>> = {
  postgres: { ...STANDARD, double: 'double precision', text: 'text' },
  mysql: { ...STANDARD, text: 'varchar(200)', timestamp: 'datetime(6)' },
  starrocks: { ...STANDARD, text: 'varchar(200)', timestamp: 'datetime' },
  clickhouse: {
    integer: 'Nullable(Int64)',
    decimal: 'Nullable(Decimal(20, 3))',
    double: 'Nullable(Float64)',
    text: 'Nullable(String)',
    boolean: 'Nullable(Bool)',
    date: 'Nullable(Date32)',
    timestamp: "Nullable(DateTime64(6, 'UTC'))",
  },
  spark: { ...STANDARD, text: 'string' },
  trino: { ...STANDARD, timestamp: 'timestamp(6)' },
  duckdb: STANDARD,
};

/** What the catalogue would say of the table. */
export function describeTable(dialect: DialectName, table: Table, name: string): TableDescription {
  const types = TYPES[dialect];
  return {
    from: DIALECTS[dialect].identifier(name),
    name,
    columns: table.columns.map((column) => ({
      name: column.name,
      type: column.kind === 'boolean' && dialect === 'mysql' ? 'tinyint(1)' : types[column.kind],
    })),
  };
}

/** Statements that make the table anew with these rows. */
export function tableSql(dialect: DialectName, table: Table, name: string): string[] {
  const { identifier } = { identifier: (text: string) => DIALECTS[dialect].identifier(text) };
  const types = TYPES[dialect];
  const quoted = identifier(name);
  const constants = table.rows.map((row) =>
    row.map((cell, at) => constant(dialect, cell, table.columns[at]?.kind ?? 'text')),
  );
  if (dialect === 'spark') {
    const selected = table.columns.map(
      (column, at) => `cast(c${at} as ${types[column.kind]}) as ${identifier(column.name)}`,
    );
    const rows = constants.length === 0 ? [table.columns.map(() => 'null')] : constants;
    const values = rows.map((row) => `(${row.join(', ')})`).join(', ');
    const names = table.columns.map((_, at) => `c${at}`).join(', ');
    const none = constants.length === 0 ? ' where false' : '';
    return [
      `create or replace temporary view ${quoted} as select ${selected.join(', ')} from values ${values} as v(${names})${none}`,
    ];
  }
  const columns = table.columns.map((column) => `${identifier(column.name)} ${types[column.kind]}`);
  const engine = dialect === 'clickhouse' ? ' engine = Memory' : '';
  const made = [`drop table if exists ${quoted}`, `create table ${quoted} (${columns.join(', ')})${engine}`];
  const rows = constants.map((row) => `(${row.join(', ')})`);
  return rows.length === 0 ? made : [...made, `insert into ${quoted} values ${rows.join(', ')}`];
}

const DOUBLES: Readonly<Record<DialectName, string>> = {
  postgres: 'double precision',
  mysql: 'double',
  starrocks: 'double',
  clickhouse: 'Float64',
  spark: 'double',
  trino: 'double',
  duckdb: 'double',
};

// Written without the code under test: bytes as hexadecimal digits.
function constant(dialect: DialectName, cell: Cell, kind: Kind): string {
  if (cell === null) return 'null';
  if (typeof cell === 'boolean') return String(cell);
  if (typeof cell === 'number') {
    // MariaDB has no NaN; it would be null to us anyway.
    if (Number.isNaN(cell)) return dialect === 'mysql' ? 'null' : `cast('NaN' as ${DOUBLES[dialect]})`;
    if (Object.is(cell, -0) && kind === 'double') return `cast('-0' as ${DOUBLES[dialect]})`;
    return kind === 'decimal' ? cell.toFixed(3) : kind === 'double' ? cell.toExponential() : String(cell);
  }
  if (kind !== 'text') return `'${cell}'`;
  const hex = Buffer.from(cell).toString('hex');
  switch (dialect) {
    case 'mysql':
      return hex === '' ? "''" : `convert(X'${hex}' using utf8mb4)`;
    case 'duckdb':
      return `decode(from_hex('${hex}'))`;
    case 'clickhouse':
    case 'starrocks':
      return `unhex('${hex}')`;
    case 'spark':
      return `cast(X'${hex}' as string)`;
    case 'trino':
      return `from_utf8(X'${hex}')`;
    case 'postgres':
      return `convert_from(decode('${hex}', 'hex'), 'UTF8')`;
    default:
      throw new Error(`no texts of ${String(dialect satisfies never)}`);
  }
}
