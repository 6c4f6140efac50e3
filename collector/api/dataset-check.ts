import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type, type Static } from 'typebox';
import { findContract, readContract } from '#gate/contracts.ts';
import type { GateServices } from '#gate/services.ts';
import { checkPartition } from '#monitor/check-partition.ts';
import { readCircumstances } from '#monitor/circumstances.ts';
import { worstStatus } from '#rules/check/status.ts';
import { exclusionsOf, type ExclusionRow } from '#store/exclusions.ts';
import { type MarkRow, standingMarks, statedMark } from '#store/marks.ts';
import { historyOf, seriesUpTo, type SeriesRow } from '#store/measurements.ts';
import { failingRowsAnswer } from './gate-answers.ts';
import { CheckItem } from './schema/gates.ts';

const HISTORY = 60;

const Params = Type.Object({ dataset: Type.String({ minLength: 1, maxLength: 8192 }) });
const Query = Type.Object({
  partition: Type.Optional(Type.String({ maxLength: 1000 })),
  namespace: Type.Optional(Type.String({ maxLength: 8192 })),
});

export const DatasetCheckAnswer = Type.Object({
  dataset: Type.String(),
  namespace: Type.String(),
  partition: Type.String(),
  contractVersion: Type.String(),
  /** The worst of the checks' statuses. */
  status: Type.String(),
  checks: Type.Array(CheckItem),
});
export type DatasetCheckAnswer = Static<typeof DatasetCheckAnswer>;

/** GET /api/v2/datasets/:dataset/check: the contract's checks, answered from measurements alone. */
export function registerDatasetCheck(app: FastifyInstance, services: GateServices): void {
  app
    .withTypeProvider<TypeBoxTypeProvider>()
    .get(
      '/api/v2/datasets/:dataset/check',
      { schema: { params: Params, querystring: Query, response: { 200: DatasetCheckAnswer } } },
      async (request) => {
        const { partition = '', namespace = null } = request.query;
        const { row, contract } = await latestContract(services, request.params.dataset, namespace);
        const target = { datasetId: row.dataset_id, partition };
        const [rows, exclusions, marks, circumstances] = await Promise.all([
          services.database.rows<SeriesRow>(seriesUpTo([target], HISTORY)),
          services.database.rows<ExclusionRow>(exclusionsOf([row.dataset_id])),
          services.database.rows<MarkRow>(standingMarks([row.dataset_id])),
          readCircumstances(services.database, row.dataset_id, [partition]),
        ]);
        const excluded = new Map(exclusions.map((exclusion) => [exclusion.partition, exclusion.excluded]));
        const points = historyOf(rows, (key) => (key === partition ? null : (excluded.get(key) ?? null)));
        const results = checkPartition(contract, partition, points, {
          now: new Date(),
          marks: marks.map(statedMark),
          calendar: services.calendar,
          circumstances: circumstances.get(partition),
        });
        return {
          dataset: row.name,
          namespace: row.namespace,
          partition,
          contractVersion: row.version,
          status: worstStatus(results.map((result) => result.status)),
          checks: results.map((result) => ({
            ...result,
            facts: { ...result.facts },
            baseline: result.baseline.map((point) => ({ ...point })),
            failingRows: failingRowsAnswer(result),
          })),
        };
      },
    );
}

async function latestContract(
  services: GateServices,
  dataset: string,
  namespace: string | null,
): ReturnType<typeof readContract> {
  const latest = await findContract(services, dataset, namespace);
  return readContract(services, latest.dataset_id, null);
}
