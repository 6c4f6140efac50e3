import { readFile } from 'node:fs/promises';
import { daysOfSource, readBronzeDays, type BronzeDay } from './bronze.ts';
import { collectorApi, type CollectorApi } from './collector-api.ts';
import { countingClient } from './counting-client.ts';
import { GOLD } from './datasets.ts';
import { promote, type Promotion } from './promote.ts';
import type { BlockedPartition, DemoReport } from './report.ts';
import { sourceFilePath } from './source-file.ts';
import { runDaily, stageDay, type StepContext } from './steps.ts';
import { openDemoWarehouse } from './warehouse.ts';

export interface DemoOptions {
  /** Base URL of the collector. */
  readonly url: string;
  /** postgres:// URL of the warehouse in which the pipeline stages and the gate publishes. */
  readonly warehouseUrl: string;
  /** Bronze and silver files go below `<dataDir>/demo`. */
  readonly dataDir: string;
  /** Only the last so many days of the source; all when absent. */
  readonly days?: number;
  /** Aborting it ends the demo after the days that are under way; the report is of what was done. */
  readonly signal?: AbortSignal;
  /** Told after each day. */
  readonly progress: (done: number, total: number, label: string) => void;
  readonly now: () => Date;
  /** Folds what was found into incidents now, and not when their time comes. */
  readonly fold: () => Promise<void>;
  /** Told of things that a person should know and that do not stop the demo. */
  readonly log: (message: string) => void;
}

/** How far the days before the gate may be ahead of it: enough that both always have work. */
const DAYS_AHEAD = 2;

/**
 * Runs the flights pipeline day by day against a collector: ingest, silver, staging, and a request to the
 * gate to publish. The gate sees the days in their order, because each is judged by those before it.
 * Days that an earlier run published are recognised and left alone; held days are tried again.
 */
export async function runDemo(options: DemoOptions): Promise<DemoReport> {
  const begin = options.now();
  const source = sourceFilePath();
  const range = await daysOfSource(source);
  const total = Math.min(options.days ?? range.count, range.count);
  const first = new Date(Date.parse(`${range.last}T00:00:00Z`) - (total - 1) * 86_400_000)
    .toISOString()
    .slice(0, 10);
  const api = collectorApi(options.url);
  const { client, delivered } = countingClient(options);
  const warehouse = openDemoWarehouse(options.warehouseUrl);
  try {
    await warehouse.prepare();
    await api.pushContract(
      'daily_routes.yaml',
      await readFile(new URL('contracts/daily_routes.yaml', import.meta.url), 'utf8'),
    );
    const context = { client, warehouse, dataDir: options.dataDir, api, now: options.now };
    const outcomes = await runDays(context, daysFrom(source, first, options.signal), (done, day) =>
      options.progress(done, total, day),
    );
    options.progress(total, total, 'waiting for the last findings');
    const { datasets, findings, notices } = await api.settled();
    await options.fold();
    const incidents = await api.incidents();
    return {
      events: delivered(),
      datasets,
      ...summary(outcomes),
      findings,
      notices,
      incidents,
      seconds: (options.now().getTime() - begin.getTime()) / 1000,
    };
  } finally {
    await client.close();
    await warehouse.close();
  }
}

async function* daysFrom(
  source: string,
  first: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<BronzeDay> {
  for await (const day of readBronzeDays(source)) {
    if (signal?.aborted === true) return;
    if (day.date >= first) yield day;
  }
}

interface DayContext extends StepContext {
  readonly api: CollectorApi;
  readonly now: () => Date;
}

interface DayOutcome {
  readonly date: string;
  readonly promotion: Promotion;
}

/**
 * Stages a day while the gate is at work on the ones before it. Both take one day at a time, in order: each
 * day is judged by those before it, by the gate and by the collector's monitor.
 */
async function runDays(
  context: DayContext,
  days: AsyncIterable<BronzeDay>,
  progress: (done: number, date: string) => void,
): Promise<DayOutcome[]> {
  const running: Promise<DayOutcome>[] = [];
  let finished = 0;
  try {
    for await (const day of days) {
      const { promise: staged, resolve: whenStaged } = Promise.withResolvers<void>();
      const outcome = runDay(context, day, { before: running.at(-1), whenStaged }).then((result) => {
        finished++;
        progress(finished, result.date);
        return result;
      });
      // A failure is thrown where it is awaited, here or at the end; until then it must not count as unheard.
      outcome.catch(() => undefined).finally(whenStaged);
      running.push(outcome);
      await staged;
      await running.at(-1 - DAYS_AHEAD);
    }
    return await Promise.all(running);
  } finally {
    // After a failure the other days under way end before their connections are closed.
    await Promise.allSettled(running);
  }
}

async function runDay(
  context: DayContext,
  day: BronzeDay,
  { before, whenStaged }: { readonly before: Promise<unknown> | undefined; readonly whenStaged: () => void },
): Promise<DayOutcome> {
  const partition = `flight_date=${day.date}`;
  const served = await context.api.served(GOLD.name, partition);
  if (served !== 'not') {
    whenStaged();
    await before;
    return {
      date: day.date,
      promotion: { status: 'published', waived: served === 'by_waiver', already: true },
    };
  }
  try {
    const promotion = await runDaily(context.client, day.date, async (run) => {
      const staging = await stageDay(context, day, run);
      whenStaged();
      await before;
      const outcome = await promote(context.api, {
        dataset: GOLD.name,
        partition,
        staging,
        now: context.now(),
      });
      if (outcome.status === 'held') throw new PublicationHeld(partition, outcome.reasons);
      return outcome;
    });
    return { date: day.date, promotion };
  } catch (error) {
    if (!(error instanceof PublicationHeld)) throw error;
    return { date: day.date, promotion: { status: 'held', reasons: error.reasons } };
  }
}

/** Ends the day's run as FAILED: its partition is not in gold. */
class PublicationHeld extends Error {
  readonly reasons: readonly string[];

  constructor(partition: string, reasons: readonly string[]) {
    super(`The gate holds ${partition}: ${reasons.join('; ')}.`);
    this.reasons = reasons;
    // An expected outcome: the place in this file where it is thrown says nothing to the reader of the run.
    this.stack = this.message;
  }
}

function summary(
  outcomes: readonly DayOutcome[],
): Pick<DemoReport, 'partitions' | 'waived' | 'alreadyPublished' | 'blocked'> {
  const blocked: BlockedPartition[] = outcomes.flatMap(({ date, promotion }) =>
    promotion.status === 'held'
      ? [{ dataset: GOLD.name, partition: `flight_date=${date}`, reasons: promotion.reasons }]
      : [],
  );
  const published = outcomes.flatMap(({ promotion }) =>
    promotion.status === 'published' ? [promotion] : [],
  );
  return {
    partitions: { promoted: published.length, blocked: blocked.length },
    waived: published.filter(({ waived }) => waived).length,
    alreadyPublished: published.filter(({ already }) => already).length,
    blocked,
  };
}
