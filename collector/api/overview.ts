import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import type { Uuid } from '#model/ids.ts';
import { heldBy } from '#collector/incidents/describe-incidents.ts';
import { Problem } from '#collector/problems.ts';
import type { Database } from '#store/database.ts';
import { listIncidents, type ListedIncidentRow } from '#store/incidents.ts';
import { seriesOf, type SeriesRow } from '#store/measurements.ts';
import {
  countAll,
  heldPublications,
  latestPublications,
  listDatasets,
  listPartitions,
  listVerdicts,
  readDataset,
  type CountsRow,
  type DatasetFilter,
  type DatasetHeadRow,
  type DatasetRow,
  type PartitionRow,
  type PublicationRow,
  type VerdictRow,
} from '#store/overview.ts';
import { incidentsOfSeries, type SeriesIncidentRow } from '#store/series-incidents.ts';
import { listFindings, countSimpleAlone, type ListedFindingRow } from '#store/verdicts.ts';
import { describeDataset } from './dataset-lifecycle.ts';
import { findingsOf } from './finding-answers.ts';
import { incidentItem } from './incident-answers.ts';
import { factsOfMetric, joinSeries, simpleRecord } from './series.ts';
import {
  DatasetDetail,
  DatasetList,
  DatasetListQuery,
  DatasetPath,
  Overview,
  Series,
  SeriesQuery,
  type DatasetItem,
  type Publication,
} from './schema/overview.ts';

export interface OverviewServices {
  readonly database: Database;
}

const HELD_SHOWN = 100;
const PUBLISHED_SHOWN = 20;
const FINDINGS_SHOWN = 50;
/** More are read than shown: several in a row are shown as one. */
const FINDINGS_READ = 200;
const INCIDENTS_SHOWN = 50;
/** More are read than shown: the worst come first, not the latest. */
const INCIDENTS_READ = 500;
const ACTIVE_INCIDENTS = {
  states: ['open', 'acknowledged', 'snoozed'],
  severity: null,
  datasetId: null,
  owner: null,
  after: null,
} as const;
/** Held publications that are named in the row of an incident; more are counted. */
const HELD_OF_INCIDENT = 5;
const SIMPLE_COUNTED = 1000;
const DATASETS_SHOWN = 100;
const PARTITIONS_SHOWN = 1000;

/** Registers what the overview page reads: the overview, datasets and their series. */
export function registerOverviewRoutes(app: FastifyInstance, { database }: OverviewServices): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>();

  routes.get('/api/v2/overview', { schema: { response: { 200: Overview } } }, async () => {
    const [counts, held, published, findings, simple, datasets, incidents] = await Promise.all([
      database.rows<CountsRow>(countAll()),
      database.rows<PublicationRow>(heldPublications(HELD_SHOWN)),
      database.rows<PublicationRow>(latestPublications(PUBLISHED_SHOWN)),
      database.rows<ListedFindingRow>(listFindings(FINDINGS_READ, 'decision')),
      database.rows<{ alone: number }>(countSimpleAlone(SIMPLE_COUNTED)),
      readDatasets(database, { heldFirst: true, limit: DATASETS_SHOWN }),
      database.rows<ListedIncidentRow>(listIncidents({ ...ACTIVE_INCIDENTS, limit: INCIDENTS_READ })),
    ]);
    const [first] = counts;
    if (!first) throw new Problem('store_unavailable', 'The store gave no counts; try again in a moment.');
    const shown = incidents.toSorted(worstFirst).slice(0, INCIDENTS_SHOWN);
    const heldOf = await heldBy(database, shown);
    return {
      counts: { ...first, simpleAlone: simple[0]?.alone ?? 0 },
      publications: [
        ...held.map((row) => publication(row, 'held')),
        ...published.map((row) => publication(row, 'published')),
      ],
      findings: findingsOf(findings).slice(0, FINDINGS_SHOWN),
      incidents: shown.map((row) => {
        const kept = heldOf.get(row.id) ?? [];
        return {
          ...incidentItem(row, row),
          held: kept.slice(0, HELD_OF_INCIDENT).map((one) => ({
            evaluationId: one.evaluation_id,
            dataset: one.dataset,
            partition: one.partition,
          })),
          heldCount: kept.length,
        };
      }),
      datasets,
      readAt: new Date().toISOString(),
    };
  });

  routes.get(
    '/api/v2/datasets',
    { schema: { querystring: DatasetListQuery, response: { 200: DatasetList } } },
    async ({ query }) => {
      const { limit = DATASETS_SHOWN } = query;
      const items = await readDatasets(database, {
        text: query.q || null,
        namespace: query.namespace ?? null,
        name: query.name ?? null,
        after: query.cursor ?? null,
        limit: limit + 1,
      });
      const page = items.slice(0, limit);
      return { items: page, next: items.length > limit ? (page.at(-1)?.id ?? null) : null };
    },
  );

  routes.get(
    '/api/v2/datasets/:id',
    { schema: { params: DatasetPath, response: { 200: DatasetDetail } } },
    async ({ params }) => {
      const [head, partitions, { dropped }] = await Promise.all([
        datasetHead(database, params.id),
        database.rows<PartitionRow>(listPartitions(params.id, PARTITIONS_SHOWN)),
        describeDataset(database, params.id),
      ]);
      return {
        ...head,
        dropped,
        aliases: [...head.aliases],
        columns: [...head.columns],
        metrics: [...head.metrics],
        partitions: partitions
          .filter(({ partition }) => partition !== '')
          .map((row) => ({
            partition: row.partition,
            published: row.published,
            lastEventAt: row.last_event_at?.toISOString() ?? null,
          })),
      };
    },
  );

  routes.get(
    '/api/v2/datasets/:id/series',
    { schema: { params: DatasetPath, querystring: SeriesQuery, response: { 200: Series } } },
    async ({ params, query }) => {
      const { metric = 'row_count', limit = 400 } = query;
      const [head, measured, verdicts, partitions, incidents] = await Promise.all([
        datasetHead(database, params.id),
        database.rows<SeriesRow>(seriesOf([params.id], factsOfMetric(metric), limit)),
        database.rows<VerdictRow>(listVerdicts(params.id, metric, limit)),
        database.rows<PartitionRow>(listPartitions(params.id, limit)),
        database.rows<SeriesIncidentRow>(incidentsOfSeries(params.id, metric, limit)),
      ]);
      const points = joinSeries({ metric, measured, verdicts, partitions, incidents, limit });
      return {
        dataset: { id: head.id, namespace: head.namespace, name: head.name },
        metric,
        simple: simpleRecord(points),
        points,
      };
    },
  );
}

