import type { Uuid } from '#model/ids.ts';
import { actsAbout, type ActRow } from '#store/audit.ts';
import { contractOf, type ContractRow } from '#store/contracts.ts';
import { evaluationsOfPartition, type EvaluationRow } from '#store/evaluations.ts';
import { currentPublication, type PublicationRow } from '#store/publications.ts';
import { waiversOfPartition, type WaiverRow } from '#store/waivers.ts';
import type { ContractBook } from './contract-book.ts';
import { nextSteps, type NextStep } from './next-steps.ts';
import type { GateServices } from './services.ts';
import { evaluationStatus, type EvaluationStatus } from './status.ts';
import { readWaiting, type WaitingPartition } from './waiting.ts';

/** Evaluations and waivers of a partition that its page shows at most. */
const MOST_SHOWN = 50;

/** All that somebody needs who was sent to a decision. */
export interface DecisionPage {
  readonly status: EvaluationStatus;
  /** Of the contract that it was judged by; null when that version is gone. */
  readonly owner: string | null;
  /** Evaluations of the same partition, this one too, the newest first. */
  readonly evaluations: readonly EvaluationRow[];
  /** The newest of them, when it is another. */
  readonly newer: Uuid | null;
  /** What is served of the partition. */
  readonly serving: PublicationRow | null;
  /** Asked for this partition or for any, the latest first. */
  readonly waivers: readonly WaiverRow[];
  readonly waiting: WaitingPartition | null;
  readonly nextSteps: readonly NextStep[];
  /** Decisions, waivers and publications of this evaluation, from the first on. */
  readonly acts: readonly ActRow[];
}

/** Throws evaluation_not_found. */
export async function readDecisionPage(
  services: GateServices,
  book: ContractBook,
  id: Uuid,
  now: Date,
): Promise<DecisionPage> {
  const { database } = services;
  const status = await evaluationStatus(services, id);
  const { dataset_id: datasetId, partition, contract_version: version } = status.row;
  const [contract] = await database.rows<ContractRow>(contractOf(datasetId, version));
  const evaluations = await database.rows<EvaluationRow>(
    evaluationsOfPartition(datasetId, partition, MOST_SHOWN),
  );
  const [serving = null] = await database.rows<PublicationRow>(currentPublication(datasetId, partition));
  const waivers = await database.rows<WaiverRow>(waiversOfPartition(datasetId, partition, MOST_SHOWN));
  const newest = evaluations[0]?.id ?? id;
  const newer = newest === id ? null : newest;
  const waiting =
    (await readWaiting(services, book, now)).find(({ evaluation_id: one }) => one === id) ?? null;
  return {
    status,
    owner: contract?.owner ?? null,
    evaluations,
    newer,
    serving,
    waivers,
    waiting,
    acts: await database.rows<ActRow>(actsAbout(id, MOST_SHOWN)),
    nextSteps: nextSteps({ status, newer, waivers, serving, now }),
  };
}
