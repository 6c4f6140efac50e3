import { staleCopy } from '#detectors/stale-copy.ts';
import type { Uuid } from '#model/ids.ts';
import { seriesPattern } from '#model/partition.ts';
import type { CheckResult } from '#model/result.ts';
import type { Queryable } from '#store/database.ts';
import { contentOf, contentsUpTo, type ContentRow } from '#store/partition-contents.ts';
import type { Measured } from './measure-candidate.ts';

/** A reason of the gate itself. */
export const STALE_COPY = 'gate.stale_copy';

/** Partitions before it that a candidate is compared with. */
const COMPARED = 14;

/**
 * Whether a candidate holds the rows of an earlier partition again, as a result beside those of the contract's
 * checks: it warns, and only where it is so. One statement, and none where nothing tells of the rows.
 */
export async function staleCopyResults(
  database: Queryable,
  { datasetId, partition }: { readonly datasetId: Uuid; readonly partition: string },
  measured: Measured | null,
): Promise<CheckResult[]> {
  const profile = measured?.profile;
  if (profile?.status !== 'success' || partition === '') return [];
  const { checksum, keys } = profile.value.content;
  if (checksum === null && keys === null) return [];
  const rows = await database.rows<ContentRow>(
    contentsUpTo([{ datasetId, partition, pattern: seriesPattern(partition) }], COMPARED),
  );
  const count = measured?.facts.get('row_count');
  const target = {
    partition,
    ...(count !== undefined && { rows: count }),
    ...(checksum !== null && { checksum }),
    ...(keys !== null && { keys }),
  };
  const { status, message, similarity, usualSimilarity, by } = staleCopy(rows.map(contentOf), target, {
    label: 'partition',
  });
  if (status !== 'anomalous' && status !== 'notice') return [];
  // The first days of what has the same keys every day.
  if (by === 'keys' && usualSimilarity === null) return [];
  return [
    {
      checkId: STALE_COPY,
      text: 'other rows than an earlier partition',
      severity: 'warn',
      status: status === 'anomalous' ? 'fail' : 'warn',
      value: similarity,
      expected: 'rows of its own',
      message: `${message.charAt(0).toUpperCase()}${message.slice(1)}.`,
      facts: {},
      baseline: [],
    },
  ];
}
