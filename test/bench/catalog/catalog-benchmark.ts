import Fastify, { type FastifyInstance } from 'fastify';
import { registerJobs } from '#api/jobs.ts';
import { registerLineage } from '#api/lineage.ts';
import { registerLineageImpact } from '#api/lineage-impact.ts';
import { registerOverviewRoutes } from '#api/overview.ts';
import { registerRuns } from '#api/runs.ts';
import { registerSearch } from '#api/search.ts';
import type { LineageImpactAnswer } from '#api/schema/lineage.ts';
import type { SearchAnswer } from '#api/schema/search.ts';
import { SearchIndex } from '#collector/search/search-index.ts';
import { openDatabase, type Database } from '#store/database.ts';
import { migrate } from '#store/migrate.ts';
import { sql } from '#store/sql.ts';
import {
  rounded,
  show,
  table,
  type Benchmark,
  type BenchContext,
  type BenchReport,
  type Figures,
} from '../frame.ts';
import { sampleProcessors, processorUse } from '../processor-time.ts';
import { percentile, seededRandom } from '../statistics.ts';
import { ilikeScan, recursiveReach } from './baselines.ts';
import {
  FULL_ESTATE,
  generateEstate,
  SMALL_ESTATE,
  vocabulary,
  type EstateCounts,
} from './generated-estate.ts';
import { measurePages, type PageTimes } from './page-times.ts';
import { questionsAbout } from './questions.ts';
import { wrongHops, wrongLists, wrongSearches } from './right-answers.ts';

const WORDS = 3000;
/** Goals of issue 7 that absolute figures are held to; the machine is told with them. */
const SEARCH_P99_MS = 50;
const ONE_HOP_P99_MS = 50;
const DOWNSTREAM_P99_MS = 300;
const OVERVIEW_PROCESSOR_MS = 30;

/** Search, lineage and lists over an estate of a hundred thousand datasets, beside plain SQL. */
export const catalogBenchmark: Benchmark = {
  name: 'catalog',
  title: 'Catalogue: search, lineage and lists over many datasets, beside plain SQL',
  run: runCatalog,
};

/** One thing that is asked many times. */
interface Measured {
  readonly name: string;
  readonly milliseconds: readonly number[];
  /** Processor time of this process and PostgreSQL for one, which other work hardly changes. */
  readonly processorMs: number;
  /** Busy cores of other work meanwhile. */
  readonly foreignCores: number;
}

async function runCatalog(context: BenchContext): Promise<BenchReport> {
  const { cluster, options, progress } = context;
  const database = openDatabase({ url: await cluster.database('bench_catalog'), connections: 4 });
  const app = Fastify();
  try {
    await migrate(database);
    const words = vocabulary(options.seed, WORDS);
    const counts = await generateEstate(
      database,
      options.quick ? SMALL_ESTATE : FULL_ESTATE,
      words,
      progress,
    );
    progress('building the search index');
    const begin = performance.now();
    await new SearchIndex({ database, now: () => new Date('2026-02-01T00:00:00Z') }).settle();
    const indexSeconds = (performance.now() - begin) / 1000;
    await database.execute(sql`vacuum (analyze) search_entity, search_word`);
    const indexBytes = await sizeOf(database);
    await cluster.checkpoint();
    registerSearch(app, { database });
    registerLineage(app, { database });
    registerLineageImpact(app, { database });
    registerOverviewRoutes(app, { database });
    registerJobs(app, { database, now: () => new Date() });
    registerRuns(app, { database, now: () => new Date() });
    await app.ready();
    const { measured, failures } = await measureAll(context, database, app, words);
    progress('pages in a browser');
    const drawn = await database.rows<{ id: string }>(sql`
      select id from dataset order by md5(id::text || ${String(options.seed)}) limit ${options.quick ? 5 : 20}`);
    const pages = await measurePages(database, {
      datasets: drawn.map(({ id }) => id),
      words: words.filter((word) => word.length >= 4).slice(0, options.quick ? 5 : 20),
    });
    return reportCatalog({ counts, indexSeconds, indexBytes, measured, failures, pages });
  } finally {
    await app.close();
    await database.close();
  }
}

