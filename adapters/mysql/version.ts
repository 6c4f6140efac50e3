import { createHash } from 'node:crypto';
import type { TableDescription } from '#model/measure-plan.ts';
import { quoteIdentifier } from './table-name.ts';

/**
 * The select-list items from which a table's version is made, in the same scan as its facts: its rows, and two
 * sums of halves of each row's SHA-256, which do not depend on the order of rows. Values are joined with their
 * lengths, so that ('a', 'b') is not ('ab', '').
 */
export function versionColumns({ columns }: TableDescription): string[] {
  const parts = columns.map(({ name }) => {
    const value = `cast(c.${quoteIdentifier(name)} as binary)`;
    return `coalesce(concat(length(${value}), ':', ${value}), '-')`;
  });
  const row = `sha2(concat(${parts.join(', ')}), 256)`;
  const half = (from: number): string =>
    `coalesce(sum(cast(conv(substr(${row}, ${from}, 16), 16, 10) as decimal(20))), 0)`;
  return ['count(*) as assay_rows', `${half(1)} as assay_first`, `${half(17)} as assay_second`];
}

export interface VersionRow {
  readonly assay_rows: string | number;
  readonly assay_first: string;
  readonly assay_second: string;
}

/** `rows.checksum`: equal for the same rows under the same columns. */
export function versionOf(row: VersionRow, { columns }: TableDescription): string {
  const shape = columns.map(({ name, type }) => `${name} ${type}`).join(',');
  const content = [row.assay_first, row.assay_second, shape].join('\n');
  return `${row.assay_rows}.${createHash('sha256').update(content).digest('hex').slice(0, 32)}`;
}
