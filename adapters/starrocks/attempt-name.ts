import { tableIdsOf } from './catalog.ts';
import { shortHash, type TableName } from './names.ts';
import { StarRocksError, type Session } from './session.ts';
import { renameTable } from './statements.ts';

/** Renames are tried this often before the frontend counts as gone. */
const MAX_RENAMES = 5;

/**
 * Gives a candidate table a name that no statement was ever sent with. A statement that is still on its way
 * names the table as it was called before, and finds nothing.
 * @param id the table's id, which stays.
 * @param published the name at which it is to be published: once it stands there it is left alone.
 * @returns the new name, or null when no table has that id any more.
 */
export async function freshName(
  session: Session,
  database: string,
  id: string,
  token: string,
  published: string,
): Promise<TableName | null> {
  const tried = new Set<string>();
  for (let renames = 0; renames < MAX_RENAMES; renames += 1) {
    const ids = await tableIdsOf(session, database);
    const current = nameOf(ids, id);
    if (current === null) return null;
    // A rename whose answer was lost has worked.
    if (tried.has(current) || current === published) return { database, table: current };
    const next = nextName(ids, current, token);
    tried.add(next);
    try {
      await session.query(renameTable({ database, table: current }, next));
    } catch (error) {
      if (!(error instanceof StarRocksError)) throw error;
    }
  }
  throw new StarRocksError('lost', `The candidate table ${id} of ${database} could not be renamed.`);
}

/** The name that the table with an id has now. */
export function nameOf(ids: ReadonlyMap<string, string>, id: string): string | null {
  for (const [name, other] of ids) if (other === id) return name;
  return null;
}

const ATTEMPT = /__assay_[0-9a-f]{10}_(\d+)$/;

function nextName(ids: ReadonlyMap<string, string>, current: string, token: string): string {
  const base = current.replace(ATTEMPT, '');
  let attempt = Number(ATTEMPT.exec(current)?.[1] ?? 0) + 1;
  for (;;) {
    const name = `${base}__assay_${shortHash(token)}_${attempt}`;
    if (!ids.has(name)) return name;
    attempt += 1;
  }
}
