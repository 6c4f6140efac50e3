import { createHash, randomUUID } from 'node:crypto';
import { readFeeds, setFeed } from '#adapters/starrocks/feeds.ts';
import { StarRocksError, type Session } from '#adapters/starrocks/session.ts';
import { turnFeeds, type PauseLedger } from '#gate/turn-feeds.ts';
import type { Breach } from '#model/feed.ts';
import { isOpenPause, type PauseState } from '#model/feed-pause.ts';
import type { FeedPauseRow } from '#store/feed-pauses.ts';
import { FrontEnd } from '#test/support/starrocks/front-end.ts';
import { Flights, type Action } from '#test/explore/gate/flights.ts';

const TARGET = 'gold.clicks?by=routine_load';
const MAX_STEPS = 250;
const MAX_FAULTS = 5;
const MAX_CHANGES = 6;
/** Looks after which nothing may change any more. */
const CALM = 12;

export interface BreakerSchedule {
  readonly violations: readonly string[];
  readonly trace: readonly string[];
  readonly steps: number;
}

/**
 * Plays one schedule of the circuit breaker: something breaks and is mended again and again, while two collectors look,
 * processes end, answers are lost, statements come late, and a person pauses, resumes and stops the load. Gives the
 * properties that did not hold.
 */
export function playBreaker(
  random: () => number,
  turning: Turning = { readFeeds, setFeed },
  seen: Set<string> = new Set(),
): Promise<BreakerSchedule> {
  return new Schedule(random, turning, seen).play();
}

/** How loads are read and turned; others than the adapter's show that the properties can fail. */
export interface Turning {
  readonly readFeeds: typeof readFeeds;
  readonly setFeed: typeof setFeed;
}

class Schedule {
  readonly #random: () => number;
  readonly #how: Turning;
  readonly #seen: Set<string>;
  readonly #frontEnd = new FrontEnd();
  readonly #flights = new Flights(this.#frontEnd);
  readonly #load = this.#frontEnd.createRoutineLoad('clicks', 'gold.clicks');
  readonly #lines: FeedPauseRow[] = [];
  readonly #running = new Set<string>();
  /** Who is about to send a PAUSE or RESUME. */
  readonly #turning = new Set<string>();
  readonly #violations: string[] = [];
  readonly #trace: string[] = [];
  /** What stands broken; each time it is another. */
  #breach: Breach | null = null;
  #broken = 0;
  #faults = 0;
  #changes = 0;
  #looks = 0;
  #time = 0;
  /** Somebody has resumed it since this broke. */
  #overridden = false;

  constructor(random: () => number, turning: Turning, seen: Set<string>) {
    this.#random = random;
    this.#seen = seen;
    this.#how = turning;
  }

