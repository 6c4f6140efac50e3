import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Problem } from '#collector/problems.ts';
import { listContractFaults, readContractFault } from '#gate/contract-faults.ts';
import { findContract, pushContracts, readContract } from '#gate/contracts.ts';
import type { GateServices } from '#gate/services.ts';
import { isUuid } from '#model/ids.ts';
import { parseContracts } from '#rules/contract/parse.ts';
import { activeContracts, contractVersions, type ContractRow } from '#store/contracts.ts';
import { checkItems, contractFaultItem, contractItem } from './contract-answers.ts';
import { actorOf } from './request-key.ts';
import { strictBodies } from './strict-bodies.ts';
import * as schema from './schema/contracts.ts';

const FILE_NAME = 'contract.yaml';

/** Contracts under /api/v2/contracts. */
export function registerContractRoutes(app: FastifyInstance, services: GateServices): void {
  void app.register(async (scope) => {
    strictBodies(scope);
    addRoutes(scope, services);
  });
}

function addRoutes(app: FastifyInstance, services: GateServices): void {
  const api = app.withTypeProvider<TypeBoxTypeProvider>();

  api.post('/api/v2/contracts', {
    schema: { body: schema.PushBody, response: { 200: schema.PushAnswer, 201: schema.PushAnswer } },
    handler: async (request, reply) => {
      const { text, fileName = FILE_NAME } = request.body;
      const pushedBy = actorOf(request, request.body.pushedBy ?? null);
      const { pushed, warnings } = await pushContracts(services, { text, fileName, pushedBy }, new Date());
      const datasets = pushed.map(({ row, changed }) => ({ ...contractItem(row), changed }));
      const [first] = datasets;
      if (!first) throw new Problem('invalid_contract', `${fileName} describes no dataset.`);
      const changed = datasets.some((one) => one.changed);
      void reply.code(changed ? 201 : 200);
      return { ...first, changed, datasets, warnings: [...warnings] };
    },
  });

  api.post('/api/v2/contracts/lint', {
    schema: { body: schema.LintBody, response: { 200: schema.LintAnswer } },
    handler: async (request) => {
      const outcome = parseContracts(request.body.text, request.body.fileName ?? FILE_NAME);
      const problems = outcome.status === 'error' ? [...outcome.problems] : [];
      return { valid: outcome.status === 'ok', problems, warnings: [...outcome.warnings] };
    },
  });

  api.get('/api/v2/contracts', {
    schema: { querystring: schema.ContractListQuery, response: { 200: schema.ContractList } },
    handler: async (request) => {
      const { limit = 100, cursor } = request.query;
      const rows = await services.database.rows<ContractRow>(
        activeContracts(limit, cursor === undefined ? null : readCursor(cursor)),
      );
      const last = rows.length === limit ? rows.at(-1) : undefined;
      return { items: rows.map(contractItem), next: last ? `${last.dataset_id}:${last.name}` : null };
    },
  });

  api.get('/api/v2/contracts/errors', {
    schema: { response: { 200: schema.ContractErrors } },
    handler: async () => {
      const rows = await listContractFaults(services);
      return { items: rows.map((row) => ({ ...contractFaultItem(row), datasetIds: [...row.dataset_ids] })) };
    },
  });

  api.get('/api/v2/contracts/:dataset', {
    schema: {
      params: schema.ContractParams,
      querystring: schema.ContractQuery,
      response: { 200: schema.ContractAnswer },
    },
    handler: async (request) => {
      const { namespace = null, version = null } = request.query;
      const latest = await findContract(services, request.params.dataset, namespace);
      const { row, contract } = await readContract(services, latest.dataset_id, version);
      const versions = await services.database.rows<ContractRow>(contractVersions(row.dataset_id));
      const fault = await readContractFault(services, row.dataset_id);
      return {
        ...contractItem(row),
        text: row.text,
        dialect: contract.document.dialect,
        ...checkItems(contract),
        lastError: fault && contractFaultItem(fault),
        versions: versions.map((one) => ({
          version: one.version,
          hash: one.hash,
          pushedAt: one.pushed_at.toISOString(),
        })),
      };
    },
  });
}

function readCursor(cursor: string): readonly [string, string] {
  const id = cursor.slice(0, 36);
  if (isUuid(id) && cursor[36] === ':') return [cursor.slice(37), id];
  throw new Problem('invalid_request', 'cursor is not one that this list gave; leave it out to begin.');
}
