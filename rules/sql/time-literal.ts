import { SqlRefusal } from './refusal.ts';

const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;
const TIMESTAMP =
  /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6})\d*)?)?)?(Z|[+-]\d\d(?::?\d\d)?)?$/;

/** A calendar date as every engine reads it; refuses what is none. */
export function dateText(value: string): string {
  const [, year, month, day] = DATE.exec(value) ?? [];
  const time = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  if (day === undefined || time.getUTCDate() !== Number(day) || time.getUTCMonth() !== Number(month) - 1)
    throw new SqlRefusal(`${JSON.stringify(value)} is not a date`, "Write it as date '2026-01-31'.");
  return value;
}

/** `2026-01-31 10:00:00.000000` in UTC, from an ISO 8601 time; one without an offset is UTC. */
export function timestampText(value: string): string {
  const [, date, hour = '00', minute = '00', second = '00', fraction = '', offset = 'Z'] =
    TIMESTAMP.exec(value) ?? [];
  const zone = /^[+-]\d\d$/.test(offset) ? `${offset}:00` : offset.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2');
  const time = Date.parse(`${date}T${hour}:${minute}:${second}${zone}`);
  if (date === undefined || Number.isNaN(time))
    throw new SqlRefusal(
      `${JSON.stringify(value)} is not a time`,
      "Write it as timestamp '2026-01-31T10:00:00Z'.",
    );
  dateText(date);
  const whole = new Date(time).toISOString().slice(0, 19).replace('T', ' ');
  return `${whole}.${fraction.padEnd(6, '0')}`;
}
