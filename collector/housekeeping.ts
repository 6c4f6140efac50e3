import type { Logger } from 'pino';
import { chainActs } from './audit/chain-acts.ts';
import { repairPublications } from '#gate/ledger.ts';
import type { GateServices } from '#gate/services.ts';
import type { DictionaryKeeper } from '#ingest/dictionary.ts';
import { deleteChanges } from '#store/changes.ts';
import { deleteOldChecks } from '#store/partition-checks.ts';
import { deleteOldStatistics } from '#store/partition-statistics.ts';
import { deleteQuarantined } from '#store/quarantine.ts';
import { dropPassages } from '#store/raw-passages.ts';
import { dropExpired, ensureDayPartitions, type DropOutcome } from '#store/raw-partitions.ts';
import { dropOversized, rawLogSize } from '#store/raw-retention.ts';
import { dropAbandonedShadow } from '#store/shadow-model.ts';
import { deleteOldRecords, type RecordDays } from './record-retention.ts';
import type { Metrics } from './telemetry.ts';

export interface HousekeepingOptions {
  readonly gate: GateServices;
  /** Days of raw events that are kept. */
  readonly days: number;
  /** Disk space that raw events may take; null or left out: any. */
  readonly bytes?: number | null;
  /** Days that quarantined events are kept; left out: for ever. */
  readonly quarantineDays?: number;
  /** Days that statistics of partitions are kept; left out: for ever. */
  readonly statisticsDays?: number;
  /** Days that incidents and evaluations are kept; left out: for ever. */
  readonly records?: RecordDays;
  /** Where ingest takes the dictionary from. */
  readonly dictionaries?: DictionaryKeeper;
  readonly metrics?: Pick<Metrics, 'rawLogBytes' | 'rawLogOldest' | 'rawLogDropped'>;
  readonly now: () => Date;
  readonly log: Logger;
  /** Milliseconds between two looks at what a crash left open in the gate's ledger. */
  readonly repairEvery?: number;
}

const MINUTE = 60_000;
/** So long an act may stand in the audit log without its place in the chain. */
const CHAIN_EVERY = 2000;
const TEN_MINUTES = 10 * MINUTE;
const HOUR = 60 * MINUTE;

/**
 * Starts what has to be done now and again: every hour it makes the raw log's partitions ahead of time, drops
 * expired ones, the oldest ones where they take too much space, old quarantined events and old statistics;
 * every minute it settles what another collector left open when it crashed. The first hour's work begins at
 * once; the ledger the caller has repaired already, before anything was received.
 */
export function startHousekeeping(options: HousekeepingOptions): { stop(): Promise<void> } {
  const { log, repairEvery = MINUTE } = options;
  const tasks = [
    // Events without a partition of their day go to the default one: late is not lost.
    repeat(HOUR, () => tendRawLog(options), {
      atOnce: true,
      onError: (err) =>
        log.error({ err }, 'the partitions of the raw log could not be tended; trying again in an hour'),
    }),
    repeat(HOUR, () => dropAbandonedShadow(options.gate.database), {
      atOnce: true,
      onError: (err) =>
        log.error({ err }, 'what a killed replay left could not be dropped; trying again in an hour'),
    }),
    repeat(HOUR, async () => options.dictionaries?.tend(options.gate.database, options.now()), {
      atOnce: true,
      onError: (err) => log.error({ err }, 'the dictionary of the raw log could not be tended; trying again'),
    }),
    repeat(HOUR, () => tendQuarantine(options), {
      atOnce: true,
      onError: (err) => log.error({ err }, 'quarantine could not be tended; trying again in an hour'),
    }),
    repeat(HOUR, () => tendStatistics(options), {
      atOnce: true,
      onError: (err) => log.error({ err }, 'old statistics could not be deleted; trying again in an hour'),
    }),
    repeat(HOUR, () => tendRecords(options), {
      atOnce: true,
      onError: (err) =>
        log.error({ err }, 'old incidents and evaluations could not be deleted; trying again'),
    }),
    repeat(CHAIN_EVERY, async () => void (await chainActs(options.gate.database)), {
      atOnce: true,
      onError: (err) => log.error({ err }, 'the audit log could not be chained; trying again'),
    }),
    repeat(TEN_MINUTES, () => forgetChanges(options), {
      atOnce: true,
      onError: (err) => log.error({ err }, 'what changed long ago could not be forgotten; trying again'),
    }),
    repeat(repairEvery, () => repairLedger(options), {
      atOnce: false,
      onError: (err) => log.error({ err }, 'open publications could not be looked at; trying again'),
    }),
  ];
  return { stop: async () => void (await Promise.all(tasks.map((task) => task.stop()))) };
}

