const UNITS: readonly (readonly [seconds: number, name: string, pattern: RegExp])[] = [
  [604_800, 'week', /^(?:w|weeks?)$/i],
  [86_400, 'day', /^(?:d|days?)$/i],
  [3600, 'hour', /^(?:h|hrs?|hours?)$/i],
  [60, 'minute', /^(?:m|mins?|minutes?)$/i],
  [1, 'second', /^(?:s|secs?|seconds?)$/i],
];

/** Longer than a century is a slip of the pen. */
const MAX_SECONDS = 100 * 366 * 86_400;

/**
 * Reads `4 hours`, `90 min`, `1 day 12 hours` as seconds; null when the text is no duration, is not above
 * zero, or is no whole number of seconds. Months and years have no fixed length and are not accepted.
 */
export function parseDuration(text: string): number | null {
  if (!/^\s*(?:\d+(?:\.\d+)?\s*[a-z]+\s*)+$/i.test(text) || text.length > 100) return null;
  let seconds = 0;
  for (const [, amount = '', word = ''] of text.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)/gi)) {
    const unit = UNITS.find(([, , pattern]) => pattern.test(word));
    if (unit === undefined) return null;
    seconds += Number(amount) * unit[0];
  }
  const whole = Math.round(seconds);
  return Math.abs(seconds - whole) < 1e-6 && whole > 0 && whole <= MAX_SECONDS ? whole : null;
}

/** Writes seconds in the largest unit that divides them: 14400 → `4 hours`, 5400 → `90 minutes`. */
export function formatDuration(seconds: number): string {
  const [size, name] = UNITS.find(([unit, word]) => seconds % unit === 0 && word !== 'week') ?? [1, 'second'];
  const count = seconds / size;
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}
