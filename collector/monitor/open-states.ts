import { formatNumber } from '#model/number-text.ts';

/** Alarms in a row, all in one direction, from which on they are one state and no news. */
export const FOLDED_FROM = 3;

/** A finding as far as it can be folded with others. */
export interface Foldable {
  readonly dataset_id: string;
  readonly partition: string;
  readonly metric: string;
  readonly detector: string;
  readonly direction: string | null;
  /** The partition before, when that has a finding of the same metric and direction. */
  readonly before: string | null;
  readonly detection: { readonly ratio: number | null } | null;
}

/** A finding, or several in a row that are one state. */
export interface OpenState<T> {
  /** Of the newest partition. */
  readonly finding: T;
  /** The others, newest first; none where it stands alone. */
  readonly earlier: readonly T[];
}

/**
 * Folds three or more consecutive findings of a metric in the same direction into one: a level that stays
 * where it went needs a person's word (new normal, or incident), not an alarm a day. One or two stay apart.
 * @param findings newest first within a metric; the order of the answer is theirs
 */
export function openStates<T extends Foldable>(findings: readonly T[]): OpenState<T>[] {
  const keyOf = (one: T, partition: string): string =>
    JSON.stringify([one.dataset_id, one.metric, one.detector, partition]);
  const byKey = new Map(findings.map((one) => [keyOf(one, one.partition), one]));
  const continued = new Set(findings.flatMap((one) => (one.before === null ? [] : [keyOf(one, one.before)])));
  const folded = new Set<T>();
  const states: OpenState<T>[] = [];
  for (const one of findings) {
    if (folded.has(one)) continue;
    const earlier: T[] = [];
    if (!continued.has(keyOf(one, one.partition)))
      for (let next = before(one); next !== undefined; next = before(next)) earlier.push(next);
    if (earlier.length + 1 < FOLDED_FROM) states.push({ finding: one, earlier: [] });
    else {
      states.push({ finding: one, earlier });
      for (const other of earlier) folded.add(other);
    }
  }
  return states;

  function before(one: T): T | undefined {
    return one.before === null ? undefined : byKey.get(keyOf(one, one.before));
  }
}

/** Since when a folded state holds and at which level, with what a person is asked to say; null for one alone. */
export function describeState({ finding, earlier }: OpenState<Foldable>): string | null {
  const oldest = earlier.at(-1);
  if (!oldest) return null;
  const ratios = [finding, ...earlier]
    .flatMap(({ detection }) => detection?.ratio ?? [])
    .sort((a, b) => a - b);
  const level = ratios[Math.floor(ratios.length / 2)];
  const at =
    level === undefined
      ? `${finding.direction === 'down' ? 'below' : 'above'} the expectation`
      : `at ${formatNumber(level, 2)} times the expectation`;
  return `for ${earlier.length + 1} partitions, since ${oldest.partition}, ${at}: mark ${oldest.partition} as new-normal, or the partitions as incident`;
}
