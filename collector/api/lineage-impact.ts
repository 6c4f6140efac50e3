import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { Uuid } from '#model/ids.ts';
import type { NamingRules } from '#model/naming.ts';
import type { OrderKey } from '#model/order-key.ts';
import { Problem } from '#collector/problems.ts';
import type { Database } from '#store/database.ts';
import { lineageNodes, type LineageNodeRow } from '#store/lineage-steps.ts';
import type { LineageDirection, NamedDatasetRow } from '#store/lineage.ts';
import { walkColumns } from './column-walk.ts';
import { CSV, csvText, wantsCsv } from './csv.ts';
import { findDataset } from './find-dataset.ts';
import { graphOf, momentAt, namedEdges } from './lineage-answers.ts';
import { findPath, walkLineage } from './lineage-walk.ts';
import {
  LineageImpactAnswer,
  LineageImpactQuery,
  LineagePathAnswer,
  LineagePathQuery,
  type ImpactRow,
  type LineageEdge,
} from './schema/lineage.ts';

const DEFAULT_LIMIT = 1000;
/** Rows of a file, unless `limit` says otherwise. */
const CSV_LIMIT = 10_000;

export interface LineageServices {
  readonly database: Database;
  readonly naming?: NamingRules | undefined;
}

/** GET /api/v2/lineage/path and /api/v2/lineage/impact: the way between two datasets, and what depends on one as rows. */
export function registerLineageImpact(app: FastifyInstance, { database, naming }: LineageServices): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>();

  routes.get(
    '/api/v2/lineage/path',
    { schema: { querystring: LineagePathQuery, response: { 200: LineagePathAnswer } } },
    async ({ query }) => {
      const moment = momentAt(query.at);
      const at = moment?.key ?? null;
      const [from, to] = await Promise.all([
        findDataset(database, query.from, query.fromNamespace ?? null, naming),
        findDataset(database, query.to, query.toNamespace ?? null, naming),
      ]);
      const there = await findPath(database, from.id, to.id, at);
      const back = there.path.length > 0 ? null : await findPath(database, to.id, from.id, at);
      const { path } = back !== null && back.path.length > 0 ? back : there;
      const depths = new Map(path.map((id, index) => [id, index]));
      const { datasets, edges } = await graphOf(database, depths, [], at);
      return {
        from,
        to,
        at: moment?.text ?? null,
        found: path.length > 0,
        reversed: back !== null && back.path.length > 0,
        datasets: datasets.toSorted((a, b) => a.depth - b.depth),
        edges,
        truncated: path.length === 0 && (there.truncated || back?.truncated === true),
      };
    },
  );

  routes.get(
    '/api/v2/lineage/impact',
    {
      schema: {
        querystring: LineageImpactQuery,
        response: {
          200: {
            description: 'Rows, or the same as a file',
            content: {
              'application/json': { schema: LineageImpactAnswer },
              'text/csv': { schema: Type.String() },
            },
          },
        },
      },
    },
    async ({ query, headers }, reply) => {
      const csv = wantsCsv(query.format, headers.accept);
      const moment = momentAt(query.at);
      if (moment !== null && query.column !== undefined)
        throw new Problem(
          'invalid_request',
          'Lineage of columns is told as it is now: leave out at, or column.',
        );
      const dataset = await findDataset(database, query.dataset, query.namespace ?? null, naming);
      const direction = query.direction ?? 'downstream';
      const options = {
        depth: query.depth ?? Number.POSITIVE_INFINITY,
        limit: query.limit ?? (csv ? CSV_LIMIT : DEFAULT_LIMIT),
        at: moment?.key ?? null,
      };
      const { rows, truncated } =
        query.column === undefined
          ? await datasetImpact(database, dataset, direction, options)
          : await columnImpact(database, dataset, query.column, direction, options);
      if (csv) {
        const name = `impact-${dataset.name.replaceAll(/[^\w.-]+/g, '_').slice(0, 80)}.csv`;
        void reply.type(CSV).header('content-disposition', `attachment; filename="${name}"`);
        return impactFile(rows, truncated);
      }
      return { dataset, column: query.column ?? null, at: moment?.text ?? null, direction, rows, truncated };
    },
  );
}

interface Impact {
  readonly rows: ImpactRow[];
  readonly truncated: boolean;
}

