import { formatNumber, formatPercent } from '#model/number-text.ts';

import { chiSquareTail } from './statistics/chi-square.ts';

/** How many rows each category has. */
export type CategoryCounts = ReadonlyMap<string, number>;

/** A category's part of the rows, 0 to 1. */
export interface CategoryShare {
  readonly category: string;
  readonly before: number;
  readonly after: number;
}

export interface CategoryShift {
  readonly detector: 'category_shift';
  readonly status: 'normal' | 'notice' | 'anomalous' | 'learning' | 'no_data';
  /** Population stability index; null while learning. */
  readonly psi: number | null;
  /** Up to where it usually goes from one partition to the next: the second largest of the history. */
  readonly usualPsi: number | null;
  /** How often chance alone moves the counts so far (G-test); null while learning. */
  readonly p: number | null;
  /** Categories that were never seen before, largest first. */
  readonly gained: readonly CategoryShare[];
  /** Categories that are gone, largest first. */
  readonly lost: readonly CategoryShare[];
  /** The categories whose shares moved most, by their part of the index; at most five. */
  readonly moved: readonly CategoryShare[];
  readonly message: string;
}

export interface CategoryOptions {
  /** What the categories are of: `country`. */
  readonly label: string;
}

/** Rows that each side must have. */
const ENOUGH_ROWS = 100;
/** The usual reading of the index: up to 0.1 stable, from 0.25 on another population. */
const SOME_SHIFT = 0.1;
const CLEAR_SHIFT = 0.25;
/** A shift must pass what is usual by half. */
const BEYOND_USUAL = 1.5;
/** Nothing is told that chance does more often than this. */
const CHANCE = 1e-4;
/** Categories with fewer expected rows are tested together: the test is only good from here on. */
const LEAST_EXPECTED = 5;
/** A new or lost group below this share is counted and not told. */
const TELLING_SHARE = 0.01;
const TOLD = 5;

/**
 * Did the mix of categories change? The population stability index says how much, a G-test whether chance
 * could do it (with many rows every difference is certain, with few none is large), and the indices between
 * earlier partitions what is usual here. New and lost groups are told by themselves where the other side is
 * large enough that it would have shown them.
 * @param history counts of earlier partitions, oldest first; their sum is what is compared with
 */
export function categoryShift(
  history: readonly CategoryCounts[],
  target: CategoryCounts,
  { label }: CategoryOptions,
): CategoryShift {
  const before = pooled(history);
  const [rowsBefore, rowsAfter] = [rowsOf(before), rowsOf(target)];
  const nothing = {
    detector: 'category_shift',
    psi: null,
    usualPsi: null,
    p: null,
    gained: [],
    lost: [],
    moved: [],
  } as const;
  if (rowsAfter === 0) return { ...nothing, status: 'no_data', message: `${label} has no values to compare` };
  if (rowsBefore < ENOUGH_ROWS || rowsAfter < ENOUGH_ROWS) {
    const message = `${label} is not judged: ${formatNumber(Math.min(rowsBefore, rowsAfter))} rows are too few, at least ${ENOUGH_ROWS} are needed on both sides`;
    return { ...nothing, status: 'learning', message };
  }
  const shares = sharesOf(before, target, rowsBefore, rowsAfter);
  const gained = shares
    .filter((one) => one.before === 0 && unlikelyToMiss(one.after, rowsBefore))
    .sort((a, b) => b.after - a.after);
  const lost = shares
    .filter((one) => one.after === 0 && unlikelyToMiss(one.before, rowsAfter))
    .sort((a, b) => b.before - a.before);
  const psi = stabilityIndex(before, target);
  const usualPsi = usualIndex(history);
  const p = gTest(before, target);
  const bound = Math.max(SOME_SHIFT, BEYOND_USUAL * (usualPsi ?? 0));
  const shifted = psi > bound && p < CHANCE;
  const groups = [...gained, ...lost].some((one) => Math.max(one.before, one.after) >= TELLING_SHARE);
  const clear = shifted && psi > Math.max(CLEAR_SHIFT, bound);
  const status = clear ? 'anomalous' : shifted || groups ? 'notice' : 'normal';
  const moved = shares
    .filter((one) => one.before > 0 && one.after > 0)
    .map((one) => ({ one, part: (one.after - one.before) * Math.log(one.after / one.before) }))
    .sort((a, b) => b.part - a.part)
    .slice(0, TOLD)
    .map(({ one }) => one);
  const message = messageOf({ label, status, psi, usualPsi, gained, lost, moved });
  return { detector: 'category_shift', status, psi, usualPsi, p, gained, lost, moved, message };
}

/**
 * The population stability index Σ (a − b) ln(a / b) of two sets of counts; half a row is added to each
 * category, so that an empty one counts much, but not infinitely.
 */
