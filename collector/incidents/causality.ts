import type { Uuid } from '#model/ids.ts';

/** What is known of one dataset at a moment, beside evidence against it. */
export type Health =
  /** Its newest partition was looked at and found good. */
  | 'passed'
  /** It is watched, and its newest partition has not been judged yet. */
  | 'pending'
  /** Nobody looks. */
  | 'unwatched';

/** The part of the lineage graph around the evidence, in memory. */
export interface LineageView {
  /** Datasets that it was made from. */
  readonly inputsOf: (dataset: Uuid) => readonly Uuid[];
  /** Datasets made from it. */
  readonly outputsOf: (dataset: Uuid) => readonly Uuid[];
  /** What was known of a dataset at a moment. */
  readonly healthOf: (dataset: Uuid, at: Date) => Health;
  /** Whether a partition that was made since `since` was found good by `at`. */
  readonly passedSince: (dataset: Uuid, since: Date, at: Date) => boolean;
}

/**
 * How failures spread, as rates. They only weigh explanations against each other, so their order of
 * magnitude is what matters (test/bench/incidents varies them).
 */
export interface SpreadRates {
  /** A bad input makes its output visibly bad. */
  readonly spread: number;
  /** A bad, watched dataset is found bad. */
  readonly detected: number;
  /** A dataset goes bad for a reason of its own on one day. */
  readonly ownFault: number;
}

export const SPREAD_RATES: SpreadRates = { spread: 0.6, detected: 0.9, ownFault: 0.005 };

/** Generations over which a cause is followed through datasets that nobody found bad. */
export const MAX_GENERATIONS = 5;

/**
 * The probability that a dataset is bad because of what is known to be bad above it: a noisy-or over its
 * inputs (Pearl 1988, ch. 4.3), where an input that was looked at and passed is bad only if it was missed.
 * @param badness 0..1 for datasets known or supposed to be bad; undefined for the others.
 */
export function inheritedBadness(
  dataset: Uuid,
  badness: (dataset: Uuid) => number | undefined,
  view: LineageView,
  at: Date,
  rates: SpreadRates = SPREAD_RATES,
): number {
  const known = new Map<string, number>();
  const fromInputs = (id: Uuid, generations: number): number => {
    let good = 1;
    for (const input of view.inputsOf(id)) good *= 1 - rates.spread * badnessOf(input, generations);
    return 1 - good;
  };
  const badnessOf = (id: Uuid, generations: number): number => {
    const given = badness(id);
    if (given !== undefined) return given;
    if (generations === 0) return 0;
    const before = known.get(id);
    if (before !== undefined) return before;
    known.set(id, 0); // A cycle feeds nothing back.
    const prior = fromInputs(id, generations - 1);
    const value = view.healthOf(id, at) === 'passed' ? missed(prior, rates) : prior;
    known.set(id, value);
    return value;
  };
  return fromInputs(dataset, MAX_GENERATIONS);
}

/** The probability that a dataset is bad although it passed (Bayes). */
export function missed(prior: number, rates: SpreadRates): number {
  const bad = prior * (1 - rates.detected);
  return bad === 0 ? 0 : bad / (bad + 1 - prior);
}
