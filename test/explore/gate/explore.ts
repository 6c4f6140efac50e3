import { createHash } from 'node:crypto';
import { FrontEnd } from '#test/support/starrocks/front-end.ts';
import type { PublishOutcome, UndonePublication } from '#model/ports.ts';
import { Flights, type Action } from './flights.ts';
import { Ledger, type LedgerRow } from './ledger.ts';
import { disturb, produce, type Publisher } from './publishers.ts';

/** Seconds. */
const LEASE = 60;
const MARGIN = 15;
const CANDIDATES = 3;
const MAX_STEPS = 900;
const MAX_FAULTS = 4;
const MAX_RETRIES = 6;
const MAX_ROLLBACKS = 2;

export interface ScheduleResult {
  readonly violations: readonly string[];
  /** Names of what happened, in order: how a violation came about. */
  readonly trace: readonly string[];
  readonly steps: number;
  /** What took effect. */
  readonly publications: number;
  readonly rollbacks: number;
}

/**
 * Plays one schedule: three candidates (some bad) are taken, checked and published by two gates, and rolled back,
 * while a repairer settles what is left open, connections break, processes end, leaders change and late statements
 * run, as the random numbers say. Gives the properties that did not hold.
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
  readonly #handedOver = new Set<number>();
  /** Candidates whose place was taken: they are tried again. */
  readonly #waiting: number[] = [];
  #retries = 0;
  #rollbacks = 0;
  #evaluations = 0;
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
    this.#faultRate = [0.01, 0.03, 0.1][Math.floor(random() * 3)] ?? 0.03;
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
    const took = (kind: LedgerRow['kind']): number =>
      this.#ledger.openings.filter((row) => row.kind === kind && row.shown).length;
    return {
      violations: this.#violations,
      trace: this.#trace,
      steps,
      publications: took('publish'),
      rollbacks: took('rollback'),
    };
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
    if (
      this.#ledger.current()?.kind === 'publish' &&
      this.#rollbacks < MAX_ROLLBACKS &&
      this.#running.size < 2
    )
      actions.push({
        name: 'roll back',
        fault: false,
        weight: 0.4,
        take: () => {
          this.#rollbacks += 1;
          const token = `back-${this.#rollbacks}`;
          this.#start('gate', (owner) => this.#rollBack(owner, token));
        },
      });
    if (this.#ledger.isOpen || this.#running.size > 0)
      actions.push({
        name: 'time passes',
        fault: false,
        weight: 0.05,
        take: () => (this.#now += 10 + Math.floor(this.#random() * 60)),
      });
    if (this.#ledger.isOpen && this.#repairers() < 2)
      actions.push({
        name: 'repair',
        fault: false,
        weight: this.#ledger.underWay.some(({ leaseUntil }) => leaseUntil <= this.#now) ? 1 : 0.1,
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
          take: () => disturb(this.#frontEnd, this.#publisher.stageOf(number)),
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
    produce(this.#frontEnd, this.#publisher.stageOf(number), `${good ? 'good' : 'bad'}-${number}`);
    this.#start('gate', (owner) => this.#gate(owner, number));
  }

  #relaunch(): void {
    this.#retries += 1;
    const number = this.#waiting.shift();
    if (number !== undefined) this.#start('gate', (owner) => this.#gate(owner, number));
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

  /** What a gate does with one candidate: it takes, checks and publishes it. */
  async #gate(owner: string, number: number): Promise<void> {
    const session = this.#flights.session(owner);
    const { target, partition } = this.#publisher;
    this.#evaluations += 1;
    const evaluation = `evaluation-${this.#evaluations}`;
    const { database, table } = this.#publisher.stageOf(number);
    const needed = await this.#flights.ledger(owner, 'read what is needed', () =>
      this.#ledger.underWay.flatMap(({ candidate }) => candidate?.version ?? []),
    );
    const request = { token: evaluation, target, partition, ref: `${database}.${table}`, needed };
    const taken = await this.#publisher.take(session, request);
    if (taken.status !== 'success') {
      if (taken.status === 'retryable') this.#waiting.push(number);
      return;
    }
    const ref = taken.value;
    const version = await this.#publisher.versionOf(session, ref);
    if (version === null) return;
    // What is taken as it lies must be out of the reach of pipelines from here on.
    this.#handedOver.add(number);
    const content = this.#publisher.contentOf(this.#frontEnd, ref, version);
    const again = await this.#publisher.versionOf(session, ref);
    if (content === null || again !== version || !content.startsWith('good')) return;
    const candidate = { ref, version };
    const row = { token: `token-${evaluation}`, kind: 'publish', content, candidate } as const;
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const end = await this.#perform(owner, () => row);
      if (end === 'busy' && attempt === 0) this.#waiting.push(number);
      if (end !== 'doubt') return;
    }
  }

  /** What a gate does that puts back what was served before. */
  async #rollBack(owner: string, token: string): Promise<void> {
    await this.#perform(owner, () => {
      if (this.#ledger.current()?.kind !== 'publish') return null;
      // Gold rests while nothing is open.
      const content = this.#history.at(-2);
      return content === undefined ? null : { token, kind: 'rollback', content, candidate: null };
    });
  }

  /** Opens a row, does it and settles it; `busy`: another one is under way. */
  async #perform(
    owner: string,
    order: () => Pick<LedgerRow, 'token' | 'kind' | 'content' | 'candidate'> | null,
  ): Promise<'done' | 'doubt' | 'busy'> {
    const row = await this.#flights.ledger(owner, 'open', () => {
      const wanted = this.#ledger.isOpen ? null : order();
      return wanted && this.#ledger.open(wanted, this.#now, LEASE);
    });
    if (!row) return 'busy';
    const until = row.leaseUntil - MARGIN;
    const outcome = await this.#send(owner, row, () => this.#now < until);
    if (outcome.status === 'retryable') {
      await this.#settle(owner, row, true);
      return 'doubt';
    }
    const state = outcome.status === 'published' ? 'published' : 'failed';
    await this.#flights.ledger(owner, `${state} ${row.token}`, () => this.#ledger.settle(row, state));
    return 'done';
  }

  #send(owner: string, row: LedgerRow, mayBegin: () => boolean): Promise<PublishOutcome> {
    const session = this.#flights.session(owner);
    const { target, partition } = this.#publisher;
    const place = { token: row.token, target, partition };
    if (row.candidate !== null)
      return this.#publisher.publish(
        session,
        { ...place, candidate: { ...row.candidate, kind: 'table' } },
        mayBegin,
      );
    const undoes = this.#undone();
    return this.#publisher.rollback(session, { ...place, ...(undoes && { undoes }) }, mayBegin);
  }

  #undone(): UndonePublication | null {
    const [last, before] = this.#ledger.lastPublications();
    return last?.candidate
      ? { token: last.token, candidate: last.candidate, before: before?.candidate ?? null }
      : null;
  }

  /** Settles what is open: by looking while its owner may be at work, for good when its time is over. */
  async #repair(owner: string): Promise<void> {
    const rows = await this.#flights.ledger(owner, 'read', () => this.#ledger.underWay);
    for (const row of rows) await this.#settle(owner, row, row.leaseUntil <= this.#now);
  }

  async #settle(owner: string, row: LedgerRow, over: boolean): Promise<void> {
    const { token, kind, candidate } = row;
    const { target, partition } = this.#publisher;
    const conclusion = await this.#publisher.conclude(this.#flights.session(owner), {
      kind,
      token,
      target,
      partition,
      candidate: candidate && { ...candidate, kind: 'table' },
      undoes: kind === 'rollback' ? this.#undone() : null,
      over,
    });
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
    if (before !== undefined) {
      // One row is open at a time: gold may change to what that row says, once.
      const row = this.#ledger.underWay.find(({ content, shown }) => content === gold && !shown);
      if (row) row.shown = true;
      else if (this.#history.includes(gold)) this.#violate(`gold went back to ${gold}`);
      else this.#violate(`gold shows ${gold}, which nobody found good and published`);
      if (row?.kind !== 'rollback' && !this.#publisher.isKept(this.#frontEnd, before))
        this.#violate(`${before} was replaced and not kept`);
    }
    this.#history.push(gold);
  }

  /** The properties of the end: the ledger says what happened. */
  #judgeEnd(): void {
    for (const { token, state } of this.#ledger.rows.values()) {
      const shown = this.#ledger.openings.some((row) => row.token === token && row.shown);
      if (state === 'failed' && shown) this.#violate(`${token} counts as failed and took effect`);
      if (state !== 'failed' && !shown) this.#violate(`${token} counts as published and never was`);
    }
    const current = this.#ledger.current();
    if (current && this.#history.at(-1) !== current.content)
      this.#violate(`gold shows ${this.#history.at(-1)}, and ${current.token} counts as served`);
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
