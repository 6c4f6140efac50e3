import type { Uuid } from '#model/ids.ts';
import { LOWEST_KEY, type OrderKey } from '#model/order-key.ts';
import type { RunDocument } from '#model/run-state.ts';
import type { EventDelta } from './normalise/event-delta.ts';
import type { Standing } from './normalise/standing.ts';

/** Facts that two ids make together, each pair in one direction. */
export type PairKind = 'input' | 'output' | 'schema' | 'lineage' | 'inputs of lineage';

const MOST_NAMED = 100_000;

/**
 * Facts by one text or by two ids. Pairs are looked up id by id: ids recur as the same strings, whose hashes
 * are kept, while a text joined from them would be made and hashed for each event.
 */
export class FactSet {
  readonly #singles = new Set<string>();
  readonly #pairs: Readonly<Record<PairKind, Map<string, Set<string>>>> = {
    input: new Map(),
    output: new Map(),
    schema: new Map(),
    lineage: new Map(),
    'inputs of lineage': new Map(),
  };
  /** Runs that children named, with the key of what is stored of them; LOWEST_KEY once they spoke themselves. */
  readonly #named = new Map<Uuid, OrderKey>();
  readonly #standings: Standing[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(fact: string): boolean {
    return this.#singles.has(fact);
  }

  add(fact: string): void {
    if (this.#singles.has(fact)) return;
    this.#singles.add(fact);
    this.#size += 1;
  }

  hasPair(kind: PairKind, one: string, other: string): boolean {
    return this.#pairs[kind].get(one)?.has(other) ?? false;
  }

  addPair(kind: PairKind, one: string, other: string): void {
    const others = this.#pairs[kind].get(one);
    if (others?.has(other)) return;
    if (others) others.add(other);
    else this.#pairs[kind].set(one, new Set([other]));
    this.#size += 1;
  }

  /** All that events say by this has been added. */
  addStanding(standing: Standing): void {
    this.#standings.push(standing);
  }

  get standings(): readonly Standing[] {
    return this.#standings;
  }

  addNamed({ id, job }: RunDocument): void {
    this.#named.set(id, job.stated ? LOWEST_KEY : job.key);
  }

  /** Of a run the children's earliest word counts, and none beside its own (model/run-state.ts, mergeRun). */
  hasNamed({ id, job }: RunDocument): boolean {
    const known = this.#named.get(id);
    return known !== undefined && known < job.key;
  }

  addAll(facts: FactSet): void {
    // Runs come and go: what children still name of the forgotten is soon known again.
    if (this.#named.size > MOST_NAMED) this.#named.clear();
    for (const [id, key] of facts.#named) this.#named.set(id, key);
    for (const fact of facts.#singles) this.add(fact);
    for (const kind of Object.keys(this.#pairs) as PairKind[]) {
      for (const [one, others] of facts.#pairs[kind])
        for (const other of others) this.addPair(kind, one, other);
    }
  }
}

/**
 * What the store is known to hold already, so that it is not written again: ids of namespaces, jobs,
 * datasets, schemas, edges. These facts never change once stored, so the cache cannot be stale; it is
 * filled only after commit, because what a rolled-back transaction wrote is not there.
 */
export class KnownFacts {
  readonly #limit: number;
  #known = new FactSet();
  /** Those of which all is known; weakly, for as long as an event may say the same. */
  #standings = new WeakSet<Standing>();

  /** @param limit entries at most (about 100 bytes each); when full it starts afresh. */
  constructor(limit = 500_000) {
    this.#limit = limit;
  }

  has(fact: string): boolean {
    return this.#known.has(fact);
  }

  hasPair(kind: PairKind, one: string, other: string): boolean {
    return this.#known.hasPair(kind, one, other);
  }

  /** What a child's parent facet tells of this run is stored already, and the same again would change nothing. */
  hasNamed(stub: RunDocument): boolean {
    return this.#known.hasNamed(stub);
  }

  /** All that the event says of its job and datasets is stored: nothing of it is to be looked up. */
  hasAllOf({ standing }: Pick<EventDelta, 'standing'>): boolean {
    return standing !== null && this.#standings.has(standing);
  }

  addAll(facts: FactSet): void {
    if (this.#known.size > this.#limit) this.clear();
    this.#known.addAll(facts);
    for (const standing of facts.standings) this.#standings.add(standing);
  }

  clear(): void {
    this.#known = new FactSet();
    this.#standings = new WeakSet();
  }
}
