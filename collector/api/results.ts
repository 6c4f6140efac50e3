import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { isUuid } from '#model/ids.ts';
import type { NamingRules } from '#model/naming.ts';
import type { CheckResult } from '#model/result.ts';
import type { Database } from '#store/database.ts';
import { listPartitionChecks, type ListedChecksRow } from '#store/partition-checks.ts';
import { findDataset } from './find-dataset.ts';
import { failingRowsAnswer } from './gate-answers.ts';
import { cursorText, isText, readCursor } from './page-cursor.ts';
import type { CheckItem } from './schema/gates.ts';
import { ResultList, ResultListQuery, type ResultItem } from './schema/results.ts';

const SHOWN = 100;

/** GET /api/v2/results: what the monitor found by the checks of contracts, what was stated last first. */
export function registerResults(
  app: FastifyInstance,
  { database, naming }: { readonly database: Database; readonly naming?: NamingRules | undefined },
): void {
  app
    .withTypeProvider<TypeBoxTypeProvider>()
    .get(
      '/api/v2/results',
      { schema: { querystring: ResultListQuery, response: { 200: ResultList } } },
      async ({ query: { dataset, namespace, partition, status, limit = SHOWN, cursor } }) => {
        const [at, id, key] = readCursor(cursor, [isMoment, isUuid, isText]) ?? [];
        const found =
          dataset === undefined ? null : await findDataset(database, dataset, namespace ?? null, naming);
        const rows = await database.rows<ListedChecksRow>(
          listPartitionChecks(
            {
              datasetId: found?.id ?? null,
              partition: partition ?? null,
              status: status ?? null,
              after:
                at === undefined || id === undefined || key === undefined ? null : [new Date(at), id, key],
            },
            limit + 1,
          ),
        );
        const page = rows.slice(0, limit);
        const last = rows.length > limit ? page.at(-1) : undefined;
        return {
          items: page.map((row) => itemOf(row, status ?? null)),
          next: last ? cursorText([last.stated_at.toISOString(), last.dataset_id, last.partition]) : null,
        };
      },
    );
}

function itemOf(row: ListedChecksRow, status: string | null): ResultItem {
  return {
    datasetId: row.dataset_id,
    namespace: row.namespace,
    dataset: row.dataset,
    partition: row.partition,
    contract: { version: row.contract_version, hash: row.contract_hash },
    status: row.status,
    runId: row.run_id,
    statedAt: row.stated_at.toISOString(),
    decidedAt: row.decided_at.toISOString(),
    checks: row.results.filter((result) => status === null || result.status === status).map(checkItem),
  };
}

/** A result as it goes out: objects of its own. */
export function checkItem(result: CheckResult): CheckItem {
  return {
    ...result,
    facts: { ...result.facts },
    baseline: result.baseline.map((point) => ({ ...point })),
    failingRows: failingRowsAnswer(result),
  };
}

const isMoment = (part: string): boolean => !Number.isNaN(Date.parse(part));
