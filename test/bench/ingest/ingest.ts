import { connect, tableBytes, type BenchCluster } from '../cluster.ts';
import { interleave, type Benchmark, type BenchContext, type BenchReport } from '../frame.ts';
import { copyRows } from './copy-jsonb.ts';
import { EventGenerator, type GeneratorOptions } from './event-generator.ts';
import { profileIngest } from './ingest-profile.ts';
import { mostMemory } from '../processor-time.ts';
import { reportIngest, type IngestMeasurements, type OpenLoopPoint } from './ingest-report.ts';
import {
  beside,
  copyRung,
  loadRung,
  measureLoad,
  Target,
  type IngestSample,
  type LoadShape,
} from './ingest-rungs.ts';
import { LoadGenerator } from './load.ts';
import { startProduct } from './product.ts';
import { ReferenceProjector } from './reference-projector.ts';
import { startServer, type ServerProcess } from './server-process.ts';
import { differences, storedCounts } from './stored-counts.ts';

/** Events per request to the batch endpoint, and the connections that send them. */
const BATCH = { events: 50, connections: 8 };
const PRODUCT_DATABASE = 'bench_product';
/** Shares of its saturation at which the product's latency is measured. */
const OPEN_SHARES = [0.25, 0.5, 0.75];
/** Milliseconds of saturation at a stretch. */
const SOAK = 60_000;

/** How fast events are taken, stored and projected, beside what bounds it from above and below. */
export const ingestBenchmark: Benchmark = {
  name: 'ingest',
  title: 'Ingest: events over HTTP, stored and projected before the acknowledgement',
  run: (context) =>
    context.options.profile === null ? runIngest(context) : profileIngest(context, context.options.profile),
};

interface Places {
  readonly receive: Target;
  readonly parse: Target;
  readonly floor: Target;
  readonly naive: Target;
  readonly product: Target;
  readonly urls: {
    readonly product: string;
    readonly naive: string;
    readonly floor: string;
    readonly copy: string;
  };
}

async function runIngest(context: BenchContext): Promise<BenchReport> {
  const load = new LoadGenerator();
  const servers: ServerProcess[] = [];
  try {
    const places = await startPlaces(context.cluster, servers);
    return await measureAll(context, load, places);
  } finally {
    load.close();
    await Promise.all(servers.map((server) => server.stop()));
  }
}

async function startPlaces(cluster: BenchCluster, servers: ServerProcess[]): Promise<Places> {
  const start = async (name: string, server: Promise<ServerProcess>): Promise<Target> => {
    const started = await server;
    servers.push(started);
    return new Target(name, started);
  };
  const urls = {
    product: await cluster.database(PRODUCT_DATABASE),
    naive: await cluster.database('bench_naive'),
    floor: await cluster.database('bench_floor'),
    copy: await cluster.database('bench_copy'),
  };
  return {
    receive: await start('receive only', startServer('receive-server.ts')),
    parse: await start('receive and parse', startServer('receive-server.ts', { PARSE: '1' })),
    floor: await start('append only', startServer('floor-server.ts', { DATABASE_URL: urls.floor })),
    naive: await start('naive', startServer('naive-server.ts', { DATABASE_URL: urls.naive })),
    product: await start('assay', startProduct(urls.product, `${cluster.folder}-collector`, null)),
    urls,
  };
}