async function datasetHead(database: Database, id: Uuid): Promise<DatasetHeadRow> {
  const [head] = await database.rows<DatasetHeadRow>(readDataset(id));
  if (head) return head;
  throw new Problem('dataset_not_found', `No dataset has the id ${id}; GET /api/v2/datasets lists them.`);
}

async function readDatasets(
  database: Database,
  filter: Partial<DatasetFilter> & { readonly limit: number },
): Promise<DatasetItem[]> {
  const none = { text: null, namespace: null, name: null, after: null, heldFirst: false };
  const rows = await database.rows<DatasetRow>(listDatasets({ ...none, ...filter }));
  const ids = rows.map(({ id }) => id);
  const measured = await database.rows<SeriesRow>(seriesOf(ids, ['row_count'], 1));
  const newest = new Map(measured.map((row) => [row.dataset_id, row]));
  return rows.map((row) => {
    const point = newest.get(row.id);
    // The newest partition that states rows may be an older one than the last.
    const sameOne = point?.partition === (row.last_partition ?? '');
    return {
      id: row.id,
      namespace: row.namespace,
      name: row.name,
      owner: row.owner,
      lastPartition: row.last_partition,
      lastRowCount: sameOne ? (point?.facts['row_count']?.value ?? null) : null,
      lastRunState: row.last_run_state,
      lastEventAt: row.last_event_at?.toISOString() ?? null,
      partitions: row.partitions,
      heldPartitions: row.held_partitions,
      lastPartitionFindings: row.last_partition_findings,
      columns: row.columns,
    };
  });
}

function publication(row: PublicationRow, state: 'held' | 'published'): Publication {
  return {
    datasetId: row.known ? row.dataset_id : null,
    dataset: row.name,
    namespace: row.namespace || null,
    name: row.name,
    partition: row.partition,
    state,
    decision: row.decision,
    reasons: [...row.reasons],
    decidedAt: row.decided_at?.toISOString() ?? null,
    heldSince: row.held_since?.toISOString() ?? null,
    evaluationId: row.evaluation_id,
    serving:
      row.serving_partition !== null && row.serving_since !== null
        ? { partition: row.serving_partition, publishedAt: row.serving_since.toISOString() }
        : null,
  };
}

const SEVERITIES = ['critical', 'warning', 'notice'];

/** What somebody on call looks at first: nobody is at it, it is bad, it matters, it touches many; then the latest. */
function worstFirst(a: ListedIncidentRow, b: ListedIncidentRow): number {
  return (
    Number(a.state !== 'open') - Number(b.state !== 'open') ||
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    a.tier - b.tier ||
    b.impacted_count - a.impacted_count ||
    b.opened_at.getTime() - a.opened_at.getTime() ||
    (a.id < b.id ? -1 : 1)
  );
}
