import type { EventTime } from './event-time.ts';
import { uuidFromHex, type Uuid } from './ids.ts';

/** The kinds of event in the order in which they count when stated for the same instant (openlineage run cycle). */
export const EVENT_KINDS = ['START', 'RUNNING', 'OTHER', 'COMPLETE', 'ABORT', 'FAIL'] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/**
 * A key by which any two events are ordered: (event time, kind, event id), packed into 16 bytes and
 * written as a UUID, so that JavaScript strings and Postgres' uuid compare alike. Two collectors that see the
 * same events in any order agree on it.
 *
 * Layout: 48 bits milliseconds since 1900, 20 bits nanoseconds within the millisecond, 4 bits kind, 56
 * bits of the event's id.
 */
export type OrderKey = Uuid;

const EPOCH_1900 = 2_208_988_800_000;

/** Below every real key. */
export const LOWEST_KEY: OrderKey = '00000000-0000-0000-0000-000000000000';

/** Above every real key. */
export const HIGHEST_KEY: OrderKey = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** Packs a key; eventId is the event's own UUID (model/ids.ts). */
export function orderKey(time: EventTime, kind: EventKind, eventId: Uuid): OrderKey {
  const milliseconds = hexadecimal(
    Math.min(Math.max(time.milliseconds + EPOCH_1900, 0), 2 ** 48 - 1),
    2 ** 48,
  );
  const rest = hexadecimal(time.nanoseconds * 16 + EVENT_KINDS.indexOf(kind), 2 ** 24);
  return `${milliseconds.slice(0, 8)}-${milliseconds.slice(8)}-${rest.slice(0, 4)}-${rest.slice(4)}${eventId.slice(0, 2)}-${eventId.slice(2, 8)}${eventId.slice(9, 13)}${eventId.slice(14, 16)}`;
}

/** A whole number below `limit`, a power of 16, with all its leading zeros. */
function hexadecimal(value: number, limit: number): string {
  return (value + limit).toString(16).slice(1);
}

/** Below every key of that millisecond and above every key of one before. */
export function lowestKeyAt(at: Date): OrderKey {
  return orderKey({ milliseconds: at.getTime(), nanoseconds: 0, zoned: true }, 'START', LOWEST_KEY);
}

/** The kind that a key was made with. */
export function kindOfKey(key: OrderKey): EventKind {
  return EVENT_KINDS[Number.parseInt(key.charAt(20), 16)] ?? 'OTHER';
}

/** The event time of a key, to the millisecond. */
export function timeOfKey(key: OrderKey): Date {
  return new Date(Number.parseInt(key.slice(0, 8) + key.slice(9, 13), 16) - EPOCH_1900);
}

/** Where the event of a key stands in the raw log: its time, exact to the microsecond, and the range that its id is in. */
export interface EventPlace {
  /** To the millisecond. */
  readonly at: Date;
  /** Within that millisecond. */
  readonly microseconds: number;
  readonly from: Uuid;
  readonly to: Uuid;
}

/** A key holds 56 of an event id's 128 bits: enough to find it among the events of one microsecond. */
export function eventOfKey(key: OrderKey): EventPlace {
  const digits = key.replaceAll('-', '');
  const id = digits.slice(18);
  const whole = (fill: string): Uuid => uuidFromHex(id.padEnd(32, fill));
  return {
    at: timeOfKey(key),
    microseconds: Math.floor(Number.parseInt(digits.slice(12, 17), 16) / 1000),
    from: whole('0'),
    to: whole('f'),
  };
}
