import type { SegmentPart } from '#model/detection.ts';
import { formatPercent } from '#model/number-text.ts';

/** A group of a partition's rows: `country=DE`. */
export interface Segment {
  readonly name: string;
  /** Rows (or the sum) of the group in this partition; 0 when it is not there. */
  readonly actual: number;
  /** The same in earlier partitions, in any order; 0 where the group was missing. */
  readonly past: readonly number[];
}

export interface TopSegments {
  /** Largest share first. */
  readonly segments: readonly SegmentPart[];
  /** `country=DE explains 83 % of the missing rows`; null when no group stands out. */
  readonly message: string | null;
}

/** A group that explains less is none that one would look at first. */
const TELLING_SHARE = 0.3;
/** Groups named together. */
const NAMED = 3;
const TOGETHER = 0.8;

/**
 * Which groups make up the deviation of a partition: for each group its actual value less its usual share of
 * the expected whole. `expectedTotal` is the detector's expectation; the shares are those of the sums over the
 * past. Groups that were never seen count with an expectation of 0.
 * @param options `of`: what is counted, in words.
 */
export function topSegments(
  segments: readonly Segment[],
  expectedTotal: number,
  { limit = 5, of = 'rows' }: { readonly limit?: number; readonly of?: string } = {},
): TopSegments {
  const usual = segments.map(({ past }) => sum(past));
  const whole = sum(usual);
  const actualTotal = sum(segments.map(({ actual }) => actual));
  const deviation = actualTotal - expectedTotal;
  if (!(whole > 0) || deviation === 0 || !Number.isFinite(deviation)) return { segments: [], message: null };
  const shares = segments
    .map(({ name, actual }, index) => {
      const expected = ((usual[index] ?? 0) / whole) * expectedTotal;
      return { name, actual, expected, share: (actual - expected) / deviation };
    })
    .sort((a, b) => b.share - a.share);
  return { segments: shares.slice(0, limit), message: messageOf(shares, deviation, of) };
}

function messageOf(shares: readonly SegmentPart[], deviation: number, of: string): string | null {
  const named: SegmentPart[] = [];
  let together = 0;
  for (const segment of shares.slice(0, NAMED)) {
    if (together >= TOGETHER || segment.share < TELLING_SHARE / 2) break;
    named.push(segment);
    together += segment.share;
  }
  const [first] = named;
  if (first === undefined || first.share < TELLING_SHARE) return null;
  const names = named.map(({ name }) => name).join(', ');
  const verb = named.length === 1 ? 'explains' : 'explain';
  const gone = deviation < 0 && named.every(({ actual }) => actual === 0) ? ' (gone altogether)' : '';
  return `${names} ${verb} ${formatPercent(together, 2)} of the ${deviation < 0 ? 'missing' : 'additional'} ${of}${gone}`;
}

function sum(values: readonly number[]): number {
  return values.reduce((whole, value) => whole + value, 0);
}
