import type { Uuid } from '#model/ids.ts';
import { LOWEST_KEY, orderKey } from '#model/order-key.ts';
import type { Database, Queryable } from '#store/database.ts';
import {
  datasetSearchFacts,
  findRestated,
  jobSearchFacts,
  namesOfEach,
  searchContracts,
  type DatasetSearchRow,
  type JobSearchRow,
  type RestatedRow,
  type SearchContractRow,
} from '#store/search-facts.ts';
import {
  addSearchWords,
  deleteGone,
  findChanged,
  findUnindexed,
  markAllDue,
  markSearchDue,
  placeWords,
  putEntries,
  stalestEntries,
  takeSearchDue,
  touchEntries,
  type SearchDueRow,
  type SearchEntry,
  type SearchKind,
} from '#store/search-index.ts';
import { modelGeneration } from '#store/shadow-model.ts';
import { contractFacts, type ContractFacts } from './contract-facts.ts';
import { contractEntry, datasetEntry, jobEntry, namedByEntries } from './describe.ts';

export interface SearchIndexOptions {
  readonly database: Database;
  readonly now: () => Date;
  /** True while events wait to be stored: then it leaves most of the time to them. */
  readonly busy?: () => boolean;
  readonly onError?: (error: unknown) => void;
  /** Milliseconds between two looks for what changed, at least. */
  readonly pause?: number;
}

/** Things that are described at a time. Under load few: describing many in one go holds up what comes in by 50 ms. */
const BATCH = 500;
const BATCH_UNDER_LOAD = 40;
/** Columns of one. */
const COLUMNS = 5000;
/** Things without an entry that one look finds. */
const FOUND = 20_000;
/** Milliseconds between two looks: of a small estate often, and so long that looking takes a fiftieth of the time. */
const PAUSE = 3000;
const LONGEST_PAUSE = 30_000;
const PAUSE_TIMES = 50;
/** One look in so many looks for what is gone. */
const THOROUGH_TURNS = 20;
/** Runs that began so long before the last look are looked at again: their events may come late. */
const OVERLAP = 10 * 60_000;
/** Entries that are looked at anew in a quiet turn, when they are so old: what nobody told of. */
const STALE_TURN = 300;
const STALE_AFTER = 30 * 60_000;
/** Entries of which is asked at a time whether something else is stated than they say, in a twenty-fifth of the time. */
const RESTATED = 500;
const RESTATED_PART = 25;
/** It rests so many times as long as it worked: an index that is built does not hold up others. */
const REST_TIMES = 1;
const REST_UNDER_LOAD = 19;
/** Datasets that were judged and are not looked at yet; of more the look at runs takes care. */
const MOST_TOLD = 20_000;

const RESTATED_BEGIN = { kind: 'dataset', after: '00000000-0000-0000-0000-000000000000' } as const;

/**
 * Keeps what search looks at up to date, beside ingest: what is new, what was judged, what ran, what is stated otherwise
 * (of a hundred thousand datasets within minutes), and now and again whatever was not looked at for long. Any number of collectors may run one; the index is a function of the model,
 * so the order in which things are looked at does not matter, and an emptied index fills itself again.
 */
export class SearchIndex {
  readonly #options: SearchIndexOptions;
  readonly #told = new Set<Uuid>();
  #generation: number | null = null;
  #lookedAt: Date | null = null;
  /** Where the look at what is stated goes on. */
  #restated: { readonly kind: 'dataset' | 'job'; readonly after: Uuid } = RESTATED_BEGIN;
  #stopped = false;
  #end: () => void = () => {};
  #loop: Promise<void> | null = null;

