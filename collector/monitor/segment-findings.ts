import { categoryShift } from '#detectors/category-shift.ts';
import { plainDetection } from '#detectors/plain-detection.ts';
import { topSegments, type TopSegments } from '#detectors/top-segments.ts';
import type { Detection } from '#model/detection.ts';
import type { Facts, HistoryPoint } from '#model/measurement.ts';
import { splitSegments } from '#rules/expression/segment-key.ts';
import type { ProfileEvidence } from './profile-evidence.ts';

type Groups = ReadonlyMap<string, number>;
type GroupFacts = ReadonlyMap<string, Facts>;

const ROWS_PER = /^row_count per (.+)$/su;
const NULLS = /^null_percentage\((.+)\)$/su;
/** Columns that are looked at, and earlier partitions that say what is usual. */
const MOST_COLUMNS = 20;
const LOOK_BACK = 14;
/** The population stability index from which on a shift is clear. */
const CLEAR_SHIFT = 0.25;
/** What a row adds to its group's usual nulls, so that groups that never had any are told as well. */
const LEAST_NULLS = 1e-6;

/** A partition's facts by the values of a column, and of those before it that say them. */
export interface SegmentedFacts {
  readonly column: string;
  readonly now: GroupFacts;
  /** Oldest first. */
  readonly past: readonly GroupFacts[];
}

/**
 * What is known of a partition's rows by value, oldest first, itself last: by checks (`row_count per country`), and
 * of the columns that these leave out by stored profiles.
 */
export function segmentedFacts(
  points: readonly HistoryPoint[],
  profile: Pick<ProfileEvidence, 'segments'> | null = null,
): SegmentedFacts[] {
  const target = points.at(-1);
  if (!target) return [];
  const past = points
    .slice(0, -1)
    .filter(({ excluded }) => excluded === null)
    .slice(-LOOK_BACK);
  const stated = over(target, past, rowsBySegment);
  const named = new Set(stated.map(({ column }) => column));
  const stored = over(target, past, ({ partition }) => profile?.segments.get(partition) ?? new Map());
  return [...stated, ...stored.filter(({ column }) => !named.has(column))].slice(0, MOST_COLUMNS);
}

function over(
  target: HistoryPoint,
  past: readonly HistoryPoint[],
  groupsOf: (point: HistoryPoint) => ReadonlyMap<string, GroupFacts>,
): SegmentedFacts[] {
  const now = groupsOf(target);
  if (now.size === 0) return [];
  const before = past.map(groupsOf);
  return [...now].map(([column, groups]) => ({
    column,
    now: groups,
    past: before.flatMap((one) => one.get(column) ?? []),
  }));
}

function rowsBySegment({ facts }: HistoryPoint): Map<string, GroupFacts> {
  const found = new Map<string, GroupFacts>();
  for (const [key, values] of splitSegments(facts).segments) {
    const [, column] = ROWS_PER.exec(key) ?? [];
    if (column === undefined) continue;
    const groups = [...values].map(
      ([label, count]) => [label ?? 'null', new Map([['row_count', count]])] as const,
    );
    found.set(column, new Map(groups));
  }
  return found;
}

/** Whether the mix of a column's values is another than before. */
export function mixOf({ column, now, past }: SegmentedFacts): Detection {
  const found = categoryShift(past.map(rowsOf), rowsOf(now), { label: column });
  return plainDetection({
    detector: found.detector,
    status: found.status,
    value: found.psi,
    expected: found.usualPsi,
    low: found.usualPsi === null ? null : 0,
    high: found.usualPsi === null ? null : Math.max(CLEAR_SHIFT, found.usualPsi),
    threshold: CLEAR_SHIFT,
    points: past.length,
    message: found.message,
  });
}

function rowsOf(groups: GroupFacts): Groups {
  return new Map([...groups].map(([name, facts]) => [name, facts.get('row_count') ?? 0]));
}

/**
 * Which values of which column make up the deviation of a metric of the whole; null when none stands out, and of
 * metrics that groups do not add up to.
 * @param expected of the metric, as the detector expects it. @param rows of the whole.
 */
export function whereOf(
  segmented: readonly SegmentedFacts[],
  metric: string,
  { expected, rows }: { readonly expected: number; readonly rows: number | undefined },
): TopSegments | null {
  const nulls = NULLS.exec(metric)?.[1];
  if (metric !== 'row_count' && (nulls === undefined || rows === undefined)) return null;
  const key = nulls === undefined ? 'row_count' : `null_count(${nulls})`;
  const whole = nulls === undefined ? expected : expected * (rows ?? 0);
  const least = nulls === undefined ? 0 : LEAST_NULLS;
  let best: TopSegments | null = null;
  for (const { column, now, past } of segmented) {
    const groups = [now, ...past];
    // Groups of which not all say it add up to nothing.
    if (past.length === 0 || groups.some((one) => [...one.values()].some((facts) => !facts.has(key))))
      continue;
    const names = new Set(groups.flatMap((one) => [...one.keys()]));
    const found = topSegments(
      [...names].map((name) => ({
        name: `${column}=${name}`,
        actual: now.get(name)?.get(key) ?? 0,
        past: past.map((one) => {
          const facts = one.get(name);
          return (facts?.get(key) ?? 0) + least * (facts?.get('row_count') ?? 0);
        }),
      })),
      whole,
      { of: nulls === undefined ? 'rows' : 'nulls' },
    );
    if (found.message === null) continue;
    if (best === null || (found.segments[0]?.share ?? 0) > (best.segments[0]?.share ?? 0)) best = found;
  }
  return best;
}
