import { formatPercent } from '#model/number-text.ts';

/** What the detector said of another table's same metric for the same day. */
export interface Sibling {
  readonly dataset: string;
  /** value / expected. */
  readonly ratio: number | null;
}

/** What most tables did on one day: news of the site, not of one pipeline. */
export interface CommonMode {
  readonly direction: 'up' | 'down';
  readonly moved: readonly string[];
  readonly of: number;
  /** The median ratio of those that moved. */
  readonly ratio: number;
  /** `14 of 16 tables are down 30 % today`. */
  readonly message: string;
}

const FEWEST_SIBLINGS = 5;
const MOST = 2 / 3;
/** A change that is no movement. */
const SMALL = 0.08;

/**
 * Whether most siblings (the target among them) moved the same way on the same day. It annotates and groups
 * alarms and never takes one away: taking the common movement out helped on one set of series and harmed on
 * another. null: fewer than five siblings, or no common movement.
 */
export function commonMode(siblings: readonly Sibling[]): CommonMode | null {
  const known = siblings.flatMap(({ dataset, ratio }) =>
    ratio !== null && Number.isFinite(ratio) && ratio >= 0 ? [{ dataset, ratio }] : [],
  );
  if (known.length < FEWEST_SIBLINGS) return null;
  const down = known.filter(({ ratio }) => ratio < 1 - SMALL);
  const up = known.filter(({ ratio }) => ratio > 1 + SMALL);
  const moved = down.length >= up.length ? down : up;
  if (moved.length < MOST * known.length) return null;
  const ratio = median(moved.map((sibling) => sibling.ratio));
  const direction = moved === down ? 'down' : 'up';
  const change = formatPercent(Math.abs(ratio - 1), 2);
  return {
    direction,
    moved: moved.map(({ dataset }) => dataset).sort(),
    of: known.length,
    ratio,
    message: `${moved.length} of ${known.length} tables are ${direction} ${change} today`,
  };
}

function median(values: readonly number[]): number {
  const ordered = [...values].sort((a, b) => a - b);
  const middle = ordered.length >> 1;
  const upper = ordered[middle] ?? Number.NaN;
  return ordered.length % 2 === 1 ? upper : ((ordered[middle - 1] ?? Number.NaN) + upper) / 2;
}