  async play(): Promise<BreakerSchedule> {
    this.#frontEnd.createTable('gold.clicks', false);
    for (let steps = 0; steps < MAX_STEPS; steps += 1) await this.#take(this.#actions());
    await this.#calm();
    this.#judge();
    return { violations: this.#violations, trace: this.#trace, steps: this.#trace.length };
  }

  #actions(): Action[] {
    const faults = this.#faults < MAX_FAULTS;
    const actions = this.#flights.actions().filter(({ fault }) => faults || !fault);
    const add = (name: string, weight: number, fault: boolean, take: () => void): void =>
      void actions.push({ name, weight, fault, take });
    if (this.#running.size < 2) add('look', 1, false, () => this.#look());
    if (faults) for (const owner of this.#running) add(`${owner} ends`, 0.5, true, () => this.#crash(owner));
    if (this.#changes >= MAX_CHANGES) return actions;
    add(this.#breach === null ? 'it breaks' : 'it is mended', 0.15, false, () => this.#turn());
    // StarRocks has no "resume if paused by me": a RESUME that is on its way hits whoever paused it meanwhile.
    if (this.#turning.size > 0 || this.#flights.describe().includes('RESUME')) return actions;
    add('somebody pauses it', 0.05, false, () => this.#person('pause'));
    add('somebody resumes it', 0.05, false, () => this.#person('resume'));
    add('somebody stops it', 0.005, false, () => (this.#load.state = 'STOPPED'));
    return actions;
  }

  async #take(possible: readonly Action[]): Promise<void> {
    const faults = possible.filter(({ fault }) => fault);
    const fails = faults.length > 0 && this.#random() < 0.06;
    const actions = fails ? faults : possible.filter(({ fault }) => !fault);
    let left = this.#random() * actions.reduce((sum, { weight }) => sum + weight, 0);
    const action = actions.find(({ weight }) => (left -= weight) < 0) ?? actions.at(-1);
    if (!action) return;
    if (action.fault) this.#faults += 1;
    const theirs = this.#isTheirs();
    const stopped = this.#load.state === 'STOPPED';
    this.#trace.push(action.name);
    action.take();
    await settled();
    if (theirs && this.#load.state !== 'PAUSED' && !action.name.startsWith('somebody'))
      this.#violations.push('what somebody else paused was resumed');
    if (stopped && this.#load.state !== 'STOPPED') this.#violations.push('what was stopped runs again');
    this.#time += 1000;
    this.#note();
  }

  /** Notes the state that was reached; ids and times are other ones each time. */
  #note(): void {
    const lines = this.#lines.map(({ state, doubtful, breaches }) => [state, doubtful, breaches.length]);
    const state = ['breaker', this.#load.state, this.#isTheirs(), this.#breach?.id, lines];
    this.#seen.add(
      createHash('sha1')
        .update(JSON.stringify([...state, this.#flights.describe()]))
        .digest('base64'),
    );
  }

  #isTheirs(): boolean {
    return this.#load.state === 'PAUSED' && this.#load.reason.includes('ada');
  }

  #turn(): void {
    this.#changes += 1;
    this.#overridden = false;
    if (this.#breach !== null) this.#breach = null;
    else {
      this.#broken += 1;
      this.#breach = { id: `breach-${this.#broken}`, kind: 'checks', message: 'wrong' };
    }
  }

  #person(to: 'pause' | 'resume'): void {
    this.#changes += 1;
    if (to === 'resume') this.#overridden = true;
    try {
      this.#frontEnd.turnRoutineLoad({ database: 'gold', job: 'clicks' }, to, 'ada');
    } catch (error) {
      if (!(error instanceof StarRocksError)) throw error;
    }
  }

  #look(): void {
    this.#looks += 1;
    const owner = `look${this.#looks}`;
    this.#running.add(owner);
    const session = this.#session(owner);
    turnFeeds({
      datasetId: '00000000-0000-4000-8000-000000000001',
      place: 'gold.clicks',
      target: TARGET,
      warehouse: {
        name: 'starrocks',
        feeds: (target) => this.#how.readFeeds(session, target),
        setFeed: async (target, feed, to) => {
          this.#turning.add(owner);
          try {
            return await this.#how.setFeed(session, target, feed, to);
          } finally {
            this.#turning.delete(owner);
          }
        },
      },
      ledger: this.#ledger(owner),
      newId: randomUUID,
      now: new Date(this.#time),
    }).then(
      () => this.#running.delete(owner),
      (error: unknown) => {
        this.#running.delete(owner);
        this.#violations.push(`${owner} failed: ${String((error as Error).stack)}`);
      },
    );
  }

  #crash(owner: string): void {
    this.#running.delete(owner);
    this.#turning.delete(owner);
    this.#flights.crash(owner);
  }

  #session(owner: string): Session {
    const session = this.#flights.session(owner);
    return {
      query: (sql) =>
        sql === 'SELECT CURRENT_USER()'
          ? Promise.resolve([{ 'CURRENT_USER()': "'assay_gate'@'%'" }])
          : session.query(sql),
    };
  }

  #ledger(owner: string): PauseLedger {
    const step = <T>(name: string, work: () => T): Promise<T> => this.#flights.ledger(owner, name, work);
    const lineOf = (id: string): number => this.#lines.findIndex((row) => row.id === id);
    return {
      breaches: () => step('breaches', () => (this.#breach === null ? [] : [this.#breach])),
      lasts: () =>
        step('lasts', () => {
          const line = this.#lines.findLast(isOpenPause) ?? this.#lines.at(-1);
          return line ? [line] : [];
        }),
      open: (row) =>
        step(`open ${row.state}`, () => {
          const taken = this.#lines.some(isOpenPause) && isOpenPause(row);
          if (!taken) this.#lines.push(row);
          return !taken;
        }),
      move: (from: PauseState, row) =>
        step(`move ${from} to ${row.state}`, () => {
          const at = lineOf(row.id);
          if (this.#lines[at]?.state !== from) return false;
          this.#lines[at] = row;
          return true;
        }),
    };
  }

  /** No more faults and nobody else: everything that is on its way arrives, and looks see to the rest. */
  async #calm(): Promise<void> {
    for (let looks = 0; looks < CALM; looks += 1) {
      for (let steps = 0; steps < MAX_STEPS && !this.#flights.empty; steps += 1)
        await this.#take(this.#flights.actions().filter(({ fault }) => !fault));
      this.#look();
      await settled();
    }
    for (let steps = 0; steps < MAX_STEPS && !this.#flights.empty; steps += 1)
      await this.#take(this.#flights.actions().filter(({ fault }) => !fault));
  }

  #judge(): void {
    const { state, reason } = this.#load;
    const open = this.#lines.filter(isOpenPause);
    if (open.length > 1) this.#violations.push('two lines are open for one load');
    if (state === 'STOPPED') {
      if (open.length > 0) this.#violations.push('a line is open for a load that was stopped');
      return;
    }
    const ours = state === 'PAUSED' && reason.includes('assay_gate');
    if (this.#breach === null && ours) this.#violations.push('it stands still though nothing is broken');
    if (this.#breach === null && open.length > 0)
      this.#violations.push(`the ledger says ${open[0]?.state} and nothing is broken`);
    if (this.#breach !== null && state !== 'PAUSED' && !this.#overridden)
      this.#violations.push(`it runs though it is broken (${this.#lines.at(-1)?.state ?? 'no line'})`);
    if (ours && open[0]?.state !== 'paused')
      this.#violations.push('the ledger does not know that it is paused');
  }
}

/** Lets every process run until it waits for an answer. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
