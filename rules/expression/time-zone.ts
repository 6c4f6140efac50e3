const NAME = /^[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+)*$/;

/** True of names of the IANA database; offsets such as +02:00 are none, because they know no summer. */
export function isTimeZone(zone: string): boolean {
  return NAME.test(zone) && formatterOf(zone) !== null;
}

/**
 * The instant of a local time of day. A time that a change of clocks leaves out is as much later as the clock
 * jumps; of one that comes twice it is the first.
 * @param day any instant whose UTC date is the local day meant
 * @param minute minutes after local midnight
 */
export function localInstant(day: Date, minute: number, zone: string): Date {
  const wanted = Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate(), 0, minute);
  const before = offsetAt(wanted - 86_400_000, zone);
  const after = offsetAt(wanted + 86_400_000, zone);
  const early = wanted - Math.max(before, after);
  const late = wanted - Math.min(before, after);
  if (early + offsetAt(early, zone) === wanted) return new Date(early);
  if (late + offsetAt(late, zone) === wanted) return new Date(late);
  // The time does not exist that day: with the offset before the jump it lies as far behind it.
  return new Date(wanted - before);
}

/** The calendar day of an instant in a zone, as midnight UTC of that date. */
export function localDay(at: Date, zone: string): Date {
  const local = new Date(at.getTime() + offsetAt(at.getTime(), zone));
  return new Date(Date.UTC(local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate()));
}

/** Milliseconds that the zone's clock is ahead of UTC. */
function offsetAt(instant: number, zone: string): number {
  const format = formatterOf(zone);
  if (format === null) throw new RangeError(`${zone} is not a time zone`);
  const parts = new Map(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
  const local = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
  return local - Math.floor(instant / 1000) * 1000;
}

/** Making a formatter takes long, and contracts name few zones. */
const FORMATTERS = new Map<string, Intl.DateTimeFormat | null>();
const MAX_FORMATTERS = 1000;

function formatterOf(zone: string): Intl.DateTimeFormat | null {
  const known = FORMATTERS.get(zone);
  if (known !== undefined) return known;
  const made = makeFormatter(zone);
  if (FORMATTERS.size >= MAX_FORMATTERS) FORMATTERS.clear();
  FORMATTERS.set(zone, made);
  return made;
}

function makeFormatter(timeZone: string): Intl.DateTimeFormat | null {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
