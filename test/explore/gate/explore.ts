import { createHash } from 'node:crypto';
import { FrontEnd } from '#test/support/starrocks/front-end.ts';
import type { PublicationOrder } from '#adapters/starrocks/publication.ts';
import { Flights, type Action } from './flights.ts';
import { Ledger, type LedgerRow } from './ledger.ts';
import { target, type Publisher } from './publishers.ts';

/** Seconds. */
const LEASE = 60;
const MARGIN = 15;
const CANDIDATES = 3;
const MAX_STEPS = 600;
const MAX_FAULTS = 4;
const MAX_RETRIES = 4;

export interface ScheduleResult {
  readonly violations: readonly string[];
  /** Names of what happened, in order: how a violation came about. */
  readonly trace: readonly string[];
  readonly steps: number;
}

/**
 * Plays one schedule: three candidates (some bad) go through two gates and a repairer, while connections break,
 * processes end, leaders change and late statements run, as the random numbers say. Gives the properties
 * that did not hold.
 */
export async function playSchedule(
  publisher: Publisher,
  random: () => number,
  seen: Set<string>,
): Promise<ScheduleResult> {
  return new Schedule(publisher, random, seen).play();
}

class Schedule {
  readonly #publisher: Publisher;
  readonly #random: () => number;
  readonly #seen: Set<string>;
  readonly #frontEnd = new FrontEnd();
  readonly #flights = new Flights(this.#frontEnd);
  readonly #ledger = new Ledger();
  readonly #orders = new Map<string, PublicationOrder>();
  /** Contents that a check found good, by token. */
  readonly #allowed = new Map<string, string>();
  readonly #handedOver = new Set<number>();
  /** Candidates whose place was taken: they are tried again. */
  readonly #waiting: number[] = [];
  #retries = 0;
  readonly #history: string[] = [];
  readonly #violations: string[] = [];
  readonly #trace: string[] = [];
  readonly #running = new Set<string>();
  /** Faults a step: some schedules are calm until late. */
  readonly #faultRate: number;
  #now = 0;
  #faults = 0;
  #started = 0;
  #process = 0;

  constructor(publisher: Publisher, random: () => number, seen: Set<string>) {
    this.#publisher = publisher;
    this.#random = random;
    this.#faultRate = [0.01, 0.03, 0.08][Math.floor(random() * 3)] ?? 0.03;
    this.#seen = seen;
  }

