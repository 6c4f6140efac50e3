import { Ingest } from '#ingest/ingest.ts';
import { Monitor } from '#monitor/monitor.ts';
import type { Database } from '#store/database.ts';
import { sql } from '#store/sql.ts';
import { outputWithRows, sampleEvent } from '#test/support/sample-events.ts';

/** Days from 2026-01-01 on. */
export const day = (n: number): string => new Date(Date.UTC(2026, 0, 1 + n)).toISOString().slice(0, 10);
export const dayKey = (n: number): string => `dt=${day(n)}`;

export interface WrittenDay {
  readonly day: number;
  readonly rows: number;
  /** The day on which it was written; the same unless it is late or written again. */
  readonly writtenOn?: number;
}

let runs = 0;
const nextRun = (): string => `018cc251-f400-7000-8000-${String((runs += 1)).padStart(12, '0')}`;

/** A run that wrote one day of the table `t`. */
export function writtenDay({ day: n, rows, writtenOn = n }: WrittenDay): Buffer {
  return sampleEvent({
    runId: nextRun(),
    type: 'COMPLETE',
    time: new Date(Date.UTC(2026, 0, 1 + writtenOn, 25, n % 60)).toISOString(),
    outputs: [outputWithRows('t', rows, { partition: { dt: day(n) } })],
  });
}

/** One run that wrote many days. */
export function writtenDays(days: readonly WrittenDay[], writtenOn: number): Buffer {
  return sampleEvent({
    runId: nextRun(),
    type: 'COMPLETE',
    time: new Date(Date.UTC(2026, 0, 1 + writtenOn, 25, 30)).toISOString(),
    outputs: days.map(({ day: n, rows }) => outputWithRows('t', rows, { partition: { dt: day(n) } })),
  });
}

/** A week's rhythm with a little noise, the same at each call. */
export const ordinaryRows = (n: number): number =>
  ([5, 6].includes(new Date(Date.UTC(2026, 0, 1 + n)).getUTCDay()) ? 800 : 1000) * 10 + ((n * 7919) % 211);

export interface Watch {
  readonly ingest: Ingest;
  readonly monitor: Monitor;
}

export function watch(database: Database, now: () => Date): Watch {
  return {
    ingest: new Ingest({ database, now }),
    monitor: new Monitor({ database, now, excludedOf: async () => new Map() }),
  };
}

export interface VerdictRow {
  readonly partition: string;
  readonly metric: string;
  readonly detector: string;
  readonly status: string;
  readonly standing: string;
  readonly finding: boolean;
  readonly value: number;
}

/** Those that judge measures; others look at runs, schemas and landings. */
const MODES = ['sigma', 'adaptive', 'hourly'];

export const verdicts = (database: Database): Promise<VerdictRow[]> =>
  database.rows<VerdictRow>(sql`
    select partition, metric, detector, status, standing, finding, value
      from verdict where detector = any(${MODES}) order by partition, metric, detector`);

/** All that a verdict says, as it is stored, but for when it was decided and what was open before. */
export const dumpVerdicts = async (database: Database): Promise<string> =>
  JSON.stringify(
    await database.rows(sql`
      select to_jsonb(v) - 'decided_at' - 'finding' - 'p' as said from verdict v where metric <> 'freshness' order by partition, metric, detector`),
    null,
    1,
  );
