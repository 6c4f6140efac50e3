const SECONDS: Readonly<Record<string, number>> = {
  second: 1,
  minute: 60,
  hour: 3600,
  day: 86_400,
  week: 604_800,
  // As the model counts them.
  month: 30 * 86_400,
  year: 365 * 86_400,
};

/** `24 months` in seconds; null when it is no such text. A month counts 30 days, a year 365. */
export function durationSeconds(text: string | null): number | null {
  const [, amount, unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]+?)s?\s*$/i.exec(text ?? '') ?? [];
  const seconds = SECONDS[unit.toLowerCase()];
  return amount === undefined || seconds === undefined ? null : Number(amount) * seconds;
}
