import type { AlertEvent } from '#model/alert.ts';
import type { Uuid } from '#model/ids.ts';
import type { DueAlertRow, StoredAlert, StoredTold } from '#store/alert-incidents.ts';
import type { SilenceRow } from '#store/alert-silences.ts';
import type { AlertRecord, Told } from './alert-record.ts';
import { MATCH_FIELDS, type MatchField } from './matcher.ts';
import type { Receiver } from './routing.ts';
import type { Silence } from './silence.ts';

/** An alert as the store gives it, with its times. */
export function alertOf(stored: StoredAlert): AlertEvent {
  return {
    ...stored,
    startsAt: new Date(stored.startsAt),
    updatedAt: new Date(stored.updatedAt),
    validUntil: new Date(stored.validUntil),
  };
}

export function recordOf({ event, planned_version: plannedVersion, told }: DueAlertRow): AlertRecord {
  return {
    event: alertOf(event),
    plannedVersion,
    told: told.map(({ channel, recipient, since, at, ...one }) => ({
      ...one,
      receiver: receiverOfRow({ channel, recipient }),
      since: new Date(since),
      at: new Date(at),
    })),
  };
}

export function toldRow(
  incident: Uuid,
  { receiver, since, at, ...one }: Told,
): StoredTold & { incident_id: Uuid } {
  return {
    ...one,
    ...rowOf(receiver),
    incident_id: incident,
    since: since.toISOString(),
    at: at.toISOString(),
  };
}

/** A receiver in the store: '' is the channel's own default. */
export function rowOf({ channel, recipient }: Receiver): { channel: string; recipient: string } {
  return { channel, recipient: recipient ?? '' };
}

export function receiverOfRow(row: { readonly channel: string; readonly recipient: string }): Receiver {
  return { channel: row.channel, recipient: row.recipient === '' ? null : row.recipient };
}

export function silenceOf(row: SilenceRow): Silence {
  const fields: Partial<Record<MatchField, readonly string[]>> = {};
  for (const field of MATCH_FIELDS) if (row.match[field] !== undefined) fields[field] = row.match[field];
  return {
    id: row.id,
    match: { fields, time: null },
    author: row.author,
    comment: row.comment,
    startsAt: row.starts_at,
    endsAt: row.ends_at,
  };
}