  constructor(options: SearchIndexOptions) {
    this.#options = options;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  /** Something was said of these: they are described anew at the next look. */
  changed(datasetIds: Iterable<Uuid>): void {
    for (const id of datasetIds) if (this.#told.size < MOST_TOLD) this.#told.add(id);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#end();
    await this.#loop;
  }

  /** Describes everything anew, as it is stored now. Resolves with how many things were described. */
  async settle(): Promise<number> {
    await this.#options.database.execute(markAllDue(this.#options.now()));
    let described = 0;
    let round = 0;
    do {
      await this.#find(true);
      round = 0;
      for (let done = await this.#step(); done > 0; done = await this.#step()) round += done;
      described += round;
    } while (round >= FOUND);
    await this.#options.database.execute(placeWords());
    return described;
  }

  /** Notes what there is to look at. @param thoroughly also what is gone, which seldom happens. */
  async #find(thoroughly: boolean): Promise<void> {
    const { database, now } = this.#options;
    const at = now();
    const [model] = await database.rows<{ generation: number }>(modelGeneration());
    const generation = model?.generation ?? null;
    // Ids do not change when the model is built anew, but what they stand for may.
    if (this.#generation !== null && this.#generation !== generation) await database.execute(markAllDue(at));
    this.#generation = generation;
    const told = [...this.#told];
    this.#told.clear();
    if (told.length > 0) await database.execute(markSearchDue(told, at));
    const since = new Date((this.#lookedAt ?? at).getTime() - OVERLAP);
    const from = orderKey(
      { milliseconds: since.getTime(), nanoseconds: 0, zoned: true },
      'START',
      LOWEST_KEY,
    );
    await database.execute(findChanged(from, at));
    if (thoroughly) await database.execute(deleteGone());
    await database.execute(findUnindexed(FOUND, at));
    this.#lookedAt = at;
  }

  /** Describes one batch of what is due. */
  async #step(): Promise<number> {
    const { database, now, busy } = this.#options;
    const most = busy?.() === true ? BATCH_UNDER_LOAD : BATCH;
    return database.transaction(async (connection) => {
      const due = await connection.rows<SearchDueRow>(takeSearchDue(most));
      if (due.length === 0) return 0;
      const entries = await describe(connection, due);
      const all = [...entries, ...namedByEntries(entries)].sort(byKey);
      const same = await connection.rows<SearchDueRow>(touchEntries(all, now()));
      const known = new Set(same.map(keyOf));
      const changed = all.filter((one) => !known.has(keyOf(one)));
      if (changed.length > 0) {
        const words = new Set(changed.flatMap((one) => one.words.filter(isWord)));
        await connection.execute(addSearchWords([...words]));
        await connection.execute(putEntries(changed, now()));
      }
      return due.length;
    });
  }

  /** Asks of entry after entry, from where it ended the last time, whether something else is stated of them: so long. */
  async #findRestated(milliseconds: number): Promise<void> {
    const { database, now } = this.#options;
    const begin = performance.now();
    do {
      const { kind, after } = this.#restated;
      const [row] = await database.rows<RestatedRow>(findRestated(kind, after, RESTATED, now()));
      const last = row?.last ?? null;
      if (last !== null) this.#restated = { kind, after: last };
      else {
        this.#restated = { ...RESTATED_BEGIN, kind: kind === 'dataset' ? 'job' : 'dataset' };
        if (kind === 'job') return; // all were asked of
      }
    } while (performance.now() - begin < milliseconds && !this.#stopped);
  }

  async #run(): Promise<void> {
    const { database, now, busy, onError, pause = PAUSE } = this.#options;
    let turn = 0;
    let rest = pause;
    while (!this.#stopped) {
      try {
        const thoroughly = turn % THOROUGH_TURNS === 0;
        turn += 1;
        const begun = performance.now();
        await this.#find(thoroughly);
        rest = Math.min(Math.max(pause, (performance.now() - begun) * PAUSE_TIMES), LONGEST_PAUSE);
        await this.#findRestated(rest / RESTATED_PART);
        let done = 0;
        for (;;) {
          const begin = performance.now();
          const step: number = this.#stopped ? 0 : await this.#step();
          if (step === 0) break;
          done += step;
          const times = busy?.() === true ? REST_UNDER_LOAD : REST_TIMES;
          await this.#sleep((performance.now() - begin) * times);
        }
        if (done > 0) await database.execute(placeWords());
        else if (busy?.() !== true)
          await database.execute(stalestEntries(new Date(now().getTime() - STALE_AFTER), STALE_TURN));
      } catch (error) {
        onError?.(error);
      }
      await this.#sleep(rest);
    }
  }

  async #sleep(milliseconds: number): Promise<void> {
    if (this.#stopped) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#end = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** What these things are now; nothing of one that is no longer there. A few statements, whatever the number. */
async function describe(connection: Queryable, due: readonly SearchDueRow[]): Promise<SearchEntry[]> {
  const idsOf = (kind: SearchKind): Uuid[] => due.flatMap((one) => (one.kind === kind ? [one.id] : []));
  const [datasets, jobs, contracts] = [idsOf('dataset'), idsOf('job'), idsOf('contract')];
  const names =
    datasets.length === 0 ? [] : await connection.rows<{ id: Uuid; name_id: Uuid }>(namesOfEach(datasets));
  const wanted = [...new Set([...names.map(({ name_id: id }) => id), ...contracts])];
  const promised =
    wanted.length === 0 ? [] : await connection.rows<SearchContractRow>(searchContracts(wanted));
  const facts = new Map(contractFacts(promised).map((one) => [one.datasetId, one]));
  const contractFor = new Map<Uuid, ContractFacts>();
  for (const { id, name_id: name } of names) {
    const found = facts.get(name);
    // One for the very name before those for its other names.
    if (found && (name === id || !contractFor.has(id))) contractFor.set(id, found);
  }
  const datasetRows =
    datasets.length === 0
      ? []
      : await connection.rows<DatasetSearchRow>(datasetSearchFacts(datasets, COLUMNS));
  const jobRows = jobs.length === 0 ? [] : await connection.rows<JobSearchRow>(jobSearchFacts(jobs));
  return [
    ...datasetRows.map((row) => datasetEntry(row, contractFor.get(row.id) ?? null)),
    ...jobRows.map(jobEntry),
    ...contracts.flatMap((id) => {
      const found = facts.get(id);
      return found ? [contractEntry(found)] : [];
    }),
  ];
}

/** A number, a label, and a column as a whole, is looked for as it is: nothing is kept that it may have been meant for. */
const isWord = (word: string): boolean => !/^[=#^]|^\d+$/.test(word);
const keyOf = ({ kind, id }: SearchDueRow): string => `${kind} ${id}`;
const byKey = (a: SearchEntry, b: SearchEntry): number => (keyOf(a) < keyOf(b) ? -1 : 1);
