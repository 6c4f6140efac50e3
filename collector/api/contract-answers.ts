import type { Static } from 'typebox';
import type { Contract } from '#model/contract.ts';
import { factsOf } from '#rules/expression/facts.ts';
import type { ContractFaultRow } from '#store/contract-faults.ts';
import type { ContractRow } from '#store/contracts.ts';
import type * as schema from './schema/contracts.ts';

export function contractItem(row: ContractRow): Static<typeof schema.ContractItem> {
  return {
    datasetId: row.dataset_id,
    namespace: row.namespace,
    dataset: row.name,
    version: row.version,
    hash: row.hash,
    owner: row.owner,
    fileName: row.file_name,
    pushedAt: row.pushed_at.toISOString(),
    pushedBy: row.pushed_by,
  };
}

/** A refused push, as it is shown with the contract that stays in force. */
export function contractFaultItem(row: ContractFaultRow): schema.ContractErrorItem {
  return {
    fileName: row.file_name,
    pushedAt: row.pushed_at.toISOString(),
    pushedBy: row.pushed_by,
    errors: [...row.problems],
  };
}

/** The checks of a contract: those that are run, and those that are only carried, with the reason. */
export function checkItems(contract: Contract): Static<typeof schema.CheckItems> {
  return {
    checks: contract.checks.map((check) => ({
      id: check.id,
      text: check.text,
      severity: check.severity,
      origin: check.origin,
      line: check.position.line,
      cost: factsOf(check.expression).costClass,
      name: check.name,
      dimension: check.dimension,
      owner: check.owner,
    })),
    notRun: contract.carriedChecks.map((check) => ({
      id: check.id,
      text: check.text,
      severity: check.severity,
      origin: check.origin,
      line: check.position.line,
      engine: check.engine,
      reason: check.reason,
    })),
  };
}