export function stabilityIndex(before: CategoryCounts, after: CategoryCounts): number {
  const categories = new Set([...before.keys(), ...after.keys()]);
  const wholeBefore = rowsOf(before) + categories.size / 2;
  const wholeAfter = rowsOf(after) + categories.size / 2;
  let index = 0;
  for (const category of categories) {
    const a = (countOf(after, category) + 0.5) / wholeAfter;
    const b = (countOf(before, category) + 0.5) / wholeBefore;
    index += (a - b) * Math.log(a / b);
  }
  return index;
}

/** The p of a G-test that two sets of counts have one mix, rare categories taken together. */
export function gTest(before: CategoryCounts, after: CategoryCounts): number {
  const [rowsBefore, rowsAfter] = [rowsOf(before), rowsOf(after)];
  const least = Math.min(rowsBefore, rowsAfter) / (rowsBefore + rowsAfter);
  const cells: [number, number][] = [];
  const rare: [number, number] = [0, 0];
  for (const category of new Set([...before.keys(), ...after.keys()])) {
    const [a, b] = [countOf(before, category), countOf(after, category)];
    if ((a + b) * least >= LEAST_EXPECTED) cells.push([a, b]);
    else [rare[0], rare[1]] = [rare[0] + a, rare[1] + b];
  }
  if (rare[0] + rare[1] > 0) cells.push(rare);
  let statistic = 0;
  for (const [a, b] of cells) {
    const part = (a + b) / (rowsBefore + rowsAfter);
    if (a > 0) statistic += 2 * a * Math.log(a / (part * rowsBefore));
    if (b > 0) statistic += 2 * b * Math.log(b / (part * rowsAfter));
  }
  return chiSquareTail(statistic, cells.length - 1);
}

/** Each partition of the history against the others; the second largest, so that one odd day is not usual. */
function usualIndex(history: readonly CategoryCounts[]): number | null {
  const large = history.filter((counts) => rowsOf(counts) >= ENOUGH_ROWS);
  if (large.length < 4) return null;
  const all = pooled(large);
  const indices = large.map((counts) => {
    const others = new Map(
      [...all].map(([category, count]) => [category, count - countOf(counts, category)]),
    );
    return stabilityIndex(others, counts);
  });
  return indices.sort((a, b) => b - a)[1] ?? null;
}

function pooled(history: readonly CategoryCounts[]): Map<string, number> {
  const sum = new Map<string, number>();
  for (const counts of history)
    for (const category of counts.keys())
      sum.set(category, (sum.get(category) ?? 0) + countOf(counts, category));
  return sum;
}

function sharesOf(
  before: CategoryCounts,
  after: CategoryCounts,
  rowsBefore: number,
  rowsAfter: number,
): CategoryShare[] {
  return [...new Set([...before.keys(), ...after.keys()])].map((category) => ({
    category,
    before: countOf(before, category) / rowsBefore,
    after: countOf(after, category) / rowsAfter,
  }));
}

/** Whether so many rows would have shown a group of this share, but for one time in ten thousand. */
function unlikelyToMiss(share: number, rows: number): boolean {
  return share > 0 && rows * Math.log1p(-Math.min(share, 1 - 1e-12)) < Math.log(CHANCE);
}

function countOf(counts: CategoryCounts, category: string): number {
  const count = counts.get(category) ?? 0;
  return Number.isFinite(count) && count > 0 ? count : 0;
}

function rowsOf(counts: CategoryCounts): number {
  let sum = 0;
  for (const category of counts.keys()) sum += countOf(counts, category);
  return sum;
}

function messageOf(
  found: Pick<CategoryShift, 'status' | 'usualPsi' | 'gained' | 'lost' | 'moved'> & {
    psi: number;
    label: string;
  },
): string {
  const { label, status, psi, usualPsi, gained, lost, moved } = found;
  const index = `stability index ${formatNumber(psi, 2)}${usualPsi === null ? '' : `, usually up to ${formatNumber(usualPsi, 2)}`}`;
  if (status === 'normal') return `the mix of ${label} is as before: ${index}`;
  const told = [
    groupsText('new', gained, ({ after }) => after),
    groupsText('gone', lost, ({ before }) => before),
    ...moved.slice(0, 2).map((one) => `${one.category} ${percent(one.before)} to ${percent(one.after)}`),
  ].filter((text) => text !== '');
  return `another mix of ${label}: ${told.join(', ')} (${index})`;
}

function groupsText(
  word: string,
  groups: readonly CategoryShare[],
  shareOf: (one: CategoryShare) => number,
): string {
  if (groups.length === 0) return '';
  const names = groups.slice(0, 3).map((one) => `${one.category} (${percent(shareOf(one))})`);
  return `${word} ${names.join(', ')}${groups.length > 3 ? ` and ${groups.length - 3} more` : ''}`;
}

const percent = (share: number): string => formatPercent(share, 3);
