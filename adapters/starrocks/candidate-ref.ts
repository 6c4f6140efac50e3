import { parseTableName, quoteIdentifier, quoteTable, showTable, type TableName } from './names.ts';

/**
 * Where a candidate's rows are: `stage.orders` (all of the table), `stage.orders/p20260101` (one partition), or
 * `gold.orders/temporary/p20260101__assay_…`.
 */
export interface CandidateRef {
  readonly table: TableName;
  readonly partition: string | null;
  readonly temporary: boolean;
}

/** Reads a ref; null when it is none. */
export function parseRef(text: string): CandidateRef | null {
  const [name = '', ...rest] = text.split('/');
  const table = parseTableName(name);
  const temporary = rest[0] === 'temporary';
  const partition = (temporary ? rest[1] : rest[0]) ?? null;
  if (table === null || rest.length !== (temporary ? 2 : partition === null ? 0 : 1)) return null;
  return partition === '' || (partition !== null && /[\0`]/.test(partition))
    ? null
    : { table, partition, temporary };
}

export function showRef({ table, partition, temporary }: CandidateRef): string {
  if (partition === null) return showTable(table);
  return `${showTable(table)}/${temporary ? 'temporary/' : ''}${partition}`;
}

/** What stands after `from`. */
export function fromOf({ table, partition, temporary }: CandidateRef): string {
  if (partition === null) return quoteTable(table);
  return `${quoteTable(table)} ${temporary ? 'TEMPORARY ' : ''}PARTITION (${quoteIdentifier(partition)})`;
}
