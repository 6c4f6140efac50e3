import { createHash } from 'node:crypto';
import type { Contract } from '#model/contract.ts';
import { datasetId, isUuid, type Uuid } from '#model/ids.ts';
import { identify } from '#model/naming.ts';
import { Problem } from '#collector/problems.ts';
import { parseContract } from '#rules/contract/parse.ts';
import { formatProblem } from '#rules/contract/problem.ts';
import {
  addContract,
  contractOf,
  contractsNamed,
  datasetsNamed,
  type ContractRow,
} from '#store/contracts.ts';
import type { GateServices } from './services.ts';

/** A contract as stored and as read. */
export interface StoredContract {
  readonly row: ContractRow;
  readonly contract: Contract;
}

export interface ContractPush {
  readonly text: string;
  /** Named in faults. */
  readonly fileName: string;
  readonly pushedBy?: string | null;
}

/**
 * Stores a contract under its version. The same text again is a no-op (`changed: false`); another text under
 * the same version is refused. Throws invalid_contract, conflict.
 */
export async function pushContract(
  services: GateServices,
  push: ContractPush,
  now: Date,
): Promise<StoredContract & { readonly changed: boolean }> {
  const contract = parsed(push.text, push.fileName);
  const precedence = precedenceOf(contract.version);
  if (!precedence) {
    const detail = `${push.fileName}: version ${JSON.stringify(contract.version)} is not like 1.2.0 (semver.org).`;
    throw new Problem('invalid_contract', detail);
  }
  const dataset = await datasetOf(services, contract);
  const row: ContractRow = {
    dataset_id: dataset.id,
    namespace: dataset.namespace,
    name: dataset.name,
    version: contract.version,
    hash: createHash('sha256').update(push.text).digest('hex'),
    owner: contract.owner,
    file_name: push.fileName,
    text: push.text,
    pushed_at: now,
    pushed_by: push.pushedBy ?? null,
  };
  const added = await services.database.execute(addContract(row, precedence));
  if (added === 1) return { row, contract, changed: true };
  const [present] = await services.database.rows<ContractRow>(contractOf(dataset.id, contract.version));
  if (present?.hash === row.hash) return { row: present, contract, changed: false };
  throw new Problem(
    'conflict',
    `${contract.dataset} has a contract ${contract.version} with another text; raise the version to push this one.`,
    { pushed: row.hash, stored: present?.hash ?? null },
  );
}

/** One version of a dataset's contract, or the highest. Throws contract_not_found. */
export async function readContract(
  services: GateServices,
  id: Uuid,
  version: string | null,
): Promise<StoredContract> {
  const [row] = await services.database.rows<ContractRow>(contractOf(id, version));
  if (row) return { row, contract: parsed(row.text, row.file_name) };
  const what = version === null ? 'contract' : `contract version ${version}`;
  throw new Problem(
    'contract_not_found',
    `Dataset ${id} has no ${what}; push one with: assay contract push FILE.`,
  );
}

/**
 * The contract of a dataset that is named by its id or its name, the latter with a namespace where it is
 * not the only one. Throws contract_not_found, invalid_request.
 */
export async function findContract(
  services: GateServices,
  dataset: string,
  namespace: string | null,
): Promise<ContractRow> {
  const named = namespace === null ? null : identify(namespace, dataset, services.naming);
  const found = isUuid(dataset)
    ? await services.database.rows<ContractRow>(contractOf(dataset, null))
    : await services.database.rows<ContractRow>(
        contractsNamed(named?.name ?? dataset, named?.namespace ?? null),
      );
  const [row, another] = found;
  if (!row) {
    throw new Problem(
      'contract_not_found',
      `There is no contract for ${dataset}; push one with: assay contract push FILE.`,
    );
  }
  if (!another) return row;
  const namespaces = found.map((one) => one.namespace || "''").join(', ');
  throw new Problem(
    'invalid_request',
    `${dataset} has contracts in several namespaces; add ?namespace= one of ${namespaces}.`,
  );
}

/** Stated, else the one that the model knows the name in, else the default. Throws invalid_contract when the name is ambiguous. */
async function datasetOf(
  services: GateServices,
  { dataset, namespace }: Contract,
): Promise<{ readonly id: Uuid; readonly namespace: string; readonly name: string }> {
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

const SEMVER = /^(\d{1,9})\.(\d{1,9})\.(\d{1,9})(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/;

/** Major, minor, patch, and 1 (0 for a pre-release, which comes before its release); null when it is no semver. */
export function precedenceOf(version: string): number[] | null {
  const [, major, minor, patch, preRelease] = SEMVER.exec(version) ?? [];
  if (major === undefined) return null;
  return [Number(major), Number(minor), Number(patch), preRelease === undefined ? 1 : 0];
}

/** Throws invalid_contract with every fault and its place. */
function parsed(text: string, fileName: string): Contract {
  const outcome = parseContract(text, fileName);
  if (outcome.status === 'ok') return outcome.contract;
  const [first] = outcome.problems;
  const more = outcome.problems.length - 1;
  const tail = more > 0 ? ` (and ${more} more)` : '';
  throw new Problem(
    'invalid_contract',
    `${first ? formatProblem(first) : 'The contract has faults.'}${tail}`,
    {
      errors: outcome.problems,
    },
  );
}
