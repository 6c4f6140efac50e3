import { createHash, randomBytes } from 'node:crypto';

const RANDOM_BITS = 74n;
const VERSION_7 = 0x7n << 76n;
const VARIANT_10 = 0x2n << 62n;

let lastMillis = 0n;
let lastRandom = 0n;

/**
 * A new UUIDv7 (RFC 9562). Within this process those made for "now" always increase, also inside one
 * millisecond and when the clock steps back. With an `instant` only its millisecond orders them.
 */
export function generateNewUuid(instant?: Date): string {
  if (instant !== undefined) return layOut(BigInt(instant.getTime()), random74());
  const millis = BigInt(Date.now());
  if (millis > lastMillis) {
    lastMillis = millis;
    lastRandom = random74();
  } else {
    lastRandom += 1n + BigInt(randomBytes(4).readUInt32BE());
    if (lastRandom >> RANDOM_BITS !== 0n) {
      lastMillis += 1n;
      lastRandom = random74();
    }
  }
  return layOut(lastMillis, lastRandom);
}

/**
 * The UUID that the Python client's `generate_static_uuid` gives for the same instant and data, bit for
 * bit; Airflow makes its run ids with it. (The Java client's function of that name gives other values.)
 * @param instant ISO 8601 with an offset and up to microseconds, or a Date (milliseconds only)
 * @throws {RangeError} when the instant is no such time
 */
export function generateStaticUuid(instant: string | Date, data: string | Uint8Array): string {
  const { seconds, micros } = typeof instant === 'string' ? parseInstant(instant) : fromDate(instant);
  const digest = createHash('sha1').update(pythonIsoFormat(seconds, micros)).update(data).digest('hex');
  // Python computes the milliseconds in floating point and truncates; the same two roundings here.
  const millis = Math.trunc(((seconds * 1_000_000 + micros) / 1_000_000) * 1000);
  // The first 76 bits of the hash fill the low 80; version and variant are stamped over them.
  const node = BigInt(`0x${digest}`) >> 84n;
  const low = (node & ~(0xfn << 76n) & ~(0x3n << 62n)) | VERSION_7 | VARIANT_10;
  return format((BigInt.asUintN(48, BigInt(millis)) << 80n) | low);
}

function layOut(millis: bigint, random: bigint): string {
  const high = random >> 62n;
  const low = random & ((1n << 62n) - 1n);
  return format((BigInt.asUintN(48, millis) << 80n) | VERSION_7 | (high << 64n) | VARIANT_10 | low);
}

function random74(): bigint {
  return BigInt(`0x${randomBytes(10).toString('hex')}`) >> 6n;
}

function format(value: bigint): string {
  const hex = value.toString(16).padStart(32, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

interface Instant {
  /** Whole seconds since 1970 in UTC, rounded down. */
  readonly seconds: number;
  /** 0 to 999 999. */
  readonly micros: number;
}

const ISO_INSTANT =
  /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(Z|[+-]\d\d(?::?\d\d)?)$/i;

function parseInstant(text: string): Instant {
  const match = ISO_INSTANT.exec(text.trim());
  const [, day = '', time = '', second = '00', fraction = '', offset = ''] = match ?? [];
  const whole = match === null ? Number.NaN : Date.parse(`${day}T${time}:${second}${padOffset(offset)}`);
  if (Number.isNaN(whole) || !isCalendarDay(day)) {
    throw new RangeError(
      `The instant "${text}" is not an ISO 8601 time with an offset, such as 2024-01-01T12:34:56.789123+00:00.`,
    );
  }
  return { seconds: whole / 1000, micros: Number(fraction.padEnd(6, '0').slice(0, 6)) };
}

/** Date.parse lets 30 February pass as 1 March. */
function isCalendarDay(day: string): boolean {
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
}

function padOffset(offset: string): string {
  if (offset.toUpperCase() === 'Z') return 'Z';
  const digits = offset.slice(1).replace(':', '').padEnd(4, '0');
  return `${offset.slice(0, 1)}${digits.slice(0, 2)}:${digits.slice(2)}`;
}

function fromDate(instant: Date): Instant {
  const millis = instant.getTime();
  if (Number.isNaN(millis)) throw new RangeError('The instant is an invalid Date.');
  const seconds = Math.floor(millis / 1000);
  return { seconds, micros: (millis - seconds * 1000) * 1000 };
}

/** `datetime.isoformat()` of a UTC time: no fraction when it is zero, else six digits. */
function pythonIsoFormat(seconds: number, micros: number): string {
  const upToSeconds = new Date(seconds * 1000).toISOString().slice(0, 19);
  const fraction = micros === 0 ? '' : `.${String(micros).padStart(6, '0')}`;
  return `${upToSeconds}${fraction}+00:00`;
}
