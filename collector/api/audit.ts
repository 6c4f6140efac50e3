import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { chainActs } from '#collector/audit/chain-acts.ts';
import { Problem } from '#collector/problems.ts';
import type { Uuid } from '#model/ids.ts';
import type { NamingRules } from '#model/naming.ts';
import { addAct, changedEvidence, listAudit, type AuditRow } from '#store/audit.ts';
import type { Database } from '#store/database.ts';
import { findDataset } from './find-dataset.ts';
import { scopeOf } from './route-scopes.ts';
import * as schema from './schema/audit.ts';

export interface AuditServices {
  readonly database: Database;
  readonly naming?: NamingRules | undefined;
}

const PAGE = 100;
/** Changed decisions that are named at most. */
const MOST_CHANGED = 100;

/** GET /api/v2/audit: what people and keys did and what the gate decided, as a chain of hashes. */
export function registerAudit(app: FastifyInstance, { database, naming }: AuditServices): void {
  const api = app.withTypeProvider<TypeBoxTypeProvider>();

  api.get('/api/v2/audit', {
    schema: { querystring: schema.AuditQuery, response: { 200: schema.AuditList } },
    handler: async ({ query }): Promise<schema.AuditList> => {
      const { actor = null, action = null, subjectId = null, order = 'last', limit = PAGE, cursor } = query;
      // What was done just now is part of the first page.
      if (cursor === undefined || order === 'first') await chainActs(database);
      const dataset =
        query.dataset === undefined
          ? null
          : await findDataset(database, query.dataset, query.namespace ?? null, naming);
      const rows = await database.rows<AuditRow>(
        listAudit(
          {
            actor,
            action,
            subjectId,
            datasetId: dataset?.id ?? null,
            since: momentOf(query.since, 'since'),
            until: momentOf(query.until, 'until'),
          },
          { order, from: cursor === undefined ? null : Number(cursor), limit },
        ),
      );
      const last = rows.length === limit ? rows.at(-1) : undefined;
      return {
        items: rows.map((row) => ({ ...row, at: row.at.toISOString() })),
        next: last ? String(last.position) : null,
      };
    },
  });

  api.get('/api/v2/audit/evidence', {
    schema: { response: { 200: schema.EvidenceAnswer } },
    handler: async () => ({
      changed: await database.rows<{ evaluationId: Uuid; position: number | null }>(
        changedEvidence(MOST_CHANGED),
      ),
    }),
  });
}

/**
 * Notes what no table tells: that a key was used for what takes the scope admin, and that a key was refused something
 * it may not do. To be called before the routes are registered.
 */
export function auditKeys(
  app: FastifyInstance,
  { database, onError }: { readonly database: Database; readonly onError: (error: unknown) => void },
): void {
  app.addHook('onRoute', (route) => {
    const [method = 'GET'] = [route.method].flat();
    const scope = scopeOf(method, route.url);
    if (scope === 'open' || scope === 'ingest' || scope === 'read') return;
    route.onResponse = [
      ...[route.onResponse ?? []].flat(),
      (request, reply, done) => {
        done();
        const refused = reply.statusCode === 403;
        // Without a key the act's own row says who was said to act.
        if (!request.key || (!refused && (scope !== 'admin' || reply.statusCode >= 400))) return;
        database
          .execute(
            addAct({
              actor: request.key.name,
              action: refused ? 'key.refused' : 'key.used',
              subject: 'route',
              subjectId: `${method} ${route.url}`,
              detail: { scope, status: reply.statusCode },
            }),
          )
          .catch(onError);
      },
    ];
  });
}

function momentOf(text: string | undefined, name: string): Date | null {
  if (text === undefined) return null;
  const moment = new Date(text);
  if (!Number.isNaN(moment.getTime())) return moment;
  throw new Problem('invalid_request', `${name} is no time; give one like 2026-01-31T00:00:00Z.`);
}
