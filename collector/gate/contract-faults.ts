import type { Uuid } from '#model/ids.ts';
import type { Problem } from '#collector/problems.ts';
import { datasetNames } from '#rules/contract/dataset-names.ts';
import {
  contractFaultOf,
  contractFaults,
  datasetsOfContractFile,
  putContractFault,
  type ContractFaultRow,
  type StoredProblem,
} from '#store/contract-faults.ts';
import { contractsNamed, type ContractRow } from '#store/contracts.ts';
import type { ContractPush } from './contracts.ts';
import type { GateServices } from './services.ts';

/** Texts longer than this are not kept whole: the faults tell what is wrong. */
const MOST_TEXT = 100_000;
const MOST_PROBLEMS = 50;

/** Remembers a push that was refused, with the datasets it was about as far as that can be told. */
export async function keepContractFault(
  services: GateServices,
  { text, fileName, pushedBy }: ContractPush,
  problem: Problem,
  now: Date,
): Promise<void> {
  await services.database.execute(
    putContractFault({
      file_name: fileName,
      dataset_ids: await datasetsMeant(services, text, fileName),
      text: text.slice(0, MOST_TEXT).replaceAll('\0', ''),
      problems: problemsOf(problem, fileName),
      pushed_at: now,
      pushed_by: pushedBy ?? null,
    }),
  );
}

/** Those that the text still names, else those that came from this file before. */
async function datasetsMeant(
  services: GateServices,
  text: string,
  fileName: string,
): Promise<readonly Uuid[]> {
  const named: Uuid[] = [];
  for (const { name, namespace } of datasetNames(text)) {
    // What the store could not even look for names no dataset.
    if (![name, namespace ?? ''].every((one) => one.isWellFormed() && !one.includes('\0'))) continue;
    const rows = await services.database.rows<ContractRow>(contractsNamed(name, namespace));
    if (rows.length === 1) named.push(...rows.map((row) => row.dataset_id));
  }
  if (named.length > 0) return named;
  const rows = await services.database.rows<{ dataset_id: Uuid }>(datasetsOfContractFile(fileName));
  return rows.map((row) => row.dataset_id);
}

function problemsOf(problem: Problem, fileName: string): readonly StoredProblem[] {
  const { errors } = problem.extra;
  if (Array.isArray(errors) && errors.length > 0) return (errors as StoredProblem[]).slice(0, MOST_PROBLEMS);
  return [{ file: fileName, line: 1, column: 1, message: problem.message.replace(/\.$/, ''), mend: '' }];
}

/** The last refused push about a dataset since its contract was taken, or null. */
export async function readContractFault(
  services: GateServices,
  datasetId: Uuid,
): Promise<ContractFaultRow | null> {
  const [row = null] = await services.database.rows<ContractFaultRow>(contractFaultOf(datasetId));
  return row;
}

/** All files whose last push was refused. */
export function listContractFaults(services: GateServices): Promise<readonly ContractFaultRow[]> {
  return services.database.rows<ContractFaultRow>(contractFaults());
}
