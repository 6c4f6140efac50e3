import { count, partitionDay } from '../parts/words.ts';
import { useSeries } from '../shell/read.ts';
import { calendarOf, type CalendarCell } from './calendar-weeks.ts';

const SIZE = 15;
const GAP = 3;
const TOP = 16;
const LEFT = 30;
const DAYS = ['Mon', '', 'Wed', '', 'Fri', '', 'Sun'];
const SIGNS: Readonly<Record<CalendarCell['state'], string>> = {
  held: '×',
  finding: '!',
  note: '·',
  fine: '',
  unknown: '?',
  absent: '',
};
const WORDS: Readonly<Record<CalendarCell['state'], string>> = {
  held: 'held from gold',
  finding: 'a finding',
  note: 'worth a note, or learning',
  fine: 'as expected',
  unknown: 'not judged',
  absent: 'no partition',
};

/** A day a square: which partitions are there, and how they were. The series as a table says the same. */
export function CalendarBlock({ id }: { readonly id: string }) {
  const { data } = useSeries(id, 'row_count');
  const calendar = data ? calendarOf(data.points) : null;
  if (!calendar) return null;
  const { weeks, months } = calendar;
  const width = LEFT + weeks.length * (SIZE + GAP);
  const height = TOP + 7 * (SIZE + GAP);
  const present = weeks.flat().filter((cell) => cell !== null && cell.state !== 'absent');
  return (
    <section className="block" aria-labelledby="calendar">
      <div className="block-head">
        <h2 id="calendar">Day by day</h2>
        <ul className="legend days">
          {(['fine', 'note', 'finding', 'held', 'unknown', 'absent'] as const)
            .filter((state) => weeks.flat().some((cell) => cell?.state === state))
            .map((state) => (
              <li key={state}>
                <svg width={SIZE} height={SIZE} aria-hidden="true" focusable="false">
                  <Square x={0} y={0} state={state} />
                </svg>{' '}
                {WORDS[state]}
              </li>
            ))}
        </ul>
      </div>
      <div className="scroll calendar" ref={showLatest} tabIndex={0} role="region" aria-label="Days">
        <svg
          width={width}
          height={height}
          role="img"
          aria-label={`${present.length} days with a partition, ${countOf(weeks, 'held')} held, ${countOf(weeks, 'finding')} with findings, ${countOf(weeks, 'absent')} absent. The table of the series has the same.`}
        >
          {months.map(({ week, name }) => (
            <text key={week} x={LEFT + week * (SIZE + GAP)} y={11} className="calendar-word">
              {name}
            </text>
          ))}
          {DAYS.map((day, n) => (
            <text key={n} x={0} y={TOP + n * (SIZE + GAP) + 12} className="calendar-word">
              {day}
            </text>
          ))}
          {weeks.flatMap((week, x) =>
            week.map((cell, y) =>
              cell === null ? null : (
                <g key={`${x} ${y}`}>
                  <title>{`${partitionDay(cell.at)}: ${WORDS[cell.state]}${rowsOf(cell)}`}</title>
                  <Square x={LEFT + x * (SIZE + GAP)} y={TOP + y * (SIZE + GAP)} state={cell.state} />
                </g>
              ),
            ),
          )}
        </svg>
      </div>
    </section>
  );
}

/** Where not all days have room, the last ones are seen first. */
function showLatest(box: HTMLElement | null): void {
  if (box) box.scrollLeft = box.scrollWidth;
}

/** Its sign says the same as its colour. */
function Square({
  x,
  y,
  state,
}: {
  readonly x: number;
  readonly y: number;
  readonly state: CalendarCell['state'];
}) {
  return (
    <>
      <rect
        x={x + 0.5}
        y={y + 0.5}
        width={SIZE - 1}
        height={SIZE - 1}
        rx={2}
        className={`day day-${state}`}
      />
      <text x={x + SIZE / 2} y={y + SIZE - 3.5} className={`day-sign day-sign-${state}`} textAnchor="middle">
        {SIGNS[state]}
      </text>
    </>
  );
}

function countOf(weeks: readonly (readonly (CalendarCell | null)[])[], state: CalendarCell['state']): number {
  return weeks.flat().filter((cell) => cell?.state === state).length;
}

function rowsOf({ point }: CalendarCell): string {
  return point === null || point.value === null ? '' : `, ${count(point.value, 'row')}`;
}
