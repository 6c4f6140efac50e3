import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchCluster } from '../cluster.ts';
import type { Disturbed, Rung } from '../frame.ts';
import { processorUse, sampleProcessors, type ProcessorUse } from '../processor-time.ts';
import { copyIn } from './copy-jsonb.ts';
import type { Temperature } from './event-generator.ts';
import type { LoadGenerator } from './load.ts';
import type { LoadResult, LoadSpec, Pace } from './load-protocol.ts';
import type pg from 'pg';

/** One measurement of one rung. */
export interface IngestSample extends Disturbed {
  readonly eventsPerSecond: number;
  readonly megabytesPerSecond: number;
  readonly ackP50Ms: number;
  readonly ackP99Ms: number;
  readonly ackP999Ms: number;
  /** Processor time per event in microseconds: the server's process, and all of PostgreSQL's. */
  readonly nodeMicros: number;
  readonly postgresMicros: number;
  readonly loadMicros: number;
  readonly walBytesPerEvent: number;
}

/** A stretch of events that was sent to one place: what the check has to expect there. */
export interface SentStretch {
  readonly from: number;
  readonly to: number;
  readonly temperature: Temperature;
}

/** A place that takes events, with the account of what was sent to it. */
export class Target {
  readonly name: string;
  readonly pid: number;
  readonly port: number;
  readonly sent: SentStretch[] = [];
  acknowledged = 0;
  refused = 0;
  #next = 0;

  constructor(name: string, server: { readonly pid: number; readonly port: number }) {
    this.name = name;
    this.pid = server.pid;
    this.port = server.port;
  }

  get next(): number {
    return this.#next;
  }

  note(result: LoadResult, temperature: Temperature): void {
    this.sent.push({ from: this.#next, to: result.nextIndex, temperature });
    this.#next = result.nextIndex;
    this.acknowledged += result.acknowledged;
    for (const requests of Object.values(result.refused)) this.refused += requests;
  }
}

export interface LoadShape {
  readonly generator: LoadSpec['generator'];
  readonly pace: Pace;
  readonly connections: number;
  readonly temperature?: Temperature;
  readonly batch?: number;
}

export interface Measured {
  readonly result: LoadResult;
  readonly sample: IngestSample;
}

/** Sends a load to a target and accounts for everything that it cost. */
export async function measureLoad(
  cluster: BenchCluster,
  generator: LoadGenerator,
  target: Target,
  shape: LoadShape,
): Promise<Measured> {
  await cluster.checkpoint();
  const temperature = shape.temperature ?? 'warm';
  const batch = shape.batch ?? 1;
  const groups = { node: [target.pid], postgres: [cluster.pid], load: [generator.pid], bench: [process.pid] };
  let before = sampleProcessors(groups);
  let after = before;
  let walBefore = cluster.walBytes();
  let walAfter = walBefore;
  const result = await generator.run(
    {
      port: target.port,
      path: batch > 1 ? '/api/v1/lineage/batch' : '/api/v1/lineage',
      generator: shape.generator,
      temperature,
      firstIndex: target.next,
      connections: shape.connections,
      batch,
      pace: shape.pace,
    },
    () => {
      before = sampleProcessors(groups);
      walBefore = cluster.walBytes();
    },
    () => {
      after = sampleProcessors(groups);
      walAfter = cluster.walBytes();
    },
  );
  target.note(result, temperature);
  const sample = sampleOf(
    processorUse(before, after),
    result.windowEvents,
    result.windowBytes,
    result.windowSeconds,
    (await walAfter) - (await walBefore),
  );
  const { p50Ms, p99Ms, p999Ms } = result.latency;
  return { result, sample: { ...sample, ackP50Ms: p50Ms, ackP99Ms: p99Ms, ackP999Ms: p999Ms } };
}

function sampleOf(
  use: ProcessorUse,
  events: number,
  bytes: number,
  seconds: number,
  walBytes: number,
): IngestSample {
  const micros = (group: string): number => ((use.groups[group] ?? 0) * 1e6) / events;
  return {
    eventsPerSecond: events / seconds,
    megabytesPerSecond: bytes / 1e6 / seconds,
    ackP50Ms: Number.NaN,
    ackP99Ms: Number.NaN,
    ackP999Ms: Number.NaN,
    nodeMicros: micros('node'),
    postgresMicros: micros('postgres'),
    loadMicros: micros('load'),
    walBytesPerEvent: walBytes / events,
    foreignCores: use.foreignCores,
  };
}

/** A rung that is measured by sending it a load. */
export function loadRung(
  cluster: BenchCluster,
  generator: LoadGenerator,
  name: string,
  target: Target,
  shape: LoadShape,
): Rung<IngestSample> {
  return { name, measure: async () => (await measureLoad(cluster, generator, target, shape)).sample };
}

/**
 * The rung, measured while another server stands still: what that one still has to do after its own load
 * (judging partitions, describing them for search) is to its own cost, not to this rung's.
 */
export function beside(
  cluster: BenchCluster,
  other: Target,
  database: string,
  rung: Rung<IngestSample>,
): Rung<IngestSample> {
  return {
    name: rung.name,
    async measure(round) {
      process.kill(other.pid, 'SIGSTOP');
      try {
        await untilQuiet(cluster, database);
        return await rung.measure(round);
      } finally {
        process.kill(other.pid, 'SIGCONT');
      }
    },
  };
}

/** Resolves once no statement is at work in the database: what a server that was stopped had asked for. */
async function untilQuiet(cluster: BenchCluster, database: string): Promise<void> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const [active] = await cluster.query<{ count: string }>(
      `select count(*) as count from pg_stat_activity
        where datname = '${database}' and state = 'active' and wait_event_type is distinct from 'Client'`,
    );
    if (Number(active?.count) === 0) return;
    if (Date.now() > deadline) throw new Error(`${database} does not come to rest.`);
    await sleep(20);
  }
}

/** The rung that copies prepared rows into a jsonb column, in one commit. */
export function copyRung(
  cluster: BenchCluster,
  client: pg.Client,
  rows: { readonly chunks: readonly Buffer[]; readonly events: number; readonly bytes: number },
): Rung<IngestSample> {
  return {
    name: 'copy into jsonb',
    async measure() {
      await client.query('drop table if exists copied; create table copied (event jsonb)');
      await cluster.checkpoint();
      const groups = { node: [process.pid], postgres: [cluster.pid] };
      const wal = await cluster.walBytes();
      const before = sampleProcessors(groups);
      await copyIn(client, 'copy copied from stdin', rows.chunks);
      const use = processorUse(before, sampleProcessors(groups));
      const { rows: counted } = await client.query<{ count: string }>('select count(*) as count from copied');
      if (Number(counted[0]?.count) !== rows.events)
        throw new Error(`COPY stored ${counted[0]?.count} rows of ${rows.events}.`);
      return sampleOf(use, rows.events, rows.bytes, use.seconds, (await cluster.walBytes()) - wal);
    },
  };
}