interface ImpactOptions {
  readonly depth: number;
  readonly limit: number;
  readonly at: OrderKey | null;
}

async function datasetImpact(
  database: Database,
  dataset: NamedDatasetRow,
  direction: LineageDirection,
  { depth, limit, at }: ImpactOptions,
): Promise<Impact> {
  const walk = await walkLineage(database, dataset.id, direction, { depth, limit: limit + 1, at });
  const ids = [...walk.reached.keys()];
  const nearer = walk.edges.filter(({ input, output }) => {
    const [from, to] = direction === 'downstream' ? [input, output] : [output, input];
    return walk.reached.get(to)?.from === from;
  });
  const [nodes, edges] = await Promise.all([
    database.rows<LineageNodeRow>(lineageNodes(ids)),
    namedEdges(database, nearer),
  ]);
  const names = new Map(nodes.map((node) => [node.id, node.name]));
  const jobs = jobsBetween(edges, direction);
  const rows = nodes.flatMap((node) => {
    const place = walk.reached.get(node.id);
    if (!place || place.from === null) return [];
    const by = jobs.get(`${place.from} ${node.id}`) ?? new Set();
    return [
      impactRow(node, {
        column: null,
        depth: place.depth,
        via: names.get(place.from) ?? null,
        jobs: [...by],
      }),
    ];
  });
  return { rows: rows.sort(nearestFirst), truncated: walk.truncated };
}

async function columnImpact(
  database: Database,
  dataset: NamedDatasetRow,
  column: string,
  direction: LineageDirection,
  { depth, limit }: ImpactOptions,
): Promise<Impact> {
  const walk = await walkColumns(database, { datasetId: dataset.id, column }, direction, { depth, limit });
  const ids = [...new Set(walk.columns.map(({ datasetId }) => datasetId))];
  const nodes = new Map(
    (await database.rows<LineageNodeRow>(lineageNodes(ids))).map((node) => [node.id, node]),
  );
  const rows = walk.columns.flatMap((reached) => {
    const node = nodes.get(reached.datasetId);
    if (!node || reached.depth === 0) return [];
    return [impactRow(node, { column: reached.column, depth: reached.depth, via: null, jobs: [] })];
  });
  return { rows: rows.sort(nearestFirst), truncated: walk.truncated };
}

function impactRow(
  node: LineageNodeRow,
  place: Pick<ImpactRow, 'column' | 'depth' | 'via' | 'jobs'>,
): ImpactRow {
  return {
    id: node.id,
    namespace: node.namespace,
    name: node.name,
    ...place,
    owner: node.owner,
    layer: node.layer,
    status: node.status,
    contract: node.contract,
    consumers: node.consumers,
    lastEventAt: node.last_event_at?.toISOString() ?? null,
  };
}

/** Names of the jobs between each two datasets, by `nearer farther`. */
function jobsBetween(edges: readonly LineageEdge[], direction: LineageDirection): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const { input, output, job } of edges) {
    if (job === null) continue;
    const key = direction === 'downstream' ? `${input} ${output}` : `${output} ${input}`;
    found.set(key, (found.get(key) ?? new Set<Uuid>()).add(job));
  }
  return found;
}

const nearestFirst = (a: ImpactRow, b: ImpactRow): number =>
  a.depth - b.depth ||
  compare(a.name, b.name) ||
  compare(a.id, b.id) ||
  compare(a.column ?? '', b.column ?? '');
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const COLUMNS = [
  'depth',
  'namespace',
  'name',
  'column',
  'via',
  'jobs',
  'owner',
  'layer',
  'status',
  'contract',
  'consumers',
  'last_event_at',
  'id',
] as const;

function impactFile(rows: readonly ImpactRow[], truncated: boolean): string {
  const cells = rows.map((row) => [
    row.depth,
    row.namespace,
    row.name,
    row.column,
    row.via,
    row.jobs.join(' | '),
    row.owner,
    row.layer,
    row.status,
    row.contract,
    row.consumers,
    row.lastEventAt,
    row.id,
  ]);
  const rest = truncated ? [['', '', `cut after ${rows.length} rows: ask for a smaller depth`]] : [];
  return csvText(COLUMNS, [...cells, ...rest]);
}
