import type { Contract } from '#model/contract.ts';
import { datasetId, type Uuid } from '#model/ids.ts';
import { identify } from '#model/naming.ts';
import { Problem } from '#collector/problems.ts';
import { datasetsAt, datasetsNamed } from '#store/contracts.ts';
import type { GateServices } from './services.ts';

/** A contract and the dataset that it is for. */
export interface ContractDataset {
  readonly contract: Contract;
  readonly id: Uuid;
  readonly namespace: string;
  readonly name: string;
}

/**
 * The datasets that the contracts of one file are for. Throws invalid_contract when there are none, when a
 * name is ambiguous, or when two contracts are for one dataset.
 */
export async function contractDatasets(
  services: GateServices,
  contracts: readonly Contract[],
  fileName: string,
): Promise<readonly ContractDataset[]> {
  if (contracts.length === 0)
    throw new Problem('invalid_contract', `${fileName} describes no dataset; add a schema object.`);
  const addressed = await addressedDatasets(services, contracts);
  const found: ContractDataset[] = [];
  for (const contract of contracts)
    found.push({ contract, ...(addressed.get(contract) ?? (await datasetOf(services, contract))) });
  const lines = new Map<Uuid, Contract>();
  for (const { contract, id } of found) {
    const first = lines.get(id);
    if (first)
      throw new Problem(
        'invalid_contract',
        `${fileName}:${contract.position.line}: ${contract.dataset} is described twice, first on line ${first.position.line}; remove one of the two.`,
      );
    lines.set(id, contract);
  }
  return found;
}

type Place = Omit<ContractDataset, 'contract'>;

/** Of contracts without a namespace whose servers say where the table is: the dataset of the model that is there. */
async function addressedDatasets(
  services: GateServices,
  contracts: readonly Contract[],
): Promise<ReadonlyMap<Contract, Place>> {
  const asked = contracts
    .filter(({ namespace }) => namespace === null)
    .flatMap((contract) =>
      contract.addresses.map((address) => ({
        contract,
        ...identify(address.namespace, address.name, services.naming),
      })),
    );
  if (asked.length === 0) return new Map();
  const rows = await services.database.rows<Place>(
    datasetsAt(
      asked.map(({ namespace }) => namespace),
      asked.map(({ name }) => name),
    ),
  );
  const found = new Map<Contract, Place>();
  for (const { contract, namespace, name } of asked) {
    const row = rows.find((one) => one.namespace === namespace && one.name === name);
    if (row && !found.has(contract)) found.set(contract, row);
  }
  return found;
}

/** Stated, else the one that the model knows the name in, else the default. Throws invalid_contract when the name is ambiguous. */
async function datasetOf(services: GateServices, { dataset, namespace }: Contract): Promise<Place> {
  if (namespace !== null) {
    const named = identify(namespace, dataset, services.naming);
    return { id: datasetId(named.namespace, named.name), namespace: named.namespace, name: named.name };
  }
  const known = await services.database.rows<{ id: Uuid; namespace: string }>(datasetsNamed(dataset));
  const [only, another] = known;
  if (only && another) {
    const names = known.map((one) => one.namespace).join(', ');
    throw new Problem(
      'invalid_contract',
      `${dataset} is a dataset in several namespaces; add namespace: with one of ${names}.`,
    );
  }
  const assumed = services.defaultNamespace ?? '';
  return { ...(only ?? { id: datasetId(assumed, dataset), namespace: assumed }), name: dataset };
}
