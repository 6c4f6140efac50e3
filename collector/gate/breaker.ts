import type { FeedReport, LivePartition } from '#model/feed.ts';
import type { Uuid } from '#model/ids.ts';
import { Problem } from '#collector/problems.ts';
import {
  fedEvaluations,
  lastPauses,
  movePause,
  openPause,
  pausedTargets,
  standingBreaches,
  type BreachRow,
  type FedEvaluationRow,
  type FeedPauseRow,
} from '#store/feed-pauses.ts';
import type { ContractBook, ContractTerms } from './contract-book.ts';
import { evaluateCandidate } from './evaluate.ts';
import { publishTarget, type GateServices } from './services.ts';
import { turnFeeds, type PauseLedger } from './turn-feeds.ts';

/** What a look at the feeds found. */
export interface BreakerReport {
  /** Loads that stand still because Assay paused them. */
  readonly paused: number;
  /** What could not be read or done, in sentences. */
  readonly faults: readonly string[];
}

/** A target that loads feed, and whose contract says so. */
interface FedTarget {
  readonly datasetId: Uuid;
  readonly hash: string | null;
  readonly warehouse: string;
  /** The target without its options. */
  readonly place: string;
  readonly target: string;
  /** As it was when something was paused that still is; null when nothing is. */
  readonly before: string | null;
}

/** Breaches of a dataset that are told. */
const MOST_BREACHES = 20;
/** Evaluations that said nothing: they are tried again though nothing moved. */
const UNTOLD: readonly string[] = ['pending', 'running', 'error'];

/**
 * The circuit breaker of tables that loads feed by themselves: checks what they filled, pauses them while something
 * is broken and lets them run after. Everything follows from the ledger and from how the loads stand, so any number
 * of collectors may look, and one that ended in between is made up for by the next look.
 */
export async function lookAtFeeds(
  services: GateServices,
  book: ContractBook,
  now: Date,
): Promise<BreakerReport> {
  const targets = await targetsOf(services, book);
  const faults: string[] = [];
  const away = new Set<string>();
  let paused = 0;
  for (const fed of targets) {
    const warehouse = services.warehouses.get(fed.warehouse);
    // One that does not answer is waited for once in a look, not once for each of its targets.
    if (warehouse?.feeds === undefined || away.has(fed.warehouse)) continue;
    const turn = async (what: FedTarget): Promise<void> => {
      const ledger = ledgerOf(services, what);
      const turned = await turnFeeds({ ...what, warehouse, ledger, newId: services.newId, now });
      paused += turned.paused;
      faults.push(...turned.faults);
    };
    const report = await warehouse.feeds(fed.target);
    if (report.status !== 'success') {
      faults.push(`${fed.target}: ${report.reason}`);
      if (report.status === 'retryable') away.add(fed.warehouse);
      continue;
    }
    if (report.value === null) {
      // The contract publishes there now: what was paused while loads fed it is let go.
      if (fed.before !== null) await turn({ ...fed, hash: null, target: fed.before });
      continue;
    }
    if (fed.hash !== null) {
      const latest = await warehouse.livePartitions?.(fed.target);
      if (latest?.status === 'success')
        faults.push(...(await checkLatest(services, fed, report.value, latest.value, now)));
      else if (latest) faults.push(`${fed.target}: ${latest.reason}`);
    }
    await turn(fed);
  }
  return { paused, faults };
}

/** Targets of contracts, and those that have something paused though no contract names them any more. */
async function targetsOf(services: GateServices, book: ContractBook): Promise<FedTarget[]> {
  const terms = await book.read(services.database);
  const known = new Map<string, FedTarget>();
  for (const one of terms) {
    const fed = fedTargetOf(services, one);
    if (fed) known.set(`${fed.warehouse}:${fed.place}`, fed);
  }
  const open =
    await services.database.rows<Pick<FeedPauseRow, 'dataset_id' | 'warehouse' | 'place' | 'target'>>(
      pausedTargets(),
    );
  for (const { dataset_id: datasetId, warehouse, place, target } of open) {
    const key = `${warehouse}:${place}`;
    const own = { datasetId, hash: null, warehouse, place, target };
    known.set(key, { ...(known.get(key) ?? own), before: target });
  }
  return [...known.values()];
}

function fedTargetOf(
  services: GateServices,
  { datasetId, hash, publishTo }: ContractTerms,
): FedTarget | null {
  if (publishTo === null) return null;
  const { warehouse, target } = publishTarget(publishTo);
  return services.warehouses.get(warehouse)?.feeds === undefined
    ? null
    : { datasetId, hash, warehouse, target, place: target.split('?')[0] ?? target, before: null };
}

/** Evaluates the newest partitions that moved since they were evaluated, each as often as the target says. */
async function checkLatest(
  services: GateServices,
  { datasetId, hash }: FedTarget,
  { checkEverySeconds }: FeedReport,
  latest: readonly LivePartition[],
  now: Date,
): Promise<string[]> {
  if (latest.length === 0) return [];
  const keys = latest.map(({ partition }) => partition);
  const before = new Map(
    (await services.database.rows<FedEvaluationRow>(fedEvaluations(datasetId, keys))).map((row) => [
      row.partition,
      row,
    ]),
  );
  const every = checkEverySeconds * 1000;
  const faults: string[] = [];
  for (const { partition, ref, version } of latest) {
    const last = before.get(partition);
    const told = last !== undefined && !UNTOLD.includes(last.state);
    if (told && last.candidate_version === version && last.contract_hash === hash) continue;
    if (last !== undefined && now.getTime() - last.requested_at.getTime() < every) continue;
    try {
      await evaluateCandidate(
        services,
        {
          datasetId,
          partition,
          candidate: { kind: 'feed', ref },
          // Of several collectors one evaluates.
          idempotencyKey: `feed:${ref}:${version}:${Math.floor(now.getTime() / every)}`,
          requestedBy: 'breaker',
        },
        now,
      );
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      faults.push(`${ref}: ${error.message}`);
    }
  }
  return faults;
}

/** The ledger in our store. */
function ledgerOf({ database }: GateServices, { datasetId, hash, warehouse, place }: FedTarget): PauseLedger {
  return {
    // Without a contract that asks for it nothing is paused, and what was is let go.
    breaches: async () =>
      hash === null
        ? []
        : (await database.rows<BreachRow>(standingBreaches([datasetId], MOST_BREACHES))).map(
            ({ id, kind, message }) => ({ id, kind, message }),
          ),
    lasts: () => database.rows<FeedPauseRow>(lastPauses(warehouse, place)),
    open: async (row) => (await database.execute(openPause(row))) === 1,
    move: async (from, row) => (await database.execute(movePause(from, row))) === 1,
  };
}
