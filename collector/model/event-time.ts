/** A point in time as producers state it: milliseconds since 1970 and the nanoseconds within that millisecond. */
export interface EventTime {
  readonly milliseconds: number;
  /** 0 to 999,999. Debezium sends nanoseconds, which a JavaScript Date would lose. */
  readonly nanoseconds: number;
  /** false when the text named no zone and UTC was assumed. */
  readonly zoned: boolean;
}

const DATE_TIME =
  /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,12}))?)?\s?(?:([Zz])|([+-])(\d\d):?(\d\d)?)?$/;

const EARLIEST_YEAR = 1900;

/**
 * Parses an RFC 3339 date-time, tolerant of what real producers send: no zone (UTC is assumed), a space
 * for the T, no seconds, up to 12 fraction digits. Null when it is no time of the years 1900 to 9999.
 */
export function parseEventTime(text: string): EventTime | null {
  const match = DATE_TIME.exec(text);
  if (!match) return null;
  const [
    ,
    year,
    month,
    day,
    hour,
    minute,
    second = '0',
    fraction = '',
    z,
    sign,
    zoneHours,
    zoneMinutes = '0',
  ] = match;
  if (Number(year) < EARLIEST_YEAR || Number(hour) > 24 || Number(minute) > 59 || Number(second) > 60)
    return null;
  const midnight = Date.UTC(Number(year), Number(month) - 1, Number(day));
  // Date.UTC rolls 31 February over to March; such a date is a fault, not a time.
  if (new Date(midnight).getUTCDate() !== Number(day) || Number(month) > 12 || Number(month) < 1) return null;
  const offset = sign ? (sign === '-' ? -1 : 1) * (Number(zoneHours) * 60 + Number(zoneMinutes)) : 0;
  const nine = fraction.padEnd(9, '0').slice(0, 9);
  return {
    milliseconds:
      midnight +
      ((Number(hour) * 60 + Number(minute) - offset) * 60 + Number(second)) * 1000 +
      Number(nine.slice(0, 3)),
    nanoseconds: Number(nine.slice(3)),
    zoned: z !== undefined || sign !== undefined,
  };
}
