import { detectorForChecks, type CheckSurroundings } from '#detectors/for-checks.ts';
import { detectSigma } from '#detectors/sigma.ts';
import type { Contract } from '#model/contract.ts';
import type { HistoryPoint } from '#model/measurement.ts';
import { partitionTime } from '#model/partition.ts';
import type { CheckResult } from '#model/result.ts';
import { evaluateCheck } from '#rules/expression/evaluate.ts';
import { splitSegments } from '#rules/expression/segment-key.ts';
import type { Circumstances } from './circumstances.ts';

/** What is known of a partition beside its measurements, for checks that ask for it. */
export interface PartitionKnown extends Omit<CheckSurroundings, 'partition'> {
  readonly now?: Date;
  /** When it landed and with which columns; unknown unless told. */
  readonly circumstances?: Circumstances | undefined;
}

/**
 * A contract's checks on what has been measured of a partition: no query to the data, so a check whose
 * facts nobody stated is `no_data`. Pure.
 * @param points oldest first, the partition itself last; empty when nothing is known of it.
 */
export function checkPartition(
  contract: Contract,
  partition: string,
  points: readonly HistoryPoint[],
  known: PartitionKnown = {},
): CheckResult[] {
  const own = points.at(-1)?.partition === partition ? points.at(-1) : undefined;
  const before = own ? points.slice(0, -1) : points;
  const split = contract.checks.some(({ expression }) => expression.per !== null);
  const evidence = {
    ...(split ? splitSegments(own?.facts ?? []) : { facts: own?.facts ?? new Map<string, number>() }),
    history: split ? before.map((point) => ({ ...point, ...splitSegments(point.facts) })) : before,
    partition,
    partitionAt: partitionTime(partition),
    anomaly: detectSigma,
    adaptive: detectorForChecks({ ...known, partition }),
    ...(known.now !== undefined && { now: known.now }),
    ...(known.circumstances && { landedAt: known.circumstances.landedAt }),
    schema: {
      now: known.circumstances?.columns ?? null,
      before: known.circumstances?.columnsBefore ?? null,
      baseline: contract.columns.length === 0 ? null : contract.columns,
    },
  };
  return contract.checks.map((check) =>
    evaluateCheck(check, evidence, { emptyPartition: contract.gate.emptyPartition }),
  );
}