async function tendRawLog(options: HousekeepingOptions): Promise<void> {
  const { gate, days, bytes = null, now, log, metrics } = options;
  const { database } = gate;
  await ensureDayPartitions(database, { now: now(), ahead: 3, behind: 3 });
  const tell = (cause: 'age' | 'size', outcome: DropOutcome): void => {
    metrics?.rawLogDropped.inc({ cause }, outcome.dropped.length);
    if (outcome.dropped.length + outcome.deleted > 0)
      log.info({ dropped: outcome, cause }, 'dropped raw events beyond the retention');
  };
  tell('age', await dropExpired(database, { now: now(), keepDays: days }));
  if (bytes !== null) {
    const outcome = await dropOversized(database, { now: now(), keepBytes: bytes });
    if (outcome) tell('size', outcome);
  }
  await database.execute(dropPassages(now()));
  const { bytes: used, oldest } = await rawLogSize(database);
  metrics?.rawLogBytes.set(used);
  metrics?.rawLogOldest.set((oldest?.getTime() ?? 0) / 1000);
  if (bytes !== null && used > bytes)
    log.warn({ used, bytes }, 'the raw events of today alone take more than retention.events_gigabytes');
}

async function tendQuarantine({ gate, quarantineDays, now, log }: HousekeepingOptions): Promise<void> {
  if (quarantineDays === undefined) return;
  const before = new Date(now().getTime() - quarantineDays * 24 * HOUR);
  const deleted = await gate.database.execute(deleteQuarantined(before));
  if (deleted > 0) log.info({ deleted }, 'deleted quarantined events older than the retention');
}

async function tendRecords({ gate, records, now, log }: HousekeepingOptions): Promise<void> {
  if (records !== undefined) await deleteOldRecords(gate.database, records, now(), log);
}

/** Days that versions of statistics are kept after others have replaced them. */
const VERSION_DAYS = 30;
const DELETED_AT_ONCE = 5000;

async function tendStatistics({ gate, statisticsDays, now, log }: HousekeepingOptions): Promise<void> {
  if (statisticsDays === undefined) return;
  const daysAgo = (days: number): Date => new Date(now().getTime() - days * 24 * HOUR);
  while (
    (await gate.database.execute(deleteOldChecks(daysAgo(statisticsDays), DELETED_AT_ONCE))) ===
    DELETED_AT_ONCE
  );
  for (;;) {
    const [deleted] = await gate.database.rows<{ statistics: number; versions: number }>(
      deleteOldStatistics(daysAgo(statisticsDays), daysAgo(VERSION_DAYS), DELETED_AT_ONCE),
    );
    const most = Math.max(deleted?.statistics ?? 0, deleted?.versions ?? 0);
    if (most > 0) log.info({ deleted }, 'deleted statistics older than the retention');
    if (most < DELETED_AT_ONCE) return;
  }
}

/** Who listened to the stream and was away for longer begins anew. */
async function forgetChanges({ gate }: HousekeepingOptions): Promise<void> {
  await gate.database.execute(deleteChanges(HOUR / 1000));
}

async function repairLedger({ gate, now, log }: HousekeepingOptions): Promise<void> {
  const { finished, failed } = await repairPublications(gate, now());
  if (finished.length + failed.length > 0)
    log.warn({ finished, failed }, 'settled publications that a process had left open');
}

/** Does the work every so many milliseconds, never twice at a time; `stop` waits for what has begun. */
function repeat(
  milliseconds: number,
  work: () => Promise<void>,
  { atOnce, onError }: { readonly atOnce: boolean; readonly onError: (error: unknown) => void },
): { stop(): Promise<void> } {
  let running: Promise<void> | null = null;
  const turn = (): void => {
    running ??= work()
      .catch(onError)
      .finally(() => (running = null));
  };
  if (atOnce) turn();
  const timer = setInterval(turn, milliseconds);
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
