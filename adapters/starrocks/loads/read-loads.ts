import { quoteText } from '../names.ts';
import { StarRocksError, type Row, type Session } from '../session.ts';
import { loadOf, schemaOf, stateOf, type LoadRow, type LoadsSchema, type LoadState } from './load-row.ts';

/** The schema of this cluster's `information_schema.loads`. */
export async function readSchema(session: Session): Promise<LoadsSchema> {
  const rows = await session.query(
    "SELECT COLUMN_NAME FROM information_schema.columns WHERE TABLE_SCHEMA = 'information_schema' AND TABLE_NAME = 'loads'",
  );
  const schema = schemaOf(rows.map((row) => row['COLUMN_NAME'] ?? ''));
  if (schema === null)
    throw new StarRocksError(
      'refused',
      'information_schema.loads has none of the known columns; is it a StarRocks of 3.1 or later?',
    );
  return schema;
}

/** A load's id and state, which is all that a poll needs of those it knows. */
export interface ListedLoad {
  readonly id: string;
  readonly state: LoadState;
}

/**
 * All loads of a database, of which the frontend filters by name alone: predicates on times lose rows where the
 * session's zone is not the cluster's, and a scan of all databases breaks at 100 MB. One that breaks all the same is
 * read table by table.
 */
export async function listLoads(
  session: Session,
  schema: LoadsSchema,
  database: string,
): Promise<ListedLoad[]> {
  const rows = await scan(session, schema, database, [schema.id, 'STATE'], '');
  return rows.map((row) => ({ id: row[schema.id] ?? '0', state: stateOf(row['STATE'] ?? null) }));
}

/** The whole rows of loads between two ids. */
export async function readLoads(
  session: Session,
  schema: LoadsSchema,
  database: string,
  range: { readonly first: string; readonly last: string },
): Promise<LoadRow[]> {
  const ids = ` AND ${schema.id} >= ${digits(range.first)} AND ${schema.id} <= ${digits(range.last)}`;
  const rows = await scan(session, schema, database, schema.columns, ids);
  return rows.map((row) => loadOf(row, schema));
}

async function scan(
  session: Session,
  schema: LoadsSchema,
  database: string,
  columns: readonly string[],
  more: string,
): Promise<readonly Row[]> {
  const select = `SELECT ${columns.join(', ')} FROM information_schema.loads WHERE ${schema.database} = ${quoteText(database)}`;
  try {
    return await session.query(`${select}${more}`);
  } catch (error) {
    const large = error instanceof StarRocksError && /MaxMessageSize/i.test(error.message);
    if (!large || !schema.columns.includes('TABLE_NAME')) throw error;
  }
  const rows: Row[] = [];
  const tables = await session.query(
    `SELECT TABLE_NAME FROM information_schema.tables WHERE TABLE_SCHEMA = ${quoteText(database)}`,
  );
  // Only when the whole is too large for one message.
  for (const table of tables)
    rows.push(
      ...(await session.query(`${select} AND TABLE_NAME = ${quoteText(table['TABLE_NAME'] ?? '')}${more}`)),
    );
  return rows;
}

/** A load that is no longer listed, from the history that the cluster keeps; null when it is not there either. */
export async function readHistory(session: Session, id: string): Promise<LoadRow | null> {
  try {
    const rows = await session.query(`SELECT * FROM _statistics_.loads_history WHERE id = ${digits(id)}`);
    const loads = rows.map((row) => loadOf(row, { id: 'ID', database: 'DB_NAME' }));
    return loads.find(({ state }) => state === 'finished') ?? loads[0] ?? null;
  } catch (error) {
    // Releases before 3.3.6 have none, and not everybody may read it.
    if (error instanceof StarRocksError && error.kind === 'refused') return null;
    throw error;
  }
}

/** What became of a transaction; null when it is not known any more. */
export async function transactionState(
  session: Session,
  database: string,
  transaction: string,
): Promise<'visible' | 'aborted' | 'running' | null> {
  try {
    const [row] = await session.query(
      `SHOW TRANSACTION FROM \`${database.replaceAll('`', '')}\` WHERE id = ${digits(transaction)}`,
    );
    const status = row?.['TransactionStatus'] ?? null;
    if (status === null) return null;
    return status === 'VISIBLE' ? 'visible' : status === 'ABORTED' ? 'aborted' : 'running';
  } catch (error) {
    if (error instanceof StarRocksError && error.kind === 'refused') return null;
    throw error;
  }
}

function digits(text: string): string {
  if (!/^\d{1,20}$/.test(text)) throw new TypeError(`${JSON.stringify(text.slice(0, 40))} is no id.`);
  return text;
}
