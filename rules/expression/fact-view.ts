import type { FactKey } from '#model/measurement.ts';

import type { NeededFact } from './needed-fact.ts';

/** The number that a term has on one partition, or why it has none. */
export type TermValue =
  | { readonly status: 'value'; readonly value: number }
  | {
      readonly status: 'no_data';
      /**
       * empty: no rows. none_selected: rows, but none that is meant. all_null: rows, but no value in the column.
       * missing: nobody measured it.
       */
      readonly cause: 'empty' | 'none_selected' | 'all_null' | 'missing';
      readonly reason: string;
    }
  | { readonly status: 'learning'; readonly reason: string }
  | { readonly status: 'error'; readonly reason: string };

/** Why a term has no number. */
export type NoValue = Exclude<TermValue, { readonly status: 'value' }>;

/** What is known of one partition, or of one value of its `per` column. */
export interface FactView {
  readonly get: (key: FactKey) => number | undefined;
  /** Facts that could not be measured, and why. */
  readonly faults: ReadonlyMap<FactKey, string> | null;
  /** The dataset has no partitions, so that the candidate is the whole table. */
  readonly undivided: boolean;
  /** null for past partitions. */
  readonly now: Date | null;
  readonly columnCount: number | null;
  /** The facts that were read, for the record. */
  readonly used: Map<FactKey, number> | null;
}

/** Reads facts of one view, remembers which, and keeps the first that cannot be true. */
export class FactReader {
  problem: NoValue | null = null;
  readonly view: FactView;

  constructor(view: FactView) {
    this.view = view;
  }

  read({ key, ofPartition, counts }: NeededFact): number | null {
    const { view } = this;
    const own = view.get(key);
    const stands = own === undefined && view.undivided && ofPartition !== null ? ofPartition : null;
    const value = stands === null ? own : view.get(stands);
    if (value === undefined) {
      const fault = view.faults?.get(key);
      if (fault !== undefined) this.problem ??= { status: 'error', reason: fault };
      return null;
    }
    if (!Number.isFinite(value))
      this.problem ??= { status: 'error', reason: `${key} is not a finite number` };
    else if (counts && value < 0)
      this.problem ??= { status: 'error', reason: `${key} is ${value}, and a count is never negative` };
    else view.used?.set(stands ?? key, value);
    return value;
  }
}

export function valued(value: number): TermValue {
  if (Number.isFinite(value)) return { status: 'value', value };
  return { status: 'error', reason: 'the result is too large for a number' };
}

/** A fact that is not there: because it could not be measured, or because nobody did. */
export function absent(view: FactView, fact: NeededFact): NoValue {
  const fault = view.faults?.get(fact.key);
  return fault === undefined ? missing(fact) : { status: 'error', reason: fault };
}

export function missing({ key }: Pick<NeededFact, 'key'>): NoValue {
  const why = OF_STORAGE.has(key) ? ': no writer states it, and the warehouse does not tell it' : '';
  return { status: 'no_data', cause: 'missing', reason: `${key} was not measured${why}` };
}

/** What rows do not tell. */
const OF_STORAGE: ReadonlySet<FactKey> = new Set(['size_bytes', 'file_count']);

export function allNull(columns: readonly string[]): NoValue {
  const what = columns.length === 1 ? `every ${columns[0]}` : `in every row one of ${columns.join(', ')}`;
  return { status: 'no_data', cause: 'all_null', reason: `${what} is null` };
}

export const EMPTY: NoValue = { status: 'no_data', cause: 'empty', reason: 'the partition is empty' };

/** Numbers that cannot be of the same rows. */
export function contradiction(key: string, count: number, ofWhat: string, whole: number): NoValue {
  const reason = `${key} is ${count} but ${ofWhat} only ${whole}: the measurements are not of one version`;
  return { status: 'error', reason };
}
