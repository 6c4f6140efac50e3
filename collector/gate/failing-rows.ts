import type { Contract } from '#model/contract.ts';
import type { Fact } from '#model/fact.ts';
import type { FailingRows } from '#model/measure-plan.ts';
import type { FactKey } from '#model/measurement.ts';
import type { Warehouse } from '#model/ports.ts';
import type { CheckResult } from '#model/result.ts';
import { maskValue } from '#rules/sql/mask.ts';
import type { PlanRequest } from '#rules/sql/plan.ts';
import { SqlRefusal } from '#rules/sql/refusal.ts';
import { type JudgedFact, SAMPLE_ROWS, sampledFact, sampleStatement } from '#rules/sql/samples.ts';

/** Checks of one evaluation that are shown with rows: each costs a query. */
const MOST_SAMPLES = 20;

/**
 * Adds to results that failed some of the rows that made them fail: keys alone, masked where the contract says
 * personal or says nothing of the column. Read after the numbers were, so a row may have gone meanwhile; what
 * cannot be read is left out, because the result stands without it.
 */
export async function withFailingRows(
  results: readonly CheckResult[],
  warehouse: Warehouse,
  contract: Contract,
  request: PlanRequest | null,
): Promise<CheckResult[]> {
  if (request === null) return [...results];
  const sampled: CheckResult[] = [];
  let queries = 0;
  for (const result of results) {
    const failed = result.status === 'fail' || result.status === 'warn';
    const check = failed ? contract.checks.find(({ id }) => id === result.checkId) : undefined;
    const fact =
      check && queries < MOST_SAMPLES ? sampledFact(check.expression, factsOf(result, request)) : null;
    if (fact === null) {
      sampled.push(result);
      continue;
    }
    queries += 1;
    const rows = await failingRows(warehouse, contract, fact, request);
    sampled.push(rows === null ? result : { ...result, failingRows: rows });
  }
  return sampled;
}

function factsOf(result: CheckResult, request: PlanRequest): JudgedFact[] {
  return Object.entries(result.facts).flatMap(([key, value]: [FactKey, number]) => {
    const fact = request.facts.get(key);
    return fact ? [{ fact, value }] : [];
  });
}

async function failingRows(
  warehouse: Warehouse,
  contract: Contract,
  fact: Fact,
  request: PlanRequest,
): Promise<FailingRows | null> {
  const statement = statementOf(contract, fact, request);
  if (statement === null) return null;
  const { text, columns, limit } = statement;
  const timeLimitMs = request.seconds * 1000;
  const read = await warehouse.sample({ text, columns: columns.length, limit, timeLimitMs });
  if (read.status !== 'success') return null;
  const personal = columns.map((name) => isPersonal(contract, name));
  return {
    columns,
    rows: read.value
      .slice(0, SAMPLE_ROWS)
      .map((row) => row.map((value, position) => maskValue(value, personal[position] ?? true))),
    more: read.value.length > SAMPLE_ROWS,
  };
}

function statementOf(
  contract: Contract,
  fact: Fact,
  request: PlanRequest,
): ReturnType<typeof sampleStatement> {
  try {
    return sampleStatement(fact, primaryKeyOf(contract), request);
  } catch (error) {
    if (error instanceof SqlRefusal) return null;
    throw error;
  }
}

/** In the order that the contract states, else of the columns. */
function primaryKeyOf({ columns }: Contract): string[] {
  return columns
    .filter(({ primaryKey }) => primaryKey)
    .sort((a, b) => (a.primaryKeyPosition ?? 0) - (b.primaryKeyPosition ?? 0))
    .map(({ name }) => name);
}

/** Of a column that the contract does not know nobody said that it is harmless. */
function isPersonal({ columns }: Contract, name: string): boolean {
  const column = columns.find((one) => one.name === name);
  return column === undefined || column.pii !== false;
}
