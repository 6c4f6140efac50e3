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
  return parseUsualTime(text) ?? parseAnyTime(text);
}

/** 2026-01-31T12:00:00Z with up to nine digits of a fraction: what nearly every client sends. Null for all else. */
function parseUsualTime(text: string): EventTime | null {
  const length = text.length;
  if (length < 20 || length > 30 || text.charCodeAt(length - 1) !== 0x5a) return null;
  if (
    text.charCodeAt(4) !== 0x2d ||
    text.charCodeAt(7) !== 0x2d ||
    text.charCodeAt(10) !== 0x54 ||
    text.charCodeAt(13) !== 0x3a ||
    text.charCodeAt(16) !== 0x3a
  )
    return null;
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 7);
  const day = digits(text, 8, 10);
  const hour = digits(text, 11, 13);
  const minute = digits(text, 14, 16);
  const second = digits(text, 17, 19);
  // NaN fails each comparison. The end of a month, leap seconds and the like are left to the general way.
  if (!(year >= EARLIEST_YEAR && month >= 1 && month <= 12 && day >= 1 && day <= 28)) return null;
  if (!(hour <= 23 && minute <= 59 && second <= 59)) return null;
  let nanoseconds = 0;
  if (length > 20) {
    if (text.charCodeAt(19) !== 0x2e || length === 21) return null;
    nanoseconds = digits(text, 20, length - 1) * (POWERS_OF_TEN[30 - length] as number);
    if (Number.isNaN(nanoseconds)) return null;
  }
  const milliseconds = Math.floor(nanoseconds / 1_000_000);
  return {
    milliseconds: Date.UTC(year, month - 1, day) + ((hour * 60 + minute) * 60 + second) * 1000 + milliseconds,
    nanoseconds: nanoseconds - milliseconds * 1_000_000,
    zoned: true,
  };
}

const POWERS_OF_TEN = Array.from({ length: 10 }, (_, power) => 10 ** power);

/** The number that the digits of text[start, end) make; NaN when there is anything else. */
function digits(text: string, start: number, end: number): number {
  let value = 0;
  for (let index = start; index < end; index += 1) {
    const digit = text.charCodeAt(index) - 0x30;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

function parseAnyTime(text: string): EventTime | null {
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
