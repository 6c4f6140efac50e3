import type { ParseableAs } from '#model/predicate.ts';

import { timePattern } from './time-pattern.ts';

/** What a text can be read as, in the order in which messages list it. */
export const PARSEABLE: readonly ParseableAs[] = [
  'number',
  'integer',
  'boolean',
  'date',
  'timestamp',
  'uuid',
  'json',
];

const DATE = '%Y-%m-%d';
const CLOCK = '(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]{1,9})?)?';
const ZONE = '(?:Z|[+-](?:[01][0-9]|2[0-3]):?[0-5][0-9])?';

/**
 * The texts that can be read so, as a regular expression of the portable subset for the whole text; null for
 * JSON, which none describes. Unlike a format it says that a value is there: a date is one of the calendar.
 * Spaces around a value are no part of it: `trim(c) is parseable as number`.
 */
export function parseablePattern(as: ParseableAs, pattern: string | null): string | null {
  switch (as) {
    case 'number':
      return '^[+-]?(?:[0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?$';
    case 'integer':
      return '^[+-]?[0-9]+$';
    case 'boolean':
      return '^(?:true|false|True|False|TRUE|FALSE)$';
    case 'uuid':
      return '^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$';
    case 'date':
      return regexOf(pattern ?? DATE);
    case 'timestamp':
      return pattern === null ? `${regexOf(DATE).slice(0, -1)}[T ]${CLOCK}${ZONE}$` : regexOf(pattern);
    default:
      return null;
  }
}

function regexOf(pattern: string): string {
  const read = timePattern(pattern);
  // What the parser took can be written.
  if (read.status === 'error') throw new RangeError(read.problem.message);
  return read.regex;
}
