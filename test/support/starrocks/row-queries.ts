import { StarRocksError, type Row } from '#adapters/starrocks/session.ts';
import type { FrontEnd } from './front-end.ts';
import type { Select } from './grammar.ts';

const { DuckDBInstance } = await import('@duckdb/node-api');

// What checks are compiled to: a hint, aggregates, and a table or a partition of it under an alias.
const HEAD = /^select (?:\/\*\+ SET_VAR\(((?:\w+=[\w']+(?:, )?)+)\) \*\/)?\s/;
const SOURCE = /from `(\w+)`\.`(\w+)`(?: (TEMPORARY )?PARTITION \(`(\w+)`\))? as ([cps])\b/g;

export function isRowQuery(sql: string): boolean {
  return HEAD.test(sql);
}

/** Variables that this release knows. */
export const VARIABLES: ReadonlyMap<string, string> = new Map([
  ['query_timeout', '300'],
  ['query_mem_limit', '0'],
  ['enable_rewrite_simple_agg_to_meta_scan', 'true'],
  ['resource_group', ''],
  ['time_zone', 'Asia/Shanghai'],
]);

/** What StarRocks has and this engine does not, as the documentation of StarRocks says it. */
const FUNCTIONS = [
  'create type largeint as hugeint',
  "create macro conv(digits, base, other) as case when base = 16 and other = 10 then cast(cast('0x' || digits as bigint) as varchar) end",
  'create macro bit_shift_right(value, places) as value >> places',
  'create macro bitand(a, b) as a & b',
  'create macro array_join(list, separator) as array_to_string(list, separator)',
  'create macro char_length(text) as length(text)',
];

async function openEngine(): ReturnType<typeof DuckDBInstance.create> {
  const made = await DuckDBInstance.create(':memory:');
  const connection = await made.connect();
  for (const statement of FUNCTIONS) await connection.run(statement);
  connection.closeSync();
  return made;
}

/** One for the process: opening takes longer than all queries of a test. */
let engine: ReturnType<typeof DuckDBInstance.create> | null = null;

/** Answers a query over rows that were given as contents, by an engine that is not ours. */
export async function answerRowQuery(
  frontEnd: FrontEnd,
  sql: string,
  variables: ReadonlyMap<string, string>,
): Promise<Row[]> {
  const hint = HEAD.exec(sql)?.[1] ?? '';
  for (const item of hint.split(', ').filter((text) => text !== '')) {
    const [name = ''] = item.split('=');
    if (!variables.has(name))
      throw new StarRocksError('refused', `Unknown system variable '${name}', the most similar ...`, 1193);
  }
  const text = sql
    .replace(/\/\*\+.*?\*\//, '')
    .replaceAll(
      SOURCE,
      (
        _,
        database: string,
        table: string,
        temporary: string | undefined,
        partition: string | undefined,
        alias: string,
      ) => {
        const source: Select = {
          table: { database, table },
          partition: partition ?? null,
          temporary: temporary !== undefined,
        };
        return `from ${relationOf(frontEnd, source)} as ${alias}`;
      },
    )
    .replaceAll('`', '"');
  engine ??= openEngine();
  const connection = await (await engine).connect();
  try {
    const reader = await connection.runAndReadAll(text);
    const names = reader.columnNames();
    return reader
      .getRowsJS()
      .map((row) => Object.fromEntries(names.map((name, at) => [name, textOf(row[at])])));
  } catch (error) {
    throw new StarRocksError('refused', (error as Error).message, 1064);
  } finally {
    connection.closeSync();
  }
}

function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return value.toString();
  if (value === null || value === undefined) return null;
  return value instanceof Date ? value.toISOString() : JSON.stringify(value);
}

/** Rows of a content: JSON arrays, one after another for each load. */
export function rowsOfContent(content: string): Record<string, string | number | null>[] {
  return content === ''
    ? []
    : content
        .split(/(?<=\])\+(?=\[)/)
        .flatMap((part) => JSON.parse(part) as Record<string, string | number | null>[]);
}

const TYPES: Readonly<Record<string, string>> = {
  date: 'DATE',
  datetime: 'TIMESTAMP',
  int: 'INTEGER',
  bigint: 'BIGINT',
  double: 'DOUBLE',
  'decimal(10,2)': 'DECIMAL(10,2)',
};

function relationOf(frontEnd: FrontEnd, source: Select): string {
  const { database, table } = source.table;
  const columns = frontEnd.columns.get(`${database}.${table}`) ?? [];
  const rows = rowsOfContent(frontEnd.read(source));
  const cell = (value: string | number | null | undefined, type: string): string =>
    `cast(${value === null || value === undefined ? 'null' : `'${String(value).replaceAll("'", "''")}'`} as ${TYPES[type] ?? 'VARCHAR'})`;
  const select = (row: Record<string, string | number | null> | null): string =>
    `select ${columns.map(({ name, type }) => `${cell(row?.[name], type)} as "${name}"`).join(', ')}`;
  return rows.length === 0 ? `(${select(null)} limit 0)` : `(${rows.map(select).join(' union all ')})`;
}