async function measureAll(
  { options, progress, cluster }: BenchContext,
  database: Database,
  app: FastifyInstance,
  words: readonly string[],
): Promise<{ measured: Measured[]; failures: string[] }> {
  const failures: string[] = [];
  const random = seededRandom(options.seed + 1);
  const get = async (url: string): Promise<string> => {
    const answer = await app.inject(url);
    if (answer.statusCode !== 200) failures.push(`${url} was answered ${answer.statusCode}`);
    return answer.body;
  };
  const measured: Measured[] = [];
  const measure = async (name: string, asked: readonly (() => Promise<unknown>)[]): Promise<void> => {
    progress(name);
    for (const ask of asked.slice(0, 5)) await ask(); // plans and caches
    const before = sampleProcessors({ ours: [process.pid, cluster.pid] });
    const milliseconds: number[] = [];
    for (const ask of asked) {
      const begin = performance.now();
      await ask();
      milliseconds.push(performance.now() - begin);
    }
    const { foreignCores, groups } = processorUse(
      before,
      sampleProcessors({ ours: [process.pid, cluster.pid] }),
    );
    const processorMs = ((groups['ours'] ?? 0) * 1000) / asked.length;
    measured.push({ name, milliseconds, processorMs, foreignCores });
  };
  const few = options.quick ? 20 : 200;
  const questions = questionsAbout(words, random, options.quick ? 10 : 60);
  for (const [kind, list] of Object.entries(questions.byKind))
    await measure(
      `search: ${kind}`,
      list.map((q) => async () => get(`/api/v2/search?q=${encodeURIComponent(q)}`)),
    );
  await measure(
    'search: filtered by owner and layer',
    questions.byKind.prefix.map(
      (q) => async () => get(`/api/v2/search?q=${encodeURIComponent(q)}&owner=team-7&layer=mart`),
    ),
  );
  await measure(
    'search: no words',
    Array.from({ length: 20 }, () => async () => get('/api/v2/search')),
  );
  await measure(
    'baseline: ILIKE scan of names and columns',
    questions.byKind.word.slice(0, 20).map((q) => async () => database.rows(ilikeScan(q))),
  );
  // A word that was mistyped by a letter is found.
  for (const { typo, word } of questionsAbout(words, random, 5).pairs) {
    const { items } = JSON.parse(await get(`/api/v2/search?q=${typo}&kind=dataset`)) as SearchAnswer;
    const found = items.some(({ name, matchedColumn }) => `${name} ${matchedColumn ?? ''}`.includes(word));
    if (items.length > 0 && !found && !items.some(({ match }) => match !== 'typo'))
      failures.push(`"${typo}" did not find "${word}"`);
  }

  const drawn = await database.rows<{ id: string }>(sql`
    select id from dataset order by md5(id::text || ${String(options.seed)}) limit ${few}`);
  const hubs = await database.rows<{ id: string }>(sql`
    select dataset_id as id from job_dataset where role = 0 group by 1 order by count(*) desc, 1 limit 30`);
  const lineage = (rows: readonly { id: string }[], more: string) =>
    rows.map(
      ({ id }) =>
        async () =>
          get(`/api/v2/lineage?dataset=${id}&${more}`),
    );
  await measure('lineage: one hop', lineage(drawn, 'depth=1'));
  await measure('lineage: one hop, 30 largest hubs', lineage(hubs, 'depth=1'));
  await measure('lineage: full downstream', lineage(drawn, 'direction=downstream'));
  await measure('lineage: full downstream, 30 largest hubs', lineage(hubs, 'direction=downstream'));
  await measure(
    'lineage: one column, all hops',
    drawn.map(
      ({ id }) =>
        async () =>
          get(`/api/v2/lineage?dataset=${id}&column=created_at`),
    ),
  );
  await measure(
    'lineage: path between two',
    drawn.slice(0, few / 2).map(
      ({ id }, index) =>
        async () =>
          get(`/api/v2/lineage/path?from=${hubs[index % 30]?.id}&to=${id}`),
    ),
  );
  await measure(
    'impact: rows, full downstream',
    drawn.map(
      ({ id }) =>
        async () =>
          get(`/api/v2/lineage/impact?dataset=${id}`),
    ),
  );
  await measure(
    'baseline: recursive CTE over jobs',
    drawn.map(
      ({ id }) =>
        async () =>
          database.rows(recursiveReach(id)),
    ),
  );
  for (const { id } of drawn.slice(0, 20)) {
    const expected = await database.rows<{ id: string }>(recursiveReach(id));
    const { rows } = JSON.parse(
      await get(`/api/v2/lineage/impact?dataset=${id}&limit=10000`),
    ) as LineageImpactAnswer;
    if (rows.length !== expected.length - 1 && expected.length <= 10_000)
      failures.push(`${rows.length} datasets below ${id}, and ${expected.length - 1} by SQL`);
  }

  progress('comparing answers with plain SQL');
  failures.push(...(await wrongSearches(database, get, words)));
  failures.push(
    ...(await wrongHops(
      database,
      get,
      [...drawn.slice(0, 20), ...hubs.slice(0, 3)].map(({ id }) => id),
    )),
  );
  failures.push(...(await wrongLists(database, get)));
  for (const [name, url] of [
    ['list: datasets', '/api/v2/datasets?limit=100'],
    ['list: datasets by a part of their name', `/api/v2/datasets?limit=100&q=${words[100] ?? ''}`],
    ['list: jobs', '/api/v2/jobs?limit=100'],
    ['list: runs', '/api/v2/runs?limit=100'],
    ['list: failed runs', '/api/v2/runs?limit=100&state=FAILED'],
    ['overview', '/api/v2/overview'],
  ] as const)
    await measure(
      name,
      Array.from({ length: 20 }, () => async () => get(url)),
    );
  return { measured, failures };
}

