import { createHash } from 'node:crypto';
import type { Contract } from '#model/contract.ts';
import { isUuid, type Uuid } from '#model/ids.ts';
import { identify } from '#model/naming.ts';
import { Problem } from '#collector/problems.ts';
import type { Problem as ContractProblem } from '#rules/contract/problem.ts';
import { dropContractFault } from '#store/contract-faults.ts';
import {
  addContract,
  contractOf,
  contractsNamed,
  contractVersions,
  type ContractRow,
} from '#store/contracts.ts';
import type { Queryable } from '#store/database.ts';
import { judgeNewest } from '#store/partition-checks.ts';
import { keepContractFault } from './contract-faults.ts';
import { contractDatasets, type ContractDataset } from './contract-datasets.ts';
import { parsedText } from './parsed-contracts.ts';
import type { GateServices } from './services.ts';

/** Newest partitions that the monitor holds against a new contract: two weeks of days. */
const JUDGED_ANEW = 14;

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

export interface PushedContract extends StoredContract {
  /** False where this very text was stored already. */
  readonly changed: boolean;
}

/**
 * Stores the contracts of a file, each under its version: all of them or none. The same text again is a no-op
 * (`changed: false`); another text under the same version is refused. A file that is refused is remembered with
 * its faults, and what was in force stays so. Throws invalid_contract, conflict.
 */
export async function pushContracts(
  services: GateServices,
  push: ContractPush,
  now: Date,
): Promise<{ readonly pushed: readonly PushedContract[]; readonly warnings: readonly ContractProblem[] }> {
  try {
    const { contracts, warnings } = parsedText(push.text, push.fileName);
    const datasets = await contractDatasets(services, contracts, push.fileName);
    const pushed = await services.database.transaction(async (connection) => {
      const stored: PushedContract[] = [];
      for (const dataset of datasets) stored.push(await storeOne(connection, dataset, push, now));
      const anew = stored.filter(({ changed }) => changed).map(({ row }) => row.dataset_id);
      if (anew.length > 0) await connection.execute(judgeNewest(anew, JUDGED_ANEW, now));
      await connection.execute(
        dropContractFault(
          push.fileName,
          datasets.map(({ id }) => id),
        ),
      );
      return stored;
    });
    return { pushed, warnings };
  } catch (error) {
    if (error instanceof Problem) await keepContractFault(services, push, error, now);
    throw error;
  }
}

async function storeOne(
  connection: Queryable,
  { contract, id, namespace, name }: ContractDataset,
  push: ContractPush,
  now: Date,
): Promise<PushedContract> {
  const precedence = precedenceOf(contract.version);
  if (!precedence) {
    const detail = `${push.fileName}: version ${JSON.stringify(contract.version)} is not like 1.2.0 (semver.org).`;
    throw new Problem('invalid_contract', detail);
  }
  const row: ContractRow = {
    dataset_id: id,
    namespace,
    name,
    version: contract.version,
    hash: createHash('sha256').update(push.text).digest('hex'),
    owner: contract.owner,
    file_name: push.fileName,
    text: push.text,
    pushed_at: now,
    pushed_by: push.pushedBy ?? null,
    object: contract.document.dialect === 'odcs' ? contract.logicalName : null,
  };
  const added = await connection.execute(addContract(row, precedence));
  if (added === 1) return { row, contract, changed: true };
  const [present] = await connection.rows<ContractRow>(contractOf(id, contract.version));
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
  if (row && version !== null) return { row, contract: contractIn(row) };
  if (row) return lastGood(services, row);
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

/** The highest version that can be read: a text that an earlier Assay took may be refused by this one. */
async function lastGood(services: GateServices, highest: ContractRow): Promise<StoredContract> {
  const contract = contractOrNull(highest);
  if (contract) return { row: highest, contract };
  for (const row of await services.database.rows<ContractRow>(contractVersions(highest.dataset_id))) {
    const older = contractOrNull(row);
    if (older) return { row, contract: older };
  }
  return { row: highest, contract: contractIn(highest) };
}

/** The contract of a row; null when its stored text cannot be read any more. */
export function contractOrNull(row: ContractRow): Contract | null {
  try {
    return contractIn(row);
  } catch (error) {
    if (error instanceof Problem) return null;
    throw error;
  }
}

/** The contract of a row in the file that it came in. Throws invalid_contract. */
export function contractIn(row: ContractRow): Contract {
  const { contracts } = parsedText(row.text, row.file_name);
  const found = row.object === null ? contracts : contracts.filter((one) => one.logicalName === row.object);
  // Schema objects of one name in a file: the one that is called like the dataset.
  const contract = found.find((one) => one.dataset === row.name) ?? found[0];
  if (contract) return contract;
  throw new Problem('invalid_contract', `${row.file_name} holds no contract for ${row.name} any more.`);
}

const SEMVER = /^(\d{1,9})\.(\d{1,9})\.(\d{1,9})(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/;

/** Major, minor, patch, and 1 (0 for a pre-release, which comes before its release); null when it is no semver. */
export function precedenceOf(version: string): number[] | null {
  const [, major, minor, patch, preRelease] = SEMVER.exec(version) ?? [];
  if (major === undefined) return null;
  return [Number(major), Number(minor), Number(patch), preRelease === undefined ? 1 : 0];
}
