import { contentId, type Uuid } from '#model/ids.ts';
import type { FactKey } from '#model/measurement.ts';
import type { Queryable } from './database.ts';
import { readLayouts, type StatisticsLayout } from './partition-statistics.ts';

/** Layouts that a process remembers at most: of 150 keys each some 20 MB. */
const REMEMBERED = 4096;

/**
 * Remembers layouts. They never change, because their id is of their content; those that were not asked for
 * the longest are forgotten.
 */
export class StatisticsLayouts {
  readonly #layouts = new Map<Uuid, StatisticsLayout>();
  readonly #remembered: number;

  constructor(remembered: number = REMEMBERED) {
    this.#remembered = remembered;
  }

  /** The layouts of all these ids, in one statement for those that are not remembered. */
  async find(database: Queryable, ids: Iterable<Uuid>): Promise<ReadonlyMap<Uuid, StatisticsLayout>> {
    const found = new Map<Uuid, StatisticsLayout>();
    const missing: Uuid[] = [];
    for (const id of new Set(ids)) {
      const layout = this.#layouts.get(id);
      if (layout) found.set(id, layout);
      else missing.push(id);
    }
    const read = missing.length > 0 ? await database.rows<StatisticsLayout>(readLayouts(missing)) : [];
    for (const layout of read) found.set(layout.id, layout);
    for (const layout of found.values()) this.#remember(layout);
    return found;
  }

  #remember(layout: StatisticsLayout): void {
    this.#layouts.delete(layout.id);
    this.#layouts.set(layout.id, layout);
    for (const id of this.#layouts.keys()) {
      if (this.#layouts.size <= this.#remembered) break;
      this.#layouts.delete(id);
    }
  }
}

/** Keys that a layout may have beside those that are needed, as a share of these. */
const SPARE = 1;
/** So many spare keys are always borne: an empty partition names hardly any. */
const FEW = 200;

/**
 * The layout for a partition's facts: the dataset's present one as long as it names them all, so that a
 * column without values today does not make another; else one that names those of both, unless most would
 * be of columns that are gone.
 */
export function layoutFor(keys: Iterable<FactKey>, present: StatisticsLayout | undefined): StatisticsLayout {
  const needed = new Set(keys);
  const named = new Set(present?.keys);
  const both = new Set([...needed, ...named]);
  if (present && both.size === named.size && named.size <= needed.size * (1 + SPARE) + FEW) return present;
  const wanted = both.size <= needed.size * (1 + SPARE) ? both : needed;
  const sorted = [...wanted].sort((a, b) => (a < b ? -1 : 1));
  return { id: contentId(JSON.stringify(sorted)), keys: sorted };
}
