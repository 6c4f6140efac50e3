/** Why a pattern of dates cannot be used: where in it, and the mend. */
export interface TimePatternProblem {
  readonly offset: number;
  readonly length: number;
  readonly message: string;
  readonly mend: string;
}

export type TimePattern =
  | { readonly status: 'ok'; readonly regex: string }
  | { readonly status: 'error'; readonly problem: TimePatternProblem };

const CLOCK: Readonly<Record<string, string>> = {
  H: '(?:[01][0-9]|2[0-3])',
  I: '(?:0[1-9]|1[0-2])',
  M: '[0-5][0-9]',
  S: '[0-5][0-9]',
  f: '[0-9]{1,9}',
  p: '(?:AM|PM|am|pm)',
  z: '(?:Z|[+-](?:[01][0-9]|2[0-3]):?[0-5][0-9])',
  j: '(?:00[1-9]|0[1-9][0-9]|[12][0-9]{2}|3(?:[0-5][0-9]|6[0-6]))',
  '%': '%',
};
const DATE = ['Y', 'y', 'm', 'b', 'B', 'd'] as const;
type DateDirective = (typeof DATE)[number];

/** Months by how many days they have; February comes last, once as it is and once in leap years. */
const KINDS = [
  { months: ['01', '03', '05', '07', '08', '10', '12'], days: '(?:0[1-9]|[12][0-9]|3[01])', leap: false },
  { months: ['04', '06', '09', '11'], days: '(?:0[1-9]|[12][0-9]|30)', leap: false },
  { months: ['02'], days: '(?:0[1-9]|1[0-9]|2[0-8])', leap: false },
  { months: ['02'], days: '29', leap: true },
] as const;
const NAMES = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const LEAP_PAIR = '(?:0[48]|[2468][048]|[13579][26])';
const LEAP_YEAR = `(?:[0-9]{2}${LEAP_PAIR}|(?:[02468][048]|[13579][26])00)`;
/** Of two digits alone nobody knows the century. */
const LEAP_SHORT = `(?:00|${LEAP_PAIR})`;

/**
 * A pattern as strftime has them (`%d.%m.%Y %H:%M`) as a regular expression of the portable subset for the whole
 * text. A day must be one of the calendar: the 29th of February in leap years only. English names of months.
 */
export function timePattern(pattern: string): TimePattern {
  const pieces: string[] = [];
  const seen = new Set<string>();
  for (let at = 0; at < pattern.length; at += 1) {
    if (pattern[at] !== '%') {
      pieces.push(pattern[at] ?? '');
      continue;
    }
    at += 1;
    const name = pattern[at] ?? '';
    const refused = refusal(name, seen);
    if (refused !== null)
      return {
        status: 'error',
        problem: { offset: at - 1, length: Math.max(1, name.length + 1), ...refused },
      };
    if (name !== '%') seen.add(name);
    pieces.push(`%${name}`);
  }
  if (seen.size === 0)
    return {
      status: 'error',
      problem: {
        offset: 0,
        length: Math.max(1, pattern.length),
        message: 'The pattern names no part of a date or time',
        mend: "For example: '%d.%m.%Y'.",
      },
    };
  const isCalendar = seen.has('d') && ['m', 'b', 'B'].some((name) => seen.has(name));
  const kinds = isCalendar
    ? KINDS
    : [{ months: KINDS.slice(0, 3).flatMap(({ months }) => months), days: KINDS[0].days, leap: false }];
  const whole = kinds.map((kind) => pieces.map((piece) => written(piece, kind)).join(''));
  return { status: 'ok', regex: `^(?:${whole.join('|')})$` };
}

function refusal(name: string, seen: ReadonlySet<string>): { message: string; mend: string } | null {
  const known = [...DATE, ...Object.keys(CLOCK)];
  if (!known.includes(name))
    return {
      message: `%${name} is no part of a date that Assay knows`,
      mend: `It knows ${known.map((one) => `%${one}`).join(', ')}.`,
    };
  const like = { Y: 'y', y: 'Y' }[name];
  const twice = seen.has(name) || (like !== undefined && seen.has(like));
  const months = ['m', 'b', 'B'];
  if (!twice && !(months.includes(name) && months.some((one) => seen.has(one)))) return null;
  return { message: `%${name} says again what the pattern has said already`, mend: 'Name each part once.' };
}

function written(
  piece: string,
  {
    months,
    days,
    leap,
  }: { readonly months: readonly string[]; readonly days: string; readonly leap: boolean },
): string {
  if (piece.length < 2 || !piece.startsWith('%')) return piece.replace(/[.^$*+?()[\]{}|\\]/, '\\$&');
  const name = piece.slice(1);
  if (!isDate(name)) return CLOCK[name] ?? '';
  const named = months.map((month) => NAMES[Number(month) - 1] ?? '');
  switch (name) {
    case 'Y':
      return leap ? LEAP_YEAR : '[0-9]{4}';
    case 'y':
      return leap ? LEAP_SHORT : '[0-9]{2}';
    case 'd':
      return days;
    case 'm':
      return `(?:${months.join('|')})`;
    case 'b':
      return `(?:${named.map((month) => month.slice(0, 3)).join('|')})`;
    default:
      return `(?:${named.join('|')})`;
  }
}

function isDate(name: string): name is DateDirective {
  return DATE.some((one) => one === name);
}
