import type { LandedBy } from '#model/expression.ts';

import { isTimeZone } from './time-zone.ts';
import { ALL_WEEKDAYS, readWeekday, weekdayRange } from './weekdays.ts';
import { join, type TokenReader } from './tokens.ts';

const EXAMPLE = "For example: landed_by '06:30 Europe/Berlin' on mon-fri.";
const TEXT = /^\s*([01]?\d|2[0-3]):([0-5]\d)\s+(\S+)\s*$/;

/** `landed_by 'HH:MM zone' ["same" "day"] ["on" days]`; the current token is `landed_by`. */
export function parseDeadline(reader: TokenReader): LandedBy {
  const word = reader.advance();
  const text = reader.current;
  if (text.kind !== 'text') return reader.fail('a time and a zone in single quotes', EXAMPLE);
  reader.advance();
  const [, hour, minutes, zone] = TEXT.exec(text.text) ?? [];
  if (hour === undefined || minutes === undefined || zone === undefined)
    return reader.problem(text.span, `'${text.text}' is not a time of day with its zone`, EXAMPLE);
  if (!isTimeZone(zone))
    reader.problem(
      text.span,
      `${zone} is not a time zone`,
      'Name one of the IANA database, such as Europe/Berlin, Asia/Tokyo or UTC.',
    );
  const sameDay = reader.isWord('same') && reader.isWord('day', 1);
  const same = sameDay ? (reader.advance(), reader.advance()) : null;
  const days = parseWeekdays(reader);
  const end = days?.end ?? same ?? text;
  const minute = Number(hour) * 60 + Number(minutes);
  const weekdays = days?.weekdays ?? ALL_WEEKDAYS;
  return { type: 'landed_by', minute, zone, sameDay, weekdays, span: join(word.span, end.span) };
}

/** `on mon-fri, sun`; null when `on` is followed by something else, such as a scope. */
function parseWeekdays(
  reader: TokenReader,
): { weekdays: readonly number[]; end: TokenReader['current'] } | null {
  const ahead = reader.at(1);
  if (!reader.isWord('on') || ahead.kind !== 'word' || readWeekday(ahead.text) === null) return null;
  reader.advance();
  const found = new Set<number>();
  let end = reader.current;
  do {
    const first = takeWeekday(reader);
    end = first.token;
    let last = first;
    if (reader.takeSymbol('-')) {
      last = takeWeekday(reader);
      end = last.token;
    }
    for (const day of weekdayRange(first.day, last.day)) found.add(day);
  } while (reader.takeSymbol(','));
  return { weekdays: [...found].toSorted((a, b) => a - b), end };
}

function takeWeekday(reader: TokenReader): { day: number; token: TokenReader['current'] } {
  const token = reader.current;
  const day = token.kind === 'word' ? readWeekday(token.text) : null;
  if (day === null) return reader.fail('a day of the week', EXAMPLE);
  reader.advance();
  return { day, token };
}