  async play(): Promise<ScheduleResult> {
    this.#publisher.setUp(this.#frontEnd);
    this.#look();
    let steps = 0;
    for (; steps < MAX_STEPS; steps += 1) {
      const actions = this.#actions(this.#faults < MAX_FAULTS);
      if (actions.length === 0) break;
      await this.#take(actions);
    }
    steps += await this.#quiesce();
    this.#judgeEnd();
    return { violations: this.#violations, trace: this.#trace, steps };
  }

  /** Without further faults everything comes to an end: late statements run or vanish, repair settles the rest. */
  async #quiesce(): Promise<number> {
    let steps = 0;
    for (let round = 0; round < 60 && (this.#ledger.isOpen || !this.#flights.empty); round += 1) {
      // Late statements may run before a repair looks, or after it.
      const patience = round > 30 ? MAX_STEPS : this.#random() < 0.5 ? 0 : Math.floor(this.#random() * 20);
      for (let inner = 0; inner < patience && !this.#flights.empty; inner += 1, steps += 1)
        await this.#take(this.#flights.actions().filter(({ fault }) => !fault));
      this.#now += LEASE + 1;
      if (this.#ledger.isOpen && this.#repairers() < 2) this.#start('repair', (owner) => this.#repair(owner));
      await settled();
    }
    if (this.#ledger.isOpen) this.#violate('a publication never ended');
    return steps;
  }

  #actions(faults: boolean): Action[] {
    const actions = this.#flights.actions().filter(({ fault }) => faults || !fault);
    if (this.#started < CANDIDATES && this.#running.size < 2) {
      const number = this.#started;
      actions.push({
        name: `candidate ${number}`,
        fault: false,
        weight: 1.5,
        take: () => this.#launch(number),
      });
    }
    const [waiting] = this.#waiting;
    if (waiting !== undefined && this.#running.size < 2 && this.#retries < MAX_RETRIES)
      actions.push({
        name: `candidate ${waiting} again`,
        fault: false,
        weight: 1,
        take: () => this.#relaunch(),
      });
    if (this.#ledger.isOpen || this.#running.size > 0)
      actions.push({
        name: 'time passes',
        fault: false,
        weight: 0.25,
        take: () => (this.#now += 10 + Math.floor(this.#random() * 60)),
      });
    if (this.#ledger.expired(this.#now).length > 0 && this.#repairers() < 2)
      actions.push({
        name: 'repair',
        fault: false,
        weight: 1,
        take: () => this.#start('repair', (owner) => this.#repair(owner)),
      });
    if (!faults) return actions;
    for (const owner of this.#running)
      actions.push({ name: `${owner} ends`, fault: true, weight: 1, take: () => this.#crash(owner) });
    if (this.#running.size > 0)
      actions.push({ name: 'leader changes', fault: true, weight: 0.2, take: () => this.#flights.restart() });
    for (let number = 0; number < this.#started; number += 1)
      if (!this.#handedOver.has(number))
        actions.push({
          name: `candidate ${number} is changed`,
          fault: true,
          weight: 0.3,
          take: () => this.#publisher.disturb(this.#frontEnd, number),
        });
    return actions;
  }

  async #take(possible: readonly Action[]): Promise<void> {
    const faults = possible.filter(({ fault }) => fault);
    const fails = faults.length > 0 && this.#random() < this.#faultRate;
    const actions = fails ? faults : possible.filter(({ fault }) => !fault);
    const total = actions.reduce((sum, { weight }) => sum + weight, 0);
    let left = this.#random() * total;
    const action = actions.find(({ weight }) => (left -= weight) < 0) ?? actions.at(-1);
    if (!action) return;
    if (action.fault) this.#faults += 1;
    this.#trace.push(action.name);
    action.take();
    await settled();
    this.#look();
  }

  #launch(number: number): void {
    this.#started += 1;
    const good = this.#random() < 0.75;
    this.#publisher.produce(this.#frontEnd, number, `${good ? 'good' : 'bad'}-${number}`);
    this.#start('gate', (owner) => this.#gate(owner, number));
  }

  #relaunch(): void {
    this.#retries += 1;
    const number = this.#waiting.shift();
    if (number !== undefined) this.#start('gate', (owner) => this.#gate(owner, number));
  }

  /** Temporary partitions that publications under way need. */
  #needed(): ReadonlySet<string> {
    const open = [...this.#ledger.rows.values()].filter(({ state }) => state === 'publishing');
    return new Set(open.flatMap(({ token }) => this.#orders.get(token)?.candidate.partition ?? []));
  }

  #start(kind: string, work: (owner: string) => Promise<void>): void {
    this.#process += 1;
    const owner = `${kind}${this.#process}`;
    this.#running.add(owner);
    work(owner).then(
      () => this.#running.delete(owner),
      (error: unknown) => {
        this.#running.delete(owner);
        // A gate that cannot reach the frontend gives up; anything else is a fault of the program.
        if (!(error instanceof Error) || error.constructor.name !== 'StarRocksError')
          this.#violate(`${owner} failed: ${String((error as Error)?.stack ?? error)}`);
      },
    );
  }

  #repairers(): number {
    return [...this.#running].filter((owner) => owner.startsWith('repair')).length;
  }

  #crash(owner: string): void {
    this.#running.delete(owner);
    this.#flights.crash(owner);
  }

  /** What a gate does with one candidate. A publication that a doubt was left about is tried again. */
  async #gate(owner: string, number: number): Promise<void> {
    const session = this.#flights.session(owner);
    const candidate = await this.#publisher.take(session, number, this.#needed());
    if (!candidate) {
      this.#waiting.push(number);
      return;
    }
    this.#handedOver.add(number);
    const content = this.#publisher.contentOf(this.#frontEnd, candidate);
    const again = await this.#publisher.take(session, number, this.#needed());
    if (content === null || again?.version !== candidate.version || !content.startsWith('good')) return;
    const token = `token-${number}`;
    this.#allowed.set(token, content);
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const row = await this.#flights.ledger(owner, `open ${token}`, () =>
        this.#ledger.open(token, content, this.#now, LEASE),
      );
      if (!row) return;
      const until = row.leaseUntil - MARGIN;
      const order: PublicationOrder = {
        token,
        target,
        partition: this.#publisher.partition,
        candidate,
        mayBegin: () => this.#now < until,
      };
      this.#orders.set(token, order);
      const outcome = await this.#publisher.publish(session, order);
      if (outcome.status === 'published') {
        await this.#flights.ledger(owner, `published ${token}`, () => this.#ledger.settle(row, 'published'));
        return;
      }
      if (outcome.status === 'retryable') await this.#settle(owner, row);
      else {
        await this.#flights.ledger(owner, `failed ${token}`, () => this.#ledger.settle(row, 'failed'));
        return;
      }
    }
  }

  async #repair(owner: string): Promise<void> {
    const rows = await this.#flights.ledger(owner, 'read', () => this.#ledger.expired(this.#now));
    for (const row of rows) await this.#settle(owner, row);
  }

  async #settle(owner: string, row: LedgerRow): Promise<void> {
    const { token } = row;
    const order = this.#orders.get(token);
    // Its process ended before anything was sent.
    if (!order) {
      await this.#flights.ledger(owner, `failed ${token}`, () => this.#ledger.settle(row, 'failed'));
      return;
    }
    const conclusion = await this.#publisher.conclude(this.#flights.session(owner), order);
    if (conclusion.status === 'retryable') return;
    const state = conclusion.status === 'published' ? 'published' : 'failed';
    await this.#flights.ledger(owner, `${state} ${token}`, () => this.#ledger.settle(row, state));
  }

  /** The properties that hold at every moment. */
  #look(): void {
    const gold = this.#publisher.gold(this.#frontEnd);
    const state = createHash('sha1')
      .update(
        JSON.stringify([
          this.#publisher.name,
          [...this.#frontEnd.tables].map(([name, table]) => [name, [...table.formal], [...table.temporary]]),
          [...this.#frontEnd.keyed].map(([name, rows]) => [name, [...rows]]),
          [...this.#ledger.rows],
          this.#flights.describe(),
        ]),
      )
      .digest('base64');
    this.#seen.add(state);
    if (gold === null) return this.#violateOnce('gold is gone');
    const before = this.#history.at(-1);
    if (gold === before) return;
    if (this.#history.includes(gold)) this.#violate(`gold went back to ${gold}`);
    if (before !== undefined) {
      if (![...this.#allowed.values()].includes(gold))
        this.#violate(`gold shows ${gold}, which nobody found good`);
      if (!this.#publisher.isKept(this.#frontEnd, before))
        this.#violate(`${before} was replaced and not kept`);
    }
    this.#history.push(gold);
  }

  /** The properties of the end: the ledger says what happened. */
  #judgeEnd(): void {
    for (const { token, content, state } of this.#ledger.rows.values()) {
      const shown = this.#history.includes(content);
      if (state === 'published' && !shown) this.#violate(`${token} counts as published and never was`);
      if (state === 'failed' && shown) this.#violate(`${token} counts as failed and was published`);
    }
  }

  #violateOnce(text: string): void {
    if (!this.#violations.includes(text)) this.#violate(text);
  }

  #violate(text: string): void {
    this.#violations.push(text);
  }
}

/** Lets every process run until it waits for an answer. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
