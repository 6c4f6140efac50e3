import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { latestBackfills, type BackfillRow } from '#store/backfills.ts';
import type { Database } from '#store/database.ts';
import { listLoadFindings, type LoadFindingRow } from '#store/load-findings.ts';
import { listFindings, listNotices, type ListedFindingRow, type ListedNoticeRow } from '#store/verdicts.ts';
import { agreedOf } from '#monitor/agreed.ts';
import { readContexts } from '#monitor/finding-context.ts';
import { pagesAmong, withinBudget } from '#monitor/notices.ts';
import { findingsOf } from './finding-answers.ts';
import { FindingList } from './schema/findings.ts';

const Query = Type.Object({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })) });

const BACKFILLS_SHOWN = 100;
const LOADS_SHOWN = 100;
const WEEK = 7 * 86_400_000;
const NOTICES_READ = 1000;
/** Findings, newest first, and as many notices, of which it is told what stands beside them. */
const CONTEXTS_READ = 50;

/** GET /api/v2/findings: what the detectors found unusual, newest partition first, and the latest backfills. */
export function registerFindings(app: FastifyInstance, { database }: { readonly database: Database }): void {
  app
    .withTypeProvider<TypeBoxTypeProvider>()
    .get(
      '/api/v2/findings',
      { schema: { querystring: Query, response: { 200: FindingList } } },
      async ({ query }) => {
        const [rows, notices, backfills, loads] = await Promise.all([
          database.rows<ListedFindingRow>(listFindings(query.limit ?? 200, 'partition')),
          database.rows<ListedNoticeRow>(listNotices(NOTICES_READ)),
          database.rows<BackfillRow>(latestBackfills(BACKFILLS_SHOWN)),
          database.rows<LoadFindingRow>(listLoadFindings(new Date(Date.now() - WEEK), LOADS_SHOWN)),
        ]);
        const told = rows.slice(0, CONTEXTS_READ);
        const noted = withinBudget(notices);
        const about = [...told, ...noted.slice(0, CONTEXTS_READ)].map((row) => ({
          datasetId: row.dataset_id,
          partition: row.partition,
        }));
        const [contexts, agreed] = await Promise.all([
          readContexts(database, about),
          agreedOf(
            database,
            about.map(({ datasetId }) => datasetId),
          ),
        ]);
        return {
          findings: findingsOf(rows, contexts, pagesAmong(told, agreed)),
          notices: findingsOf(noted, contexts),
          backfills: backfills.map(
            ({ dataset_id: datasetId, run_id: runId, dataset, stated_at: statedAt, ...row }) => ({
              ...row,
              datasetId,
              dataset: dataset ?? datasetId,
              runId,
              statedAt: statedAt.toISOString(),
            }),
          ),
          loads: loads.map(({ dataset_id: datasetId, run_id: runId, at, ...row }) => ({
            ...row,
            datasetId,
            runId,
            at: at.toISOString(),
          })),
        };
      },
    );
}
