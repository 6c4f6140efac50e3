import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from '#collector/problems.ts';
import { rule, type Ruling } from '#ingest/alias-decisions.ts';
import type { NamingRules } from '#model/naming.ts';
import { CLAIM_KINDS } from '#model/alias.ts';
import { isUuid } from '#model/ids.ts';
import { listGroups, withheldClaims, type ListedGroupRow, type WithheldRow } from '#store/aliases.ts';
import type { Database } from '#store/database.ts';
import { findExactDataset } from './find-dataset.ts';
import { actorOf } from './request-key.ts';
import * as schema from './schema/aliases.ts';
import { strictBodies } from './strict-bodies.ts';
import { whyOne } from './why-one.ts';

export interface AliasServices {
  readonly database: Database;
  readonly naming?: NamingRules | undefined;
}

/** /api/v2/aliases: which names are one dataset, why, and an operator's word on it. */
export function registerAliases(app: FastifyInstance, services: AliasServices): void {
  void app.register(async (scope) => addRoutes(scope, services));
}

function addRoutes(app: FastifyInstance, services: AliasServices): void {
  strictBodies(app);
  const api = app.withTypeProvider<TypeBoxTypeProvider>();
  const { database } = services;
  const find = (dataset: string, namespace: string | undefined): ReturnType<typeof findExactDataset> =>
    findExactDataset(database, dataset, namespace ?? null, services.naming);

  api.get('/api/v2/aliases', {
    schema: { querystring: schema.AliasListQuery, response: { 200: schema.AliasList } },
    handler: async ({ query }) => {
      const { limit = 100, cursor = null } = query;
      const rows = await database.rows<ListedGroupRow>(listGroups(limit + 1, cursor));
      const items = rows.slice(0, limit).map(({ id, namespace, name, aliases }) => ({
        dataset: { id, namespace, name },
        aliases: [...aliases],
      }));
      return { items, next: rows.length > limit ? (items.at(-1)?.dataset.id ?? null) : null };
    },
  });

  api.get('/api/v2/aliases/withheld', {
    schema: { querystring: schema.WithheldQuery, response: { 200: schema.WithheldList } },
    handler: async ({ query }) => {
      const { limit = 100, cursor } = query;
      const after = cursor === undefined ? null : readCursor(cursor);
      const rows = await database.rows<WithheldRow>(withheldClaims(limit + 1, after));
      const page = rows.slice(0, limit);
      const last = rows.length > limit ? page.at(-1) : undefined;
      return {
        items: page.map(({ kind, from, to, from_name: fromName, to_name: toName, producers, withheld }) => ({
          kind,
          from: { id: from, ...fromName },
          to: { id: to, ...toName },
          by: [...producers],
          withheld,
        })),
        next: last ? `${last.from}:${last.to}:${last.kind}` : null,
      };
    },
  });

  api.get('/api/v2/aliases/why', {
    schema: { querystring: schema.WhyQuery, response: { 200: schema.WhyAnswer } },
    handler: async ({ query }) => {
      const other = query.with === undefined ? null : await find(query.with, query.withNamespace);
      return whyOne(database, await find(query.dataset, query.namespace), other);
    },
  });

  for (const verdict of ['join', 'deny', 'clear'] as const) {
    api.post(`/api/v2/aliases/${verdict}`, {
      schema: { body: schema.PairBody, response: { 200: schema.WhyAnswer } },
      handler: async (request) => {
        const { dataset, namespace, with: second, withNamespace } = request.body;
        const [one, other] = [await find(dataset, namespace), await find(second, withNamespace)];
        await decide(request, { verdict, dataset: one.id, other: other.id });
        return whyOne(database, one, other);
      },
    });
  }

  api.post('/api/v2/aliases/split', {
    schema: { body: schema.SplitBody, response: { 200: schema.WhyAnswer } },
    handler: async (request) => {
      const one = await find(request.body.dataset, request.body.namespace);
      await decide(request, { verdict: 'split', dataset: one.id });
      return whyOne(database, one, null);
    },
  });

  async function decide(
    request: FastifyRequest<{ Body: { reason: string; author?: string | undefined } }>,
    ruling: Ruling,
  ): Promise<void> {
    const author = actorOf(request, request.body.author);
    if (author === undefined)
      throw new Problem('invalid_request', 'author is missing; say who decides this.');
    await rule(database, ruling, { reason: request.body.reason, author }, new Date());
  }
}

function readCursor(cursor: string): Parameters<typeof withheldClaims>[1] {
  const [from = '', to = '', named = ''] = cursor.split(':');
  const kind = CLAIM_KINDS.find((known) => known === named);
  if (kind && isUuid(from) && isUuid(to)) return { from, to, kind };
  throw new Problem('invalid_request', 'cursor is not one that this list gave; leave it out to begin.');
}
