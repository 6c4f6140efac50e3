import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type, type Static } from 'typebox';
import { findContract, readContract } from '#gate/contracts.ts';
import { profilePublished } from '#gate/profile-published.ts';
import type { GateServices } from '#gate/services.ts';
import { seriesOf, type SeriesRow } from '#store/measurements.ts';
import { strictBodies } from './strict-bodies.ts';

const Params = Type.Object({ dataset: Type.String({ minLength: 1, maxLength: 8192 }) });
const Body = Type.Object(
  {
    /** The newest that anything was measured of unless told. */
    partition: Type.Optional(Type.String({ maxLength: 1000 })),
    namespace: Type.Optional(Type.String({ maxLength: 8192 })),
  },
  { additionalProperties: false },
);

export const ProfileAnswer = Type.Object({
  dataset: Type.String(),
  namespace: Type.String(),
  partition: Type.String(),
  warehouse: Type.String(),
  target: Type.String(),
  rows: Type.Integer(),
  columns: Type.Array(Type.String()),
  segments: Type.Array(Type.String()),
  /** Columns of too many values to be segments. */
  refused: Type.Array(Type.String()),
});
export type ProfileAnswer = Static<typeof ProfileAnswer>;

/** POST /api/v2/datasets/:dataset/profile: statistics of a published partition, in one statement. */
export function registerProfile(app: FastifyInstance, services: GateServices): void {
  void app.register(async (scope) => {
    strictBodies(scope);
    scope
      .withTypeProvider<TypeBoxTypeProvider>()
      .post(
        '/api/v2/datasets/:dataset/profile',
        { schema: { params: Params, body: Body, response: { 200: ProfileAnswer } } },
        async ({ params, body }) => answerOf(services, params.dataset, body),
      );
  });
}

async function answerOf(
  services: GateServices,
  dataset: string,
  { namespace, partition: asked }: Static<typeof Body>,
): Promise<ProfileAnswer> {
  const found = await findContract(services, dataset, namespace ?? null);
  const { row, contract } = await readContract(services, found.dataset_id, null);
  const datasetId = row.dataset_id;
  const partition = asked ?? (await newestOf(services, datasetId));
  const { warehouse, target, profile } = await profilePublished(
    services,
    { datasetId, contract, partition },
    new Date(),
  );
  const [whole, ...segments] = profile.parts;
  return {
    dataset: row.name,
    namespace: row.namespace,
    partition,
    warehouse,
    target,
    rows: whole?.facts.get('row_count') ?? 0,
    columns: [...(whole?.sketches.keys() ?? [])].sort(),
    segments: segments.map(({ segment }) => segment),
    refused: [...profile.refused],
  };
}

async function newestOf({ database }: GateServices, datasetId: string): Promise<string> {
  const [newest] = await database.rows<SeriesRow>(seriesOf([datasetId], ['row_count'], 1));
  return newest?.partition ?? '';
}
