import type { SeriesPoint } from '../../../collector/api/schema/overview.ts';

export interface CalendarCell {
  /** ISO 8601, midnight of the day in UTC. */
  readonly at: string;
  /** What the worst partition of the day is. */
  readonly state: 'held' | 'finding' | 'note' | 'fine' | 'unknown' | 'absent';
  /** That partition; null when there is none. */
  readonly point: SeriesPoint | null;
}

export interface Calendar {
  /** Weeks from Monday to Sunday, the oldest first; null before the first day and after the last. */
  readonly weeks: readonly (readonly (CalendarCell | null)[])[];
  /** Where a month begins. */
  readonly months: readonly { readonly week: number; readonly name: string }[];
}

const DAY = 86_400_000;
/** A year and its ragged ends. */
const WEEKS = 54;
const RANKS: readonly CalendarCell['state'][] = ['fine', 'unknown', 'note', 'finding', 'held'];
const month = new Intl.DateTimeFormat('en-GB', { month: 'short', timeZone: 'UTC' });

/**
 * Days by week, of the last year that the points are about; null when the partitions tell no days, or only one.
 * @param points in any order
 */
export function calendarOf(points: readonly SeriesPoint[]): Calendar | null {
  const byDay = new Map<number, CalendarCell>();
  for (const point of points) {
    if (point.at === null) continue;
    const day = Math.floor(Date.parse(point.at) / DAY);
    const cell: CalendarCell = { at: new Date(day * DAY).toISOString(), state: stateOf(point), point };
    const there = byDay.get(day);
    if (!there || RANKS.indexOf(cell.state) > RANKS.indexOf(there.state)) byDay.set(day, cell);
  }
  if (byDay.size < 2) return null;
  const last = Math.max(...byDay.keys());
  const lastMonday = mondayOf(last);
  const first = Math.max(Math.min(...byDay.keys()), lastMonday - (WEEKS - 1) * 7);
  const weeks = [];
  const months = [];
  let named = '';
  for (let monday = mondayOf(first); monday <= lastMonday; monday += 7) {
    const name = month.format(new Date(monday * DAY));
    if (name !== named) months.push({ week: weeks.length, name });
    named = name;
    weeks.push(
      Array.from({ length: 7 }, (_, n) => {
        const day = monday + n;
        if (day < first || day > last) return null;
        return (
          byDay.get(day) ?? { at: new Date(day * DAY).toISOString(), state: 'absent' as const, point: null }
        );
      }),
    );
  }
  return { weeks, months };
}

/** Days since 1 January 1970, which was a Thursday. */
function mondayOf(day: number): number {
  return day - ((((day + 3) % 7) + 7) % 7);
}

function stateOf({ published, finding, status }: SeriesPoint): CalendarCell['state'] {
  if (published === 'held') return 'held';
  if (finding) return 'finding';
  if (status === 'normal') return 'fine';
  return status === null || status === 'no_data' ? 'unknown' : 'note';
}
