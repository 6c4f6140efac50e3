import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type, type Static } from 'typebox';
import type { Contract } from '#model/contract.ts';
import type { Uuid } from '#model/ids.ts';
import { parsePartitionKey } from '#model/partition.ts';
import { Problem } from '#collector/problems.ts';
import { findContract, readContract } from '#gate/contracts.ts';
import type { GateServices } from '#gate/services.ts';
import { checkPartition } from '#monitor/check-partition.ts';
import { readCircumstances } from '#monitor/circumstances.ts';
import { carriedResults } from '#rules/check/carried.ts';
import { worstStatus } from '#rules/check/status.ts';
import { exclusionsOf, type ExclusionRow } from '#store/exclusions.ts';
import { type MarkRow, standingMarks, statedMark } from '#store/marks.ts';
import { historyOf, seriesOf, seriesUpTo, type SeriesRow } from '#store/measurements.ts';
import { checkItem } from './results.ts';
import { CheckItem } from './schema/gates.ts';

const HISTORY = 60;
/** Partitions that are named where the one that was asked for is not known. */
const NAMED = 3;

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
  /** Whether anything has been measured of the partition. */
  known: Type.Boolean(),
  /** Where nothing has: the newest partitions of which something has. */
  newest: Type.Array(Type.String()),
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
        const known =
          rows.some((one) => one.partition === partition) ||
          (circumstances.get(partition)?.landedAt ?? null) !== null;
        const newest = known ? [] : await newestPartitions(services, row.dataset_id);
        if (!known) refuseStrange(row.name, partition, contract, newest);
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
          known,
          newest,
          checks: [...results, ...carriedResults(contract.carriedChecks)].map(checkItem),
        };
      },
    );
}

async function newestPartitions(services: GateServices, datasetId: Uuid): Promise<string[]> {
  const rows = await services.database.rows<SeriesRow>(seriesOf([datasetId], null, NAMED));
  return rows.map(({ partition }) => partition);
}

/** A key that the dataset cannot have is a mistake of whoever asks; one that it may have has not come yet. */
function refuseStrange(name: string, partition: string, contract: Contract, newest: readonly string[]): void {
  const shapes = [
    ...(contract.partition ? [contract.partition.columns.join('/')] : []),
    ...newest.map((key) => shapeOf(key) ?? ''),
  ];
  const shape = shapeOf(partition);
  if (shape !== null && (shapes.length === 0 || shapes.includes(shape))) return;
  const [example = contract.partition?.columns.map((column) => `${column}=…`).join('/') ?? 'dt=2026-01-31'] =
    newest;
  const asked = partition === '' ? 'is partitioned' : `has no partition ${JSON.stringify(partition)}`;
  const mend =
    newest.length > 0
      ? `name one, such as ${newest.join(' or ')}`
      : `its partitions are named like ${example}, and nothing has been measured of any`;
  throw new Problem('partition_not_found', `${name} ${asked}: ${mend}.`, { newest });
}

/** The columns of a key; null when it is none. */
function shapeOf(key: string): string | null {
  const values = parsePartitionKey(key);
  return values === null ? null : values.map(([column]) => column).join('/');
}

async function latestContract(
  services: GateServices,
  dataset: string,
  namespace: string | null,
): ReturnType<typeof readContract> {
  const latest = await findContract(services, dataset, namespace);
  return readContract(services, latest.dataset_id, null);
}