async function sizeOf(database: Database): Promise<number> {
  const [row] = await database.rows<{ bytes: number }>(
    sql`select pg_total_relation_size('search_entity') + pg_total_relation_size('search_word') as bytes`,
  );
  return row?.bytes ?? 0;
}

interface CatalogMeasurements {
  readonly counts: EstateCounts;
  readonly indexSeconds: number;
  readonly indexBytes: number;
  readonly measured: readonly Measured[];
  readonly failures: readonly string[];
  /** A string: why there are none. */
  readonly pages: readonly PageTimes[] | string;
}

function reportCatalog({
  counts,
  indexSeconds,
  indexBytes,
  measured,
  failures,
  pages,
}: CatalogMeasurements): BenchReport {
  const p = (name: string, of: number): number =>
    percentile(measured.find((one) => one.name === name)?.milliseconds ?? [], of);
  const searches = measured.filter(({ name }) => name.startsWith('search: '));
  const all = searches.flatMap(({ milliseconds }) => milliseconds);
  const ratios = {
    ilikeOverSearchP50: rounded(
      p('baseline: ILIKE scan of names and columns', 50) / p('search: word', 50),
      1,
    ),
    ilikeOverSearchP99: rounded(p('baseline: ILIKE scan of names and columns', 99) / percentile(all, 99), 1),
    recursiveOverImpactP50: rounded(
      p('baseline: recursive CTE over jobs', 50) / p('impact: rows, full downstream', 50),
      2,
    ),
    recursiveOverImpactP99: rounded(
      p('baseline: recursive CTE over jobs', 99) / p('impact: rows, full downstream', 99),
      2,
    ),
  };
  const overview = measured.find(({ name }) => name === 'overview')?.processorMs ?? Number.NaN;
  const goals = {
    searchP99AtMost50Ms: percentile(all, 99) <= SEARCH_P99_MS,
    oneHopP99AtMost50Ms: p('lineage: one hop', 99) <= ONE_HOP_P99_MS,
    downstreamP99AtMost300Ms: p('lineage: full downstream', 99) <= DOWNSTREAM_P99_MS,
    overviewProcessorAtMost30Ms: overview <= OVERVIEW_PROCESSOR_MS,
  };
  const searchProcessorMs = Math.max(...searches.map(({ processorMs }) => processorMs));
  const figures: Figures = {
    ...counts,
    indexSeconds: rounded(indexSeconds, 1),
    indexMegabytes: rounded(indexBytes / 2 ** 20, 0),
    milliseconds: Object.fromEntries(
      measured.map(({ name, milliseconds, processorMs, foreignCores }) => [
        name,
        {
          asked: milliseconds.length,
          p50: rounded(percentile(milliseconds, 50), 2),
          p99: rounded(percentile(milliseconds, 99), 2),
          processorMs: rounded(processorMs, 2),
          foreignCores: rounded(foreignCores, 2),
        },
      ]),
    ),
    searchP99: rounded(percentile(all, 99), 2),
    searchProcessorMs: rounded(searchProcessorMs, 2),
    pages:
      typeof pages === 'string'
        ? pages
        : Object.fromEntries(
            pages.map(({ name, milliseconds }) => [
              name,
              {
                p50: rounded(percentile(milliseconds, 50), 0),
                p99: rounded(percentile(milliseconds, 99), 0),
              },
            ]),
          ),
    ratios,
    goals,
  };
  const lines = [
    `${counts.datasets.toLocaleString('en-GB')} datasets, ${counts.columns.toLocaleString('en-GB')} columns (${counts.columnNames.toLocaleString('en-GB')} names), ${counts.edges.toLocaleString('en-GB')} edges, ${counts.columnEdges.toLocaleString('en-GB')} column edges`,
    `search index: ${show(indexBytes / 2 ** 20)} MB, built in ${show(indexSeconds)} s`,
    '',
    ...table(
      [
        'through the API, one after the other',
        'asked',
        'p50 ms',
        'p99 ms',
        'max ms',
        'processor ms',
        'foreign cores',
      ],
      measured.map(({ name, milliseconds, processorMs, foreignCores }) => [
        name,
        String(milliseconds.length),
        show(percentile(milliseconds, 50)),
        show(percentile(milliseconds, 99)),
        show(percentile(milliseconds, 100)),
        show(processorMs),
        show(foreignCores, 2),
      ]),
    ),
    '',
    ...(typeof pages === 'string'
      ? [`pages: ${pages}`]
      : table(
          ['in a browser, from the act to what is seen', 'tried', 'p50 ms', 'max ms'],
          pages.map(({ name, milliseconds }) => [
            name,
            String(milliseconds.length),
            show(percentile(milliseconds, 50)),
            show(percentile(milliseconds, 100)),
          ]),
        )),
    '',
    `all searches: p99 ${show(percentile(all, 99))} ms (goal ${SEARCH_P99_MS}: ${goals.searchP99AtMost50Ms ? 'met' : 'missed'})`,
    `a question of the dearest kind: ${show(searchProcessorMs)} ms of processor time`,
    `lineage: one hop p99 ${show(p('lineage: one hop', 99))} ms (goal ${ONE_HOP_P99_MS}: ${goals.oneHopP99AtMost50Ms ? 'met' : 'missed'}), full downstream p99 ${show(p('lineage: full downstream', 99))} ms (goal ${DOWNSTREAM_P99_MS}: ${goals.downstreamP99AtMost300Ms ? 'met' : 'missed'})`,
    `overview: ${show(overview)} ms of processor time (goal ${OVERVIEW_PROCESSOR_MS}: ${goals.overviewProcessorAtMost30Ms ? 'met' : 'missed'})`,
    `an ILIKE scan takes ${ratios.ilikeOverSearchP50} times as long as search (p50), ${ratios.ilikeOverSearchP99} times (p99)`,
    `impact takes ${show(1 / ratios.recursiveOverImpactP50, 2)} times as long as a recursive CTE that tells ids alone (p50), ${show(1 / ratios.recursiveOverImpactP99, 2)} times (p99)`,
    'foreign cores: what else the machine was busy with; above 0.1 the times are too long',
  ];
  return { figures, lines, failures };
}
