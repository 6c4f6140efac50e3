import type { AlertEvent } from '#model/alert.ts';
import type { Uuid } from '#model/ids.ts';
import { mismatch, type Matcher } from './matcher.ts';
import type { MaintenanceWindow } from './routing.ts';
import { covers, endOf } from './time-window.ts';

/** Somebody's word that alerts need not call: always with an author, a reason and an end. */
export interface Silence {
  readonly id: Uuid;
  readonly match: Matcher;
  readonly author: string;
  readonly comment: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
}

/** Why an alert calls nobody, and until when. */
export interface Mute {
  readonly silence: Uuid | null;
  readonly until: Date;
  readonly because: string;
}

/** The silence or maintenance window that holds an alert now, the one that lasts longest; null when none does. */
export function muteOf(
  event: AlertEvent,
  silences: readonly Silence[],
  maintenance: readonly MaintenanceWindow[],
  now: Date,
): Mute | null {
  const mutes: Mute[] = [];
  for (const silence of silences) {
    if (silence.startsAt > now || silence.endsAt <= now) continue;
    if (mismatch(silence.match, event, now) !== null) continue;
    mutes.push({
      silence: silence.id,
      until: silence.endsAt,
      because: `${silence.author} silenced it until ${minuteText(silence.endsAt)}: ${silence.comment}`,
    });
  }
  for (const { name, match, windows, reason } of maintenance) {
    const open = windows.find((window) => covers(window, now));
    if (open === undefined || mismatch(match, event, now) !== null) continue;
    const until = endOf(open, now);
    mutes.push({
      silence: null,
      until,
      because: `maintenance ${name} lasts until ${minuteText(until)}: ${reason}`,
    });
  }
  return mutes.toSorted((a, b) => b.until.getTime() - a.until.getTime())[0] ?? null;
}

/** `2026-03-29 07:00 UTC`. */
export function minuteText(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
