const QUARTER_MS = 15 * 60_000;
/** Clocks of a cluster and of this machine may differ by so much. */
const SKEW_MS = 5 * 60_000;

/** Milliseconds since 1970 of a time of the cluster, whose clock is `offsetMinutes` ahead of UTC; null: no time. */
export function clusterTime(text: string | null, offsetMinutes: number): number | null {
  const match = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?$/.exec(text ?? '');
  if (!match) return null;
  const whole = Date.parse(`${match[1]}T${match[2]}Z`);
  if (Number.isNaN(whole)) return null;
  return whole + Number((match[3] ?? '').padEnd(3, '0').slice(0, 3)) - offsetMinutes * 60_000;
}

/**
 * How far ahead of UTC the cluster writes its times. Releases differ in whether they heed the session's zone, but
 * nothing was created in the future: times that lie there are written in a zone to the east, of whole quarters.
 */
export function offsetOf(times: readonly (string | null)[], known: number, now: number): number {
  let offset = known;
  for (const text of times) {
    const at = clusterTime(text, offset);
    if (at !== null && at > now + SKEW_MS)
      offset += Math.ceil((at - now - SKEW_MS) / QUARTER_MS) * (QUARTER_MS / 60_000);
  }
  return offset;
}
