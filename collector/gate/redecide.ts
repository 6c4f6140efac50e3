import type { Waiver } from '#model/publication.ts';
import type { Queryable } from '#store/database.ts';
import { checkResults, resultOf, type CheckResultRow, type EvaluationRow } from '#store/evaluations.ts';
import { waiverOf, waiversFor, type WaiverRow } from '#store/waivers.ts';
import { decide, type DecisionOutcome } from './decide.ts';

/** The decision about an evaluation's stored results as the waivers stand now. */
export async function redecide(
  connection: Queryable,
  evaluation: EvaluationRow,
  now: Date,
): Promise<DecisionOutcome> {
  const results = await connection.rows<CheckResultRow>(checkResults(evaluation.id));
  return decide({
    dataset: evaluation.dataset_id,
    partition: evaluation.partition,
    results: results.map(resultOf),
    policy: {
      publishTo: evaluation.target,
      emptyPartition: evaluation.empty_partition,
      onError: evaluation.on_error ?? 'block',
    },
    measured:
      evaluation.candidate_version === null
        ? null
        : { version: evaluation.candidate_version, rowCount: evaluation.row_count },
    waivers: await waiversNow(connection, evaluation, now),
    now,
  });
}

/** Waivers that may bear on a partition; `decide` says which do. */
export async function waiversNow(
  connection: Queryable,
  { dataset_id, partition }: Pick<EvaluationRow, 'dataset_id' | 'partition'>,
  now: Date,
): Promise<Waiver[]> {
  return (await connection.rows<WaiverRow>(waiversFor(dataset_id, partition, now))).map(waiverOf);
}
