/**
 * The half-open range that a partition value means in a table partitioned by ranges: a whole number the range
 * of one, `2001-01-01` its day, `2001-01` its month, `2001-01-01T05` its hour. Null when it means none.
 */
export function rangeOf(value: string): { readonly low: string; readonly high: string } | null {
  if (/^-?\d{1,15}$/.test(value)) return { low: value, high: String(Number(value) + 1) };
  const [, year, month, day, hour] =
    /^(\d{4})-(\d\d)(?:-(\d\d)(?:[T ](\d\d)(?::00(?::00)?)?)?)?$/.exec(value) ?? [];
  if (year === undefined || month === undefined) return null;
  const fields = [Number(year), Number(month) - 1, Number(day ?? 1), Number(hour ?? 0)] as const;
  const start = new Date(Date.UTC(...fields));
  if (
    start.getUTCMonth() !== fields[1] ||
    start.getUTCDate() !== fields[2] ||
    start.getUTCHours() !== fields[3]
  )
    return null;
  const end = new Date(start);
  if (day === undefined) end.setUTCMonth(end.getUTCMonth() + 1);
  else if (hour === undefined) end.setUTCDate(end.getUTCDate() + 1);
  else end.setUTCHours(end.getUTCHours() + 1);
  return { low: timeText(start), high: timeText(end) };
}

const timeText = (time: Date): string => time.toISOString().slice(0, 19).replace('T', ' ');
