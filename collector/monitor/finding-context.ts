import { commonMode } from '#detectors/same-day.ts';
import type { Uuid } from '#model/ids.ts';
import type { Database } from '#store/database.ts';
import {
  findingWriters,
  siblingsOf,
  type FindingWriterRow,
  type SiblingsRow,
} from '#store/finding-context.ts';
import { writeSteps, type WriteStepRow } from '#store/incident-lineage.ts';
import { identityOf } from './subjects.ts';

/** What stands beside a finding and may explain it. */
export interface FindingContext {
  /** `14 of 16 tables are down 30 % today`; null: no common movement. */
  readonly siblings: string | null;
  /** What is another since the last good partition; empty: nothing that the store knows of. */
  readonly changes: readonly string[];
  /** The last good partition; null when none is known. */
  readonly lastGood: string | null;
}

/**
 * Of partitions with findings, by `identityOf`. It is read and not kept: what other tables did that day is known
 * later than the finding is. Three statements, however many partitions there are.
 */
export async function readContexts(
  database: Database,
  asked: readonly { readonly datasetId: Uuid; readonly partition: string }[],
): Promise<ReadonlyMap<string, FindingContext>> {
  if (asked.length === 0) return new Map();
  const distinct = [...new Map(asked.map((one) => [identityOf(one.datasetId, one.partition), one])).values()];
  const [siblings, writers] = await Promise.all([
    database.rows<SiblingsRow>(siblingsOf(distinct)),
    database.rows<FindingWriterRow>(findingWriters(distinct)),
  ]);
  const steps = await database.rows<WriteStepRow>(
    writeSteps(writers.map((row) => ({ datasetId: row.dataset_id, runId: row.run_id, at: row.made_at }))),
  );
  const movements = new Map(
    siblings.map((row) => [identityOf(row.dataset_id, row.partition), commonMode(row.siblings)]),
  );
  // A run that wrote many partitions is told at its newest.
  const stepOf = new Map(steps.map((row) => [identityOf(row.dataset_id, row.partition ?? ''), row]));
  return new Map(
    distinct.map(({ datasetId, partition }) => {
      const identity = identityOf(datasetId, partition);
      const step = stepOf.get(identity);
      return [
        identity,
        {
          siblings: movements.get(identity)?.message ?? null,
          changes: step ? changesOf(step) : [],
          lastGood: step?.good_partition ?? null,
        },
      ];
    }),
  );
}

function changesOf(step: WriteStepRow): string[] {
  if (step.good_partition === null) return [];
  const parts: readonly [what: string, before: string | null, now: string | null][] = [
    ['job', step.good_job, step.job],
    ['code', step.good_code, step.code],
    ['engine', step.good_engine, step.engine],
    ['contract', step.good_contract, step.contract],
  ];
  const changed = parts.flatMap(([what, before, now]) =>
    before === null || now === null || before === now ? [] : [`${what} ${now} instead of ${before}`],
  );
  const { schema_id: schema, good_schema_id: good } = step;
  return schema !== null && good !== null && schema !== good ? ['other columns', ...changed] : changed;
}
