import type { Calendar } from '#model/detection.ts';
import type { Uuid } from '#model/ids.ts';
import { seriesPattern } from '#model/partition.ts';
import type { CheckResult } from '#model/result.ts';
import { carriedResults } from '#rules/check/carried.ts';
import { raisesIncident, worstStatus } from '#rules/check/status.ts';
import type { CheckedPartition } from '#store/partition-checks.ts';
import type { Agreement } from './agreed.ts';
import { checkPartition } from './check-partition.ts';
import type { Circumstances } from './circumstances.ts';
import type { JudgedSubject } from './evidence.ts';
import { identityOf } from './subjects.ts';

/** What checks are answered by, beside measurements: of the whole batch, read at once. */
export interface ChecksKnown {
  readonly agreements: ReadonlyMap<Uuid, Agreement>;
  /** By `identityOf`. */
  readonly circumstances: ReadonlyMap<string, Circumstances>;
  readonly calendar: Calendar;
}

/**
 * What the contracts say of partitions, from what has been measured of them: no query to the data, so a check
 * whose facts nobody stated is `no_data`, never passed. What lasts until now (`freshness`) is answered as of
 * when the data was stated, so that it does not matter when the monitor comes to look. Checks that Assay does
 * not run stand among the results as skipped. Pure.
 */
export function checkJudged(
  judged: readonly JudgedSubject[],
  { agreements, circumstances, calendar }: ChecksKnown,
): CheckedPartition[] {
  return judged.flatMap(({ datasetId, partition, past, marks, standing, stated }) => {
    const agreement = agreements.get(datasetId);
    if (agreement === undefined) return [];
    const { contract, version, hash, since } = agreement;
    const pattern = seriesPattern(partition);
    const series = past.filter((point) => seriesPattern(point.partition) === pattern);
    const known = circumstances.get(identityOf(datasetId, partition));
    const results = checkPartition(contract, partition, series, {
      now: stated.takenAt,
      marks,
      calendar,
      circumstances: known,
    });
    const all = [...results, ...carriedResults(contract.carriedChecks)];
    if (all.length === 0) return [];
    return [
      {
        datasetId,
        partition,
        series: pattern,
        contractVersion: version,
        contractHash: hash,
        agreedSince: since,
        status: worstStatus(results.map(({ status }) => status)),
        // Whom should the far past call? It is told, and nobody is woken.
        wrong: standing === 'young' && results.some(isWrong),
        runId: stated.runId === '' ? null : stated.runId,
        statedAt: stated.takenAt,
        results: all,
      },
    ];
  });
}

/** A check that could not be computed is told as well: nobody would look for it. */
function isWrong(result: CheckResult): boolean {
  return raisesIncident(result) || (result.status === 'error' && result.severity !== 'info');
}
