import type { Outcome, Warehouse } from '#model/ports.ts';
import { publicationUnderWay, type PublicationRow } from '#store/publications.ts';
import type { EvaluationRow } from '#store/evaluations.ts';
import type { GateServices } from './services.ts';

/**
 * Has the warehouse bring the candidate where only the gate can change it, if it does such a thing; gives the ref
 * under which it is measured. A contract that publishes nowhere leaves it where it is.
 */
export async function takeCandidate(
  services: GateServices,
  warehouse: Warehouse,
  { id, dataset_id, partition, target, candidate_ref }: EvaluationRow,
): Promise<Outcome<string>> {
  if (warehouse.take === undefined || target === null) return { status: 'success', value: candidate_ref };
  const [open] = await services.database.rows<PublicationRow>(publicationUnderWay(dataset_id, partition));
  const needed = open?.candidate_version ? [open.candidate_version] : [];
  return warehouse.take({ token: id, target, partition, ref: candidate_ref, needed });
}
