import { sql, type Statement } from './sql.ts';

/** How far a file was imported. */
export interface ImportPosition {
  readonly id: string;
  readonly machine: string;
  readonly path: string;
  /** Bytes after decompression; of a folder the time of its newest file, in milliseconds since 1970. */
  readonly position: number;
  readonly lines: number;
  readonly fingerprint: string;
  /** Stored and rejected over all runs. */
  readonly events: number;
  readonly rejected: number;
}

export function readImportPosition(id: string): Statement {
  return sql`
    select id, machine, path, position, lines, fingerprint, events, rejected
    from import_position where id = ${id}`;
}

/** Keeps how far a file was imported; what was kept of it before is replaced. */
export function putImportPosition(row: ImportPosition, now: Date): Statement {
  return sql`
    insert into import_position (id, machine, path, position, lines, fingerprint, events, rejected, updated_at)
    values (${row.id}, ${row.machine}, ${row.path}, ${row.position}, ${row.lines}, ${row.fingerprint}, ${row.events},
      ${row.rejected}, ${now})
    on conflict (id) do update set
      machine = excluded.machine, path = excluded.path, position = excluded.position, lines = excluded.lines,
      fingerprint = excluded.fingerprint, events = excluded.events, rejected = excluded.rejected,
      updated_at = excluded.updated_at`;
}
