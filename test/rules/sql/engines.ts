import { DuckDBInstance } from '@duckdb/node-api';
import { createConnection } from 'mysql2/promise';
import { Client } from 'pg';
import type { DialectName } from '#model/ports.ts';
import type { TableDescription } from '#model/measure-plan.ts';
import { DIALECTS } from '#rules/sql/dialects.ts';
import type { Cell, Kind, Table } from './row-oracle.ts';

/** A real engine: rows in, numbers out. */
export interface Engine {
  readonly dialect: DialectName;
  run(text: string): Promise<unknown[][]>;
  close(): Promise<void>;
}

export async function postgresEngine(url: string): Promise<Engine> {
  const client = new Client({ connectionString: url, options: '-c timezone=UTC' });
  await client.connect();
  return {
    dialect: 'postgres',
    run: async (text) => (await client.query<unknown[]>({ text, rowMode: 'array' })).rows,
    close: () => client.end(),
  };
}

export async function mariadbEngine(url: string): Promise<Engine> {
  const connection = await createConnection({
    uri: url,
    rowsAsArray: true,
    dateStrings: true,
    supportBigNumbers: true,
    charset: 'utf8mb4',
    timezone: 'Z',
  });
  await connection.query("set time_zone = '+00:00', max_sort_length = 8388608");
  return {
    dialect: 'mysql',
    run: async (text) => {
      const [rows] = await connection.query(text);
      return Array.isArray(rows) ? (rows as unknown[][]) : [];
    },
    close: () => connection.end(),
  };
}

export async function duckdbEngine(): Promise<Engine> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  return {
    dialect: 'duckdb',
    run: async (text) => (await connection.runAndReadAll(text)).getRowsJS(),
    close: () => {
      connection.closeSync();
      instance.closeSync();
      return Promise.resolve();
    },
  };
}

const TYPES: Readonly<Record<'postgres' | 'mysql' | 'duckdb', Readonly<Record<Kind, string>>>> = {
  postgres: {
    integer: 'bigint',
    decimal: 'numeric(20,3)',
    double: 'double precision',
    text: 'text',
    boolean: 'boolean',
    date: 'date',
    timestamp: 'timestamp',
  },
  mysql: {
    integer: 'bigint',
    decimal: 'decimal(20,3)',
    double: 'double',
    text: 'varchar(200)',
    boolean: 'boolean',
    date: 'date',
    timestamp: 'datetime(6)',
  },
  duckdb: {
    integer: 'bigint',
    decimal: 'decimal(20,3)',
    double: 'double',
    text: 'varchar',
    boolean: 'boolean',
    date: 'date',
    timestamp: 'timestamp',
  },
};

/** What the catalogue would say of the columns' types. */
export function describe(engine: Engine, table: Table, name: string): TableDescription {
  const types = typesOf(engine);
  return {
    from: DIALECTS[engine.dialect].identifier(name),
    name,
    columns: table.columns.map((column) => ({
      name: column.name,
      type: column.kind === 'boolean' && engine.dialect === 'mysql' ? 'tinyint(1)' : types[column.kind],
    })),
  };
}

/** Makes the table anew with these rows. */
export async function load(engine: Engine, table: Table, name: string): Promise<TableDescription> {
  const dialect = DIALECTS[engine.dialect];
  const types = typesOf(engine);
  const quoted = dialect.identifier(name);
  await engine.run(`drop table if exists ${quoted}`);
  const columns = table.columns.map((column) => `${dialect.identifier(column.name)} ${types[column.kind]}`);
  await engine.run(`create table ${quoted} (${columns.join(', ')})`);
  if (table.rows.length > 0) {
    const rows = table.rows.map(
      (row) =>
        `(${row.map((cell, at) => constant(engine, cell, table.columns[at]?.kind ?? 'text')).join(', ')})`,
    );
    await engine.run(`insert into ${quoted} values ${rows.join(', ')}`);
  }
  return describe(engine, table, name);
}

function typesOf(engine: Engine): Readonly<Record<Kind, string>> {
  if (engine.dialect === 'postgres' || engine.dialect === 'mysql' || engine.dialect === 'duckdb')
    return TYPES[engine.dialect];
  throw new Error(`no types of ${engine.dialect}`);
}

// Written without the code under test: bytes as hexadecimal digits.
function constant(engine: Engine, cell: Cell, kind: Kind): string {
  if (cell === null) return 'null';
  if (typeof cell === 'boolean') return String(cell);
  if (typeof cell === 'number') {
    // MariaDB has no NaN; it would be null to us anyway.
    if (Number.isNaN(cell)) return engine.dialect === 'mysql' ? 'null' : "cast('NaN' as double precision)";
    if (Object.is(cell, -0) && kind === 'double')
      return engine.dialect === 'mysql' ? "cast('-0' as double)" : "cast('-0' as double precision)";
    return kind === 'decimal' ? cell.toFixed(3) : kind === 'double' ? cell.toExponential() : String(cell);
  }
  if (kind !== 'text') return `'${cell}'`;
  const hex = Buffer.from(cell).toString('hex');
  if (engine.dialect === 'mysql') return hex === '' ? "''" : `convert(X'${hex}' using utf8mb4)`;
  if (engine.dialect === 'duckdb') return `decode(from_hex('${hex}'))`;
  return `convert_from(decode('${hex}', 'hex'), 'UTF8')`;
}
