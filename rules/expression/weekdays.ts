const NAMES = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
const LONG = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

/** 0 Sunday … 6 Saturday. */
export const ALL_WEEKDAYS: readonly number[] = [0, 1, 2, 3, 4, 5, 6];

/** `mon`, `Monday` → 1; null for any other word. */
export function readWeekday(word: string): number | null {
  const lower = word.toLowerCase();
  const day = NAMES.findIndex((name, index) => lower === name || lower === LONG[index]);
  return day < 0 ? null : day;
}

/** The days from the first to the last, over the end of the week where that comes first. */
export function weekdayRange(first: number, last: number): number[] {
  const length = ((last - first + 7) % 7) + 1;
  return Array.from({ length }, (_, index) => (first + index) % 7);
}

/** `mon-fri, sun`: Monday first, neighbours joined. */
export function printWeekdays(days: readonly number[]): string {
  const week = [1, 2, 3, 4, 5, 6, 0];
  const runs: number[][] = [];
  for (const day of week) {
    if (!days.includes(day)) continue;
    const run = runs.at(-1);
    if (run && week.indexOf(run.at(-1) ?? 0) === week.indexOf(day) - 1) run.push(day);
    else runs.push([day]);
  }
  const name = (day: number | undefined): string => NAMES[day ?? 0] ?? '';
  return runs
    .map((run) => (run.length === 1 ? name(run[0]) : `${name(run[0])}-${name(run.at(-1))}`))
    .join(', ');
}
