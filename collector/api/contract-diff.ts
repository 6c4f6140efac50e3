import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Problem } from '#collector/problems.ts';
import { findContract, readContract } from '#gate/contracts.ts';
import type { GateServices } from '#gate/services.ts';
import { parseContracts } from '#rules/contract/parse.ts';
import { formatProblem, type Problem as Fault } from '#rules/contract/problem.ts';
import { parseAcceptedBreaks } from '#rules/diff/accepted.ts';
import { compareTexts } from '#rules/diff/compare.ts';
import { namesWithContracts } from '#store/consumers.ts';
import { consumersOfChanges } from './contract-consumers.ts';
import { DiffAnswer, DiffBody } from './schema/contract-diff.ts';
import { strictBodies } from './strict-bodies.ts';

const FILE_NAME = 'contract.yaml';
const ACCEPTED_NAME = 'accepted-breaks.yaml';

/** POST /api/v2/contracts/diff: what a new contract changes, and who reads what it changes. */
export function registerContractDiff(app: FastifyInstance, services: GateServices): void {
  void app.register(async (scope) => {
    strictBodies(scope);
    scope.withTypeProvider<TypeBoxTypeProvider>().post('/api/v2/contracts/diff', {
      schema: { body: DiffBody, response: { 200: DiffAnswer } },
      handler: async ({ body }) => answer(services, body, new Date()),
    });
  });
}

async function answer(services: GateServices, body: DiffBody, now: Date): Promise<DiffAnswer> {
  const { after, fileName: file = FILE_NAME, acceptedFileName = ACCEPTED_NAME } = body;
  const { accepted: entries, problems } = parseAcceptedBreaks(body.accepted ?? '', acceptedFileName);
  if (problems.length > 0) throw invalid(problems);
  const before = body.before ?? (await storedText(services, after, file, body.beforeVersion ?? null));
  const compared = compareTexts(
    { file, text: before },
    { file, text: after },
    { file: acceptedFileName, entries },
    body,
    now,
  );
  if (compared.status === 'error') throw invalid(compared.problems);
  const { report, before: old } = compared;
  const consumers = old === null ? new Map() : await consumersOfChanges(services, report.changes, old);
  return {
    ...report,
    changes: report.changes.map((change, index) => ({
      ...change,
      before: change.before,
      after: change.after,
      consumers: consumers.get(index) ?? { jobs: [], datasets: [], truncated: false },
    })),
    refusals: [...report.refusals],
    warnings: [...report.warnings],
  };
}

/** The stored contract of the first dataset of the new file that has one; null when none has. */
async function storedText(
  services: GateServices,
  after: string,
  file: string,
  version: string | null,
): Promise<string | null> {
  const parsed = parseContracts(after, file);
  if (parsed.status === 'error') throw invalid(parsed.problems);
  const names = parsed.contracts.map(({ dataset }) => dataset);
  const known = await services.database.rows<{ name: string }>(namesWithContracts(names));
  const one = parsed.contracts.find(({ dataset }) => known.some(({ name }) => name === dataset));
  if (!one && version === null) return null;
  const { dataset = names[0] ?? '', namespace = null } = one ?? {};
  const found = await findContract(services, dataset, namespace);
  return version === null ? found.text : (await readContract(services, found.dataset_id, version)).row.text;
}

function invalid(problems: readonly Fault[]): Problem {
  const [first] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  return new Problem(
    'invalid_contract',
    `${first ? formatProblem(first) : 'The contract has faults.'}${more}`,
    {
      errors: problems,
    },
  );
}
