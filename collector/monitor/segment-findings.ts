import { categoryShift } from '#detectors/category-shift.ts';
import { plainDetection } from '#detectors/plain-detection.ts';
import { topSegments, type TopSegments } from '#detectors/top-segments.ts';
import type { Detection } from '#model/detection.ts';
import type { HistoryPoint } from '#model/measurement.ts';
import { splitSegments } from '#rules/expression/segment-key.ts';

type Groups = ReadonlyMap<string, number>;

const ROWS_PER = /^row_count per (.+)$/su;
/** Columns that are looked at, and earlier partitions that say what is usual. */
const MOST_COLUMNS = 20;
const LOOK_BACK = 14;
/** The population stability index from which on a shift is clear. */
const CLEAR_SHIFT = 0.25;

/** Rows by the values of a column, of a partition and of those before it that say it. */
export interface SegmentedRows {
  readonly column: string;
  readonly now: Groups;
  /** Oldest first. */
  readonly past: readonly Groups[];
}

/** What is known of a partition's rows by value (`row_count per country`), oldest first, itself last. */
export function segmentedRows(points: readonly HistoryPoint[]): SegmentedRows[] {
  const target = points.at(-1);
  if (!target) return [];
  const now = rowsBySegment(target);
  if (now.size === 0) return [];
  const past = points
    .slice(0, -1)
    .filter(({ excluded }) => excluded === null)
    .slice(-LOOK_BACK)
    .map(rowsBySegment);
  return [...now]
    .slice(0, MOST_COLUMNS)
    .map(([column, groups]) => ({ column, now: groups, past: past.flatMap((one) => one.get(column) ?? []) }));
}

function rowsBySegment({ facts }: HistoryPoint): Map<string, Groups> {
  const found = new Map<string, Groups>();
  for (const [key, values] of splitSegments(facts).segments) {
    const [, column] = ROWS_PER.exec(key) ?? [];
    if (column !== undefined)
      found.set(column, new Map([...values].map(([label, count]) => [label ?? 'null', count])));
  }
  return found;
}

/** Whether the mix of a column's values is another than before. */
export function mixOf({ column, now, past }: SegmentedRows): Detection {
  const found = categoryShift(past, now, { label: column });
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

/** Which values of which column make up the deviation of a row count; null when none stands out. */
export function whereOf(rows: readonly SegmentedRows[], expected: number): string | null {
  let best: TopSegments | null = null;
  for (const { column, now, past } of rows) {
    if (past.length === 0) continue;
    const names = new Set([now, ...past].flatMap((groups) => [...groups.keys()]));
    const found = topSegments(
      [...names].map((name) => ({
        name: `${column}=${name}`,
        actual: now.get(name) ?? 0,
        past: past.map((groups) => groups.get(name) ?? 0),
      })),
      expected,
    );
    if (found.message === null) continue;
    if (best === null || (found.segments[0]?.share ?? 0) > (best.segments[0]?.share ?? 0)) best = found;
  }
  return best?.message ?? null;
}
