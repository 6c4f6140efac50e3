import type { Logger } from 'pino';
import type { Database } from '#store/database.ts';
import { dropExpired, ensureDayPartitions } from '#store/raw-partitions.ts';

export interface RetentionOptions {
  readonly database: Database;
  /** Days of raw events that are kept. */
  readonly days: number;
  readonly now: () => Date;
  readonly log: Logger;
}

const HOUR = 3_600_000;

/** Makes the raw log's partitions ahead of time and drops expired ones, now and every hour. */
export function startRetention({ database, days, now, log }: RetentionOptions): { stop(): Promise<void> } {
  const tend = async (): Promise<void> => {
    try {
      await ensureDayPartitions(database, { now: now(), ahead: 3, behind: 3 });
      const dropped = await dropExpired(database, { now: now(), keepDays: days });
      if (dropped.dropped.length + dropped.deleted > 0)
        log.info({ dropped }, 'dropped raw events older than the retention');
    } catch (error) {
      // Events without a partition of their day go to the default one: late is not lost.
      log.error({ err: error }, 'the partitions of the raw log could not be tended; trying again in an hour');
    }
  };
  let running = tend();
  const timer = setInterval(() => {
    running = running.then(tend);
  }, HOUR);
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
