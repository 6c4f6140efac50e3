import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { rounded, show, table, type BenchContext, type BenchReport } from '../frame.ts';
import { functionTimes, monotonicMicros, type CpuProfile } from '../cpu-profile.ts';
import { EventGenerator } from './event-generator.ts';
import { measureLoad, Target } from './ingest-rungs.ts';
import { LoadGenerator } from './load.ts';
import { startProduct } from './product.ts';

interface StatementTime extends Record<string, string | number> {
  readonly calls: string;
  readonly rows: string;
  readonly milliseconds: number;
  readonly wal: string;
  readonly query: string;
}

/** Each thread leaves a profile of its own; the two largest are the main thread's and that of ingest. */
function threadProfiles(folder: string): string[] {
  const largest = readdirSync(folder)
    .filter((name) => name.endsWith('.cpuprofile'))
    .map((name) => join(folder, name))
    .sort((a, b) => statSync(b).size - statSync(a).size)
    .slice(0, 2);
  if (largest.length === 0) throw new Error(`The collector left no profile in ${folder}.`);
  return largest;
}

/** The collector's own files and its libraries, not Node's. */
const STAGE = /^\S+ (?!node:|streams\/|process\/|events)\S+\.ts:|^\S+ lib\//;

/**
 * Where the collector's and PostgreSQL's time goes under a saturating warm load: the functions and the
 * statements with the most of it. Leaves the threads' profiles and statements.json in `folder`.
 */
export async function profileIngest(
  { options, cluster, progress }: BenchContext,
  folder: string,
): Promise<BenchReport> {
  const target = resolve(folder);
  mkdirSync(target, { recursive: true });
  for (const name of readdirSync(target)) if (name.endsWith('.cpuprofile')) rmSync(join(target, name));
  const load = new LoadGenerator();
  const server = await startProduct(
    await cluster.database('bench_product'),
    `${cluster.folder}-collector`,
    target,
  );
  const product = new Target('assay', server);
  const events = { seed: options.seed, jobs: options.jobs, startAt: Date.now() };
  const shape = { generator: events, connections: options.connections };
  try {
    progress('first pass');
    await measureLoad(cluster, load, product, {
      ...shape,
      pace: { kind: 'count', events: new EventGenerator(events).eventsPerPass },
    });
    await cluster.query('select pg_stat_statements_reset()');
    progress('measuring');
    const begin = monotonicMicros();
    const { sample, result } = await measureLoad(cluster, load, product, {
      ...shape,
      pace: { kind: 'closed', warmUp: 0, window: options.windowSeconds * 1000 * options.rounds },
    });
    const end = monotonicMicros();
    const statements = await cluster.query<StatementTime>(`
      select calls, rows, total_exec_time as milliseconds, wal_bytes::text as wal, query from pg_stat_statements
      where dbid = (select oid from pg_database where datname = 'bench_product') order by total_exec_time desc limit 25`);
    await server.stop();
    writeFileSync(join(target, 'statements.json'), JSON.stringify(statements, null, 2));
    const threads = threadProfiles(target);
    const perEvent = (milliseconds: number): string => show((milliseconds * 1000) / result.windowEvents);
    return {
      figures: {
        eventsPerSecond: rounded(sample.eventsPerSecond, 0),
        cpuMicrosPerEvent: {
          node: rounded(sample.nodeMicros, 1),
          postgres: rounded(sample.postgresMicros, 1),
        },
      },
      lines: [
        `${show(sample.eventsPerSecond)} events/s while being profiled, Node ${show(sample.nodeMicros)} us and PostgreSQL ${show(sample.postgresMicros)} us per event`,
        '',
        ...threads.flatMap((file) => threadLines(file, begin, end, perEvent)),
        ...table(
          ['Statement', 'us/event', 'calls', 'rows', 'WAL B/event'],
          statements.map(({ query, milliseconds, calls, rows, wal }) => [
            query.replaceAll(/\s+/g, ' ').trim().slice(0, 70),
            perEvent(milliseconds),
            calls,
            rows,
            show(Number(wal) / result.windowEvents),
          ]),
        ),
      ],
      failures: [],
    };
  } finally {
    load.close();
    await server.stop();
  }
}

/** Where one thread's time between two moments went. */
function threadLines(
  file: string,
  begin: number,
  end: number,
  perEvent: (milliseconds: number) => string,
): string[] {
  const profile = JSON.parse(readFileSync(file, 'utf8')) as CpuProfile;
  const { busy, functions } = functionTimes(profile, begin, end);
  const isIngest = functions.some(({ name }) => name.startsWith('projectBatch '));
  const lines = (rows: typeof functions): string[][] =>
    rows.slice(0, 40).map(({ name, self, total }) => [name, perEvent(self / 1000), perEvent(total / 1000)]);
  return [
    `The ${isIngest ? 'thread of ingest' : 'main thread'} was busy for ${show((busy / (end - begin)) * 100)} % of the time`,
    '',
    ...table(['Function', 'own us/event', 'with callees'], lines(functions)),
    '',
    ...table(
      ['Function, most with callees first', 'own us/event', 'with callees'],
      lines(functions.filter(({ name }) => STAGE.test(name)).toSorted((a, b) => b.total - a.total)),
    ),
    '',
  ];
}
