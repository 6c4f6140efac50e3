import type { Contract } from '#model/contract.ts';
import type { Uuid } from '#model/ids.ts';
import type { Standing } from '#model/judgement.ts';
import type { Database } from '#store/database.ts';
import { schemaSteps, type SchemaStepRow, writersOf, type WriterRow } from '#store/detector-evidence.ts';
import type { OtherSubject } from './other-findings.ts';
import type { Circumstances } from './circumstances.ts';
import { identityOf } from './subjects.ts';

/** A partition that is judged, as far as it matters here. */
export interface AskedSubject {
  readonly datasetId: string;
  readonly partition: string;
  readonly standing: Standing;
}

/**
 * Reads what the other detectors are told of a batch of partitions. Two statements.
 * @param circumstances with the columns of partitions, by `identityOf`, where contracts may promise them
 */
export async function otherEvidence(
  database: Database,
  subjects: readonly AskedSubject[],
  agreed: ReadonlyMap<Uuid, Contract> = new Map(),
  circumstances: ReadonlyMap<string, Circumstances> = new Map(),
): Promise<OtherSubject[]> {
  if (subjects.length === 0) return [];
  const [steps, writers] = await Promise.all([
    database.rows<SchemaStepRow>(schemaSteps(subjects)),
    database.rows<WriterRow>(writersOf(subjects)),
  ]);
  const stepOf = new Map(steps.map((row) => [identityOf(row.dataset_id, row.partition), row]));
  const writerOf = new Map(writers.map((row) => [identityOf(row.dataset_id, row.partition), row]));
  return subjects.map(({ datasetId, partition, standing }) => {
    const identity = identityOf(datasetId, partition);
    const row = writerOf.get(identity);
    const writer = row && {
      job: row.job,
      startedAt: row.started_at,
      endedAt: row.ended_at,
      usage: row,
      past: row.past,
    };
    return {
      datasetId,
      partition,
      standing,
      promise: promiseOf(agreed.get(datasetId), circumstances.get(identity)?.columns ?? null),
      schemaStep: stepOf.get(identity) ?? null,
      writer: writer ?? null,
    };
  });
}

function promiseOf(
  contract: Contract | undefined,
  columns: Circumstances['columns'],
): OtherSubject['promise'] {
  return contract && contract.columns.length > 0 && columns ? { contract, columns } : null;
}
