import { mkdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { rounded, show, table, type BenchContext, type BenchReport } from '../frame.ts';
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

/**
 * Where the collector's and PostgreSQL's time goes under a saturating warm load: the functions and the
 * statements with the most of it. Leaves collector.cpuprofile and statements.json in `folder`.
 */
export async function profileIngest(
  { options, cluster, progress }: BenchContext,
  folder: string,
): Promise<BenchReport> {
  const target = resolve(folder);
  mkdirSync(target, { recursive: true });
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
    const { sample, result } = await measureLoad(cluster, load, product, {
      ...shape,
      pace: { kind: 'closed', warmUp: 0, window: options.windowSeconds * 1000 * options.rounds },
    });
    const statements = await cluster.query<StatementTime>(`
      select calls, rows, total_exec_time as milliseconds, wal_bytes::text as wal, query from pg_stat_statements
      where dbid = (select oid from pg_database where datname = 'bench_product') order by total_exec_time desc limit 25`);
    await server.stop();
    writeFileSync(join(target, 'statements.json'), JSON.stringify(statements, null, 2));
    const functions = selfTimes(
      JSON.parse(await readFile(join(target, 'collector.cpuprofile'), 'utf8')) as Profile,
    );
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
        ...table(
          ['Function (self time, whole life of the process)', '%'],
          functions.slice(0, 40).map(({ name, share }) => [name, (share * 100).toFixed(1)]),
        ),
        '',
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

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** Share of each function in the time that the process was not idle, by its own statements only. */
export function selfTimes({
  nodes,
  samples,
  timeDeltas,
}: Profile): { readonly name: string; readonly share: number }[] {
  const names = new Map(
    nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => [
      id,
      `${functionName || '(anonymous)'} ${url.split('/').slice(-2).join('/')}${url === '' ? '' : `:${lineNumber + 1}`}`.trim(),
    ]),
  );
  const times = new Map<string, number>();
  let busy = 0;
  samples.forEach((id, index) => {
    const name = names.get(id) ?? '?';
    const time = timeDeltas[index] ?? 0;
    if (name === '(idle)') return;
    busy += time;
    times.set(name, (times.get(name) ?? 0) + time);
  });
  return [...times].map(([name, time]) => ({ name, share: time / busy })).sort((a, b) => b.share - a.share);
}