async function measureAll(context: BenchContext, load: LoadGenerator, places: Places): Promise<BenchReport> {
  const { options, cluster, progress } = context;
  const { receive, parse, floor, naive, product, urls } = places;
  const begin = performance.now();
  const events: GeneratorOptions = { seed: options.seed, jobs: options.jobs, startAt: Date.now() };
  // The naive way is too slow to see the whole universe first; a small one is to its advantage.
  const naiveEvents: GeneratorOptions = { ...events, jobs: options.quick ? 65 : 500 };
  const window = options.windowSeconds * 1000;
  const pace = { kind: 'closed', warmUp: options.quick ? 500 : 1000, window } as const;
  const shape: LoadShape = { generator: events, pace, connections: options.connections };
  const measure = (target: Target, different: Partial<LoadShape> = {}): Promise<{ sample: IngestSample }> =>
    measureLoad(cluster, load, target, { ...shape, ...different });

  progress('making events');
  const generator = new EventGenerator(events);
  const copied = options.quick ? 2000 : 12_000;
  const chunks = copyRows(generator, copied);
  const copyClient = await connect(urls.copy);
  const copyBytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0) - copied;

  progress('first pass: every job, dataset and schema once');
  await measure(product, { pace: { kind: 'count', events: generator.eventsPerPass } });
  await measure(naive, {
    generator: naiveEvents,
    connections: 4,
    pace: { kind: 'count', events: new EventGenerator(naiveEvents).eventsPerPass },
  });
  const productClient = await connect(urls.product);
  const bytesBefore = await tableBytes(productClient);
  const eventsBefore = product.acknowledged;

  const rung = (
    name: string,
    target: Target,
    different: Partial<LoadShape> = {},
  ): ReturnType<typeof loadRung> => loadRung(cluster, load, name, target, { ...shape, ...different });
  const alone = (other: ReturnType<typeof loadRung>): ReturnType<typeof loadRung> =>
    beside(cluster, product, PRODUCT_DATABASE, other);
  const rungs = [
    alone(rung('receive only', receive)),
    rung('assay', product),
    alone(rung('receive and parse', parse)),
    alone(rung('append only', floor)),
    alone(copyRung(cluster, copyClient, { chunks, events: copied, bytes: copyBytes })),
    alone(rung('naive, 4 connections', naive, { generator: naiveEvents, connections: 4 })),
    alone(rung('naive, 8 connections', naive, { generator: naiveEvents, connections: 8 })),
  ];
  const repeats = options.quick ? 0 : options.rounds * 2;
  const samples = await interleave(rungs, { rounds: options.rounds, repeats, progress });
  await copyClient.end();

  const saturation = Math.max(...(samples.get('assay') ?? []).map(({ eventsPerSecond }) => eventsPerSecond));
  const openLoop: OpenLoopPoint[] = [];
  for (const share of options.quick ? [0.5] : OPEN_SHARES) {
    const perSecond = Math.round(saturation * share);
    progress(`open loop at ${perSecond} events/s`);
    const open = { pace: { ...pace, kind: 'open', perSecond } as const, connections: 256 };
    const { sample } = await measure(product, open);
    const harness = share === 0.5 ? (await measure(receive, open)).sample : null;
    openLoop.push({ share, perSecond, sample, harness });
  }
  progress('one connection');
  const idle = (await measure(product, { connections: 1, pace: { ...pace, window: Math.min(window, 2000) } }))
    .sample;

  await cluster.checkpoint();
  const bytesAfter = await tableBytes(productClient);
  const warmEvents = product.acknowledged;
  // What only shows in the long run: garbage, vacuum, what is learnt in the beginning.
  progress('soak');
  const soak = (await measure(product, { pace: { ...pace, window: options.quick ? 2000 : SOAK } })).sample;
  const memoryBytes = mostMemory(product.pid);
  await cluster.checkpoint();
  const bytesPerEventSoak =
    ((await tableBytes(productClient)) - bytesAfter) / (product.acknowledged - warmEvents);
  const more = await interleave(
    [
      rung('assay, batches of 50', product, { batch: BATCH.events, connections: BATCH.connections }),
      rung('assay, cold', product, { temperature: 'cold' }),
    ],
    { rounds: options.rounds, repeats: options.quick ? 0 : 2, progress },
  );

  progress('checking what was stored');
  const failures = await check(productClient, product, generator, urls);
  failures.push(
    ...(await checkRaw(urls.naive, 'event', naive)),
    ...(await checkRaw(urls.floor, 'raw_event', floor)),
  );
  await productClient.end();
  const measurements: IngestMeasurements = {
    samples: new Map([...samples, ['assay, soak', [soak]], ...more]),
    openLoop,
    idle,
    bytesPerEvent: bytesAfter / warmEvents,
    bytesPerEventWarm: (bytesAfter - bytesBefore) / (warmEvents - eventsBefore),
    bytesPerEventSoak,
    soakSeconds: options.quick ? 2 : SOAK / 1000,
    memoryBytes,
    storedEvents: product.acknowledged,
    right: failures.length === 0,
    overloads: product.refused,
    generator,
    seconds: (performance.now() - begin) / 1000,
  };
  return { ...reportIngest(measurements, options), failures };
}

/** Everything acknowledged must be there, and the model must be what a plain projector makes of the same events. */
async function check(
  client: Awaited<ReturnType<typeof connect>>,
  product: Target,
  generator: EventGenerator,
  urls: Places['urls'],
): Promise<string[]> {
  const failures = await checkRaw(urls.product, 'assay.raw_event', product);
  const reference = new ReferenceProjector();
  for (const { from, to, temperature } of product.sent) {
    for (let index = from; index < to; index += 1)
      reference.add(generator.event(index, temperature).toString('utf8'));
  }
  failures.push(...differences(await storedCounts(client), reference.counts()));
  return failures;
}

async function checkRaw(url: string, name: string, target: Target): Promise<string[]> {
  const client = await connect(url);
  const { rows } = await client.query<{ count: string }>(`select count(*) as count from ${name}`);
  await client.end();
  const stored = Number(rows[0]?.count);
  return stored === target.acknowledged
    ? []
    : [`${target.name}: ${target.acknowledged} events acknowledged, ${stored} stored`];
}
