import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type, type Static } from 'typebox';
import type { Database } from '#store/database.ts';
import { listFindings } from '#store/verdicts.ts';

const nullable = <T extends ReturnType<typeof Type.Number> | ReturnType<typeof Type.String>>(type: T) =>
  Type.Union([type, Type.Null()]);

export const FindingAnswer = Type.Object({
  datasetId: Type.String(),
  namespace: Type.String(),
  dataset: Type.String(),
  partition: Type.String(),
  metric: Type.String(),
  value: nullable(Type.Number()),
  mean: nullable(Type.Number()),
  low: nullable(Type.Number()),
  high: nullable(Type.Number()),
  score: nullable(Type.Number()),
  direction: nullable(Type.String()),
  slot: Type.String(),
  message: Type.String(),
  decidedAt: Type.String(),
});
export type FindingAnswer = Static<typeof FindingAnswer>;

const Query = Type.Object({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })) });

interface FindingRow extends Omit<FindingAnswer, 'datasetId' | 'decidedAt'> {
  readonly dataset_id: string;
  readonly decided_at: Date;
}

/** GET /api/v2/findings: what the detectors found unusual, newest partition first. */
export function registerFindings(app: FastifyInstance, { database }: { readonly database: Database }): void {
  app.withTypeProvider<TypeBoxTypeProvider>().get(
    '/api/v2/findings',
    {
      schema: {
        querystring: Query,
        response: { 200: Type.Object({ findings: Type.Array(FindingAnswer) }) },
      },
    },
    async ({ query }) => {
      const rows = await database.rows<FindingRow>(listFindings(query.limit ?? 200));
      return {
        findings: rows.map(({ dataset_id: datasetId, decided_at: decidedAt, ...row }) => ({
          ...row,
          datasetId,
          decidedAt: decidedAt.toISOString(),
        })),
      };
    },
  );
}
