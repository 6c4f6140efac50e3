import { findContract } from '#gate/contracts.ts';
import type { GateServices } from '#gate/services.ts';
import { isUuid, type Uuid } from '#model/ids.ts';
import { contractOf, type ContractRow } from '#store/contracts.ts';

/** The dataset that a path names, by its id or by the name of its contract. Throws contract_not_found, invalid_request. */
export async function datasetOf(
  services: GateServices,
  dataset: string,
  namespace: string | undefined,
): Promise<Uuid> {
  if (!isUuid(dataset)) return (await findContract(services, dataset, namespace ?? null)).dataset_id;
  // Evaluations and publications stand under the name that the contract is for.
  const [contract] = await services.database.rows<ContractRow>(contractOf(dataset, null));
  return contract?.dataset_id ?? dataset.toLowerCase();
}
