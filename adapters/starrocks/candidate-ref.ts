import { parseTableName, quoteIdentifier, quoteTable, showTable, type TableName } from './names.ts';

/**
 * Where a candidate's rows are: `stage.orders` (all of the table), `stage.orders/p20260101` (one partition), or
 * `gold.orders/temporary/p20260101__assay_…`. What is fed all the time is `gold.clicks/live/p20260101`, or
 * `gold.clicks/live/` as a whole: it may move while it is measured, and is never published.
 */
export interface CandidateRef {
  readonly table: TableName;
  readonly partition: string | null;
  readonly temporary: boolean;
  readonly live: boolean;
}

/** Reads a ref; null when it is none. */
export function parseRef(text: string): CandidateRef | null {
  const [name = '', ...rest] = text.split('/');
  const table = parseTableName(name);
  const [kind] = rest;
  const temporary = kind === 'temporary';
  const live = kind === 'live' && rest.length === 2;
  const given = (temporary || live ? rest[1] : kind) ?? null;
  const partition = live && given === '' ? null : given;
  if (table === null || rest.length !== (temporary || live ? 2 : partition === null ? 0 : 1)) return null;
  return partition === '' || (partition !== null && /[\0`]/.test(partition))
    ? null
    : { table, partition, temporary, live };
}

export function showRef({ table, partition, temporary, live }: CandidateRef): string {
  if (live) return `${showTable(table)}/live/${partition ?? ''}`;
  if (partition === null) return showTable(table);
  return `${showTable(table)}/${temporary ? 'temporary/' : ''}${partition}`;
}

/** What stands after `from`. */
export function fromOf({ table, partition, temporary }: CandidateRef): string {
  if (partition === null) return quoteTable(table);
  return `${quoteTable(table)} ${temporary ? 'TEMPORARY ' : ''}PARTITION (${quoteIdentifier(partition)})`;
}
