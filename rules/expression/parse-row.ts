import type { FormatName, Operand, ParseableAs, Predicate, Span } from '#model/predicate.ts';

import { parseRegex } from '../regex/parse.ts';
import { nearest } from '../spelling.ts';
import type { Token } from './lex.ts';
import { parseJsonSchema } from './parse-json.ts';
import { parseLiterals } from './parse-names.ts';
import { PARSEABLE } from './parseable.ts';
import { jointLevel, type RawValue, toOperand } from './raw-value.ts';
import type { Statement } from './statement.ts';
import { timePattern } from './time-pattern.ts';
import { join, type TokenReader } from './tokens.ts';
import { FORMATS } from './vocabulary.ts';

/** `status in ('paid', 'open')`. */
export function parseIn(reader: TokenReader, subject: RawValue, negated: boolean): Statement {
  reader.advance();
  refuseWhole(reader, subject, 'in', 'For a measure write between a and b, or several checks.');
  const { values, end } = parseLiterals(reader);
  const span = join(subject.span, end.span);
  return { level: 'rows', predicate: { type: 'in', negated, operand: toOperand(subject), values, span } };
}

/** `email matches '^[^@]+@[^@]+$'`, `name like 'A%'`; the current token is the word. */
export function parseTextMatch(reader: TokenReader, subject: RawValue, negated: boolean): Statement {
  const type = reader.advance().text.toLowerCase() === 'like' ? 'like' : 'matches';
  refuseWhole(reader, subject, type, 'Name a column of texts.');
  if (type === 'matches' && reader.isWord('json_schema'))
    return { level: 'rows', predicate: parseJsonSchema(reader, toOperand(subject), negated) };
  const pattern = reader.current;
  if (pattern.kind !== 'text')
    return reader.fail(
      'a pattern in single quotes',
      type === 'like' ? "For example: name like 'A%'." : "For example: sku matches '^[A-Z]{3}-[0-9]+$'.",
    );
  reader.advance();
  if (type === 'matches') refuseRegex(reader, pattern);
  const operand = toOperand(subject);
  const span = join(subject.span, pattern.span);
  return { level: 'rows', predicate: { type, negated, operand, pattern: pattern.text, span } };
}

/** A regular expression that not every engine can be given with one meaning, or that could run for very long. */
function refuseRegex(reader: TokenReader, { text, span }: Token): void {
  const parsed = parseRegex(text);
  if (parsed.status === 'ok') return;
  // Each quote before the place stands twice in the check's text.
  const quotes = text.slice(0, parsed.offset).split("'").length - 1;
  const offset = span.offset + 1 + parsed.offset + quotes;
  const inside = Math.min(offset, span.offset + span.length - 1);
  reader.problem({ offset: inside, length: 1 }, parsed.message, parsed.mend);
}

/** `is null`, `is not null`, `is email`, `is not email`; the current token is `is`. */
export function parseIs(reader: TokenReader, subject: RawValue, before: boolean): Statement {
  if (before) reader.fail('between, in, like or matches', 'Write is not null.');
  reader.advance();
  refuseWhole(reader, subject, 'is', 'Compare a measure with a number.');
  const negated = reader.takeWord('not') !== null;
  const operand = toOperand(subject);
  const word = reader.current;
  const span = join(subject.span, word.span);
  if (reader.takeWord('null'))
    return { level: 'rows', predicate: { type: 'is_null', negated, operand, span } };
  if (reader.isWord('parseable')) return parseParseable(reader, subject, negated);
  const place = PLACES.find(([name]) => reader.isWord(name));
  if (place !== undefined) {
    reader.advance();
    return { level: 'rows', predicate: placeOn(operand, place[1], negated, span) };
  }
  const format = FORMATS.find((known) => reader.isWord(known));
  if (format === undefined) return noFormat(reader);
  reader.advance();
  return { level: 'rows', predicate: { type: 'is_format', negated, operand, format, span } };
}

/** `latitude is latitude` is another way to write `latitude between -90 and 90`. */
const PLACES = [
  ['latitude', 90],
  ['longitude', 180],
] as const;

