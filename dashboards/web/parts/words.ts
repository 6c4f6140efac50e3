// How numbers, times and states are written. One place, so that the page says the same thing everywhere.

const whole = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });
const small = new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 4 });
const compact = new Intl.NumberFormat('en-GB', { notation: 'compact', maximumFractionDigits: 1 });

/** 16,420 · 0.0134 · – when there is none. */
export function figure(value: number | null): string {
  if (value === null) return '–';
  return Number.isInteger(value) || Math.abs(value) >= 1000 ? whole.format(value) : small.format(value);
}

/** 16.4K: for axes. */
export function shortFigure(value: number): string {
  return compact.format(value);
}

/** `1 dataset`, `2 datasets`. */
export function count(value: number, one: string, many = `${one}s`): string {
  return `${figure(value)} ${value === 1 ? one : many}`;
}

const moment = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZoneName: 'short',
});
const clock = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'short',
});
const day = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
});
const hour = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'UTC',
  timeZoneName: 'short',
});
const relative = new Intl.RelativeTimeFormat('en-GB', { numeric: 'always' });

/** 21 Nov 2026, 13:25 CET: in the reader's zone, and saying which. */
export function absoluteTime(iso: string): string {
  return moment.format(new Date(iso));
}

export function clockTime(time: number): string {
  return clock.format(time);
}

const STEPS: readonly (readonly [seconds: number, unit: Intl.RelativeTimeFormatUnit])[] = [
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
];

/** 3 minutes ago. */
export function relativeTime(iso: string, now: number): string {
  const seconds = (new Date(iso).getTime() - now) / 1000;
  for (const [size, unit] of STEPS) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  }
  return seconds > 1 ? 'in a moment' : 'just now';
}

/** 4 s · 3 min 20 s · 2 h 5 min; – while it is not known. */
export function duration(from: string | null, to: string | null): string {
  if (from === null || to === null) return '–';
  return seconds((Date.parse(to) - Date.parse(from)) / 1000);
}

/** A span of time in its two largest units. */
export function seconds(span: number): string {
  const whole = Math.max(0, Math.round(span));
  if (span < 1) return `${Math.max(0, Math.round(span * 1000))} ms`;
  if (whole < 60) return `${whole} s`;
  const units = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor((whole % 86_400) / 3600), 'h'],
    [Math.floor((whole % 3600) / 60), 'min'],
    [whole % 60, 's'],
  ] as const;
  const first = units.findIndex(([size]) => size > 0);
  return units
    .slice(first, first + 2)
    .filter(([size]) => size > 0)
    .map(([size, unit]) => `${size} ${unit}`)
    .join(' ');
}

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** 1.2 GB, in thousands. */
export function bytes(size: number): string {
  const power = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, size)) / 3)));
  return `${figure(power === 0 ? size : Number((size / 1000 ** power).toPrecision(3)))} ${UNITS[power]}`;
}

/** The day (or hour) that a partition is about: Sun 1 Jul 2001. Partition keys carry no zone, so none is applied. */
export function partitionDay(iso: string): string {
  return (iso.endsWith('T00:00:00.000Z') ? day : hour).format(new Date(iso));
}

/** Longest name that is written out in full. */
const LONGEST = 80;

/** A name cut in the middle: the beginning tells the family, the end tells the member. */
export function shortName(name: string): string {
  return shorten(visible(name), LONGEST - 25, 24);
}

// Controls, and the marks that turn the direction of all that follows or have no width.
const UNSEEN = /[\p{Cc}\u00AD\u061C\u200B\u200E\u200F\u202A-\u202E\u2060-\u2064\u2066-\u2069\uFEFF]/gu;

/** The text with characters that cannot be seen, but change what is seen, written out: ⟨U+202E⟩. */
export function visible(text: string): string {
  return text.replaceAll(
    UNSEEN,
    (character) => `⟨U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}⟩`,
  );
}

/** Keeps so many characters at the beginning and the end; a text that is not longer stays whole. */
export function shorten(text: string, first: number, last: number): string {
  const characters = Array.from(text);
  if (characters.length <= first + last + 1) return text;
  return `${characters.slice(0, first).join('')}…${last > 0 ? characters.slice(-last).join('') : ''}`;
}

/** What a metric is called on the page. */
export function metricWords(metric: string): string {
  return metric === 'row_count' ? 'Rows' : shortName(metric);
}

/** A partition as it is written; a dataset without partitions has one, without a name. */
export function partitionWords(partition: string): string {
  return partition === '' ? 'whole dataset' : shortName(partition);
}

const coins = new Intl.NumberFormat('en-GB', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** `1,234.50 EUR`; what is less than a hundredth keeps its first figures. */
export function money(value: number, unit: string): string {
  const text = value !== 0 && Math.abs(value) < 0.01 ? figure(value) : coins.format(value);
  return `${text} ${unit}`;
}

/** Against the span before: `12 % more`, `as before`; null where there was nothing to compare with. */
export function trend(now: number, before: number): string | null {
  if (before <= 0) return null;
  const percent = Math.round((now / before - 1) * 100);
  if (percent === 0) return 'as before';
  return percent > 0 ? `${figure(percent)} % more` : `${figure(-percent)} % less`;
}