function placeOn(operand: Operand, most: number, negated: boolean, span: Span): Predicate {
  const end = (value: number): Operand => ({ type: 'number', value, span });
  const ends = { low: end(-most), high: end(most), lowOpen: false, highOpen: false };
  return { type: 'between', negated, operand, ...ends, span };
}

/** `born is parseable as date '%d.%m.%Y'`; the current token is `parseable`. */
function parseParseable(reader: TokenReader, subject: RawValue, negated: boolean): Statement {
  reader.advance();
  reader.expectWord('as', 'For example: amount is parseable as number.');
  const word = reader.current;
  const as = PARSEABLE.find((known) => reader.isWord(known)) ?? noKind(reader);
  reader.advance();
  const token = reader.current;
  const timed = (as === 'date' || as === 'timestamp') && token.kind === 'text';
  if (timed) {
    reader.advance();
    refuseTimePattern(reader, token);
  }
  const span = join(subject.span, timed ? token.span : word.span);
  const pattern = timed ? token.text : null;
  const operand = toOperand(subject);
  return { level: 'rows', predicate: { type: 'is_parseable', negated, operand, as, pattern, span } };
}

function refuseTimePattern(reader: TokenReader, { text, span }: Token): void {
  const read = timePattern(text);
  if (read.status === 'ok') {
    const whole = parseRegex(read.regex);
    if (whole.status === 'error') reader.problem(span, 'The pattern is too long', 'Shorten it.');
    return;
  }
  const { offset, length, message, mend } = read.problem;
  const quotes = text.slice(0, offset).split("'").length - 1;
  reader.problem({ offset: span.offset + 1 + offset + quotes, length }, message, mend);
}

const KIND_SYNONYMS: Readonly<Record<string, ParseableAs>> = {
  int: 'integer',
  bigint: 'integer',
  decimal: 'number',
  float: 'number',
  double: 'number',
  numeric: 'number',
  bool: 'boolean',
  datetime: 'timestamp',
  iso_date: 'date',
  iso_timestamp: 'timestamp',
  guid: 'uuid',
};

function noKind(reader: TokenReader): never {
  const token = reader.current;
  const word = token.text.toLowerCase();
  const synonym = Object.hasOwn(KIND_SYNONYMS, word) ? KIND_SYNONYMS[word] : undefined;
  const meant = token.kind === 'word' ? (synonym ?? nearest(word, PARSEABLE)) : null;
  return reader.fail(
    'what it is parseable as',
    meant === null ? `Values are parseable as ${PARSEABLE.join(', ')}.` : `Did you mean ${meant}?`,
  );
}

const FORMAT_SYNONYMS: Readonly<Record<string, FormatName | 'latitude' | 'longitude'>> = {
  guid: 'uuid',
  date: 'iso_date',
  timestamp: 'iso_timestamp',
  datetime: 'iso_timestamp',
  uri: 'url',
  country: 'iso_country',
  currency: 'iso_currency',
  phone_number: 'phone',
  number: 'decimal',
  int: 'integer',
  ip: 'ipv4',
  lat: 'latitude',
  lon: 'longitude',
  lng: 'longitude',
};

function noFormat(reader: TokenReader): never {
  const token = reader.current;
  const word = token.text.toLowerCase();
  const synonym = Object.hasOwn(FORMAT_SYNONYMS, word) ? FORMAT_SYNONYMS[word] : undefined;
  const meant =
    token.kind === 'word'
      ? (synonym ?? nearest(word, [...FORMATS, 'null', 'parseable', 'latitude', 'longitude']))
      : null;
  return reader.fail(
    'null or the name of a format',
    meant === null
      ? `The formats are ${FORMATS.join(', ')}; beside them there is parseable as ….`
      : `Did you mean ${meant}?`,
  );
}

function refuseWhole(reader: TokenReader, subject: RawValue, word: string, mend: string): void {
  if (jointLevel([subject]) !== 'row')
    reader.problem(subject.span, `${word} is said of a row's values, and this is none`, mend);
}
