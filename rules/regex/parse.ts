import { NOT_LINE_FEED } from './code-points.ts';
import { judgeAmbiguity } from './ambiguity.ts';
import { MAX_DEPTH, MAX_LENGTH, MAX_REPEAT } from './limits.ts';
import { parseClass } from './parse-class.ts';
import { PatternReader } from './pattern-reader.ts';
import { RegexError } from './problem.ts';
import { consumes, simplify, trimForSearch } from './simplify.ts';
import type { ParsedRegex, RegexNode } from './tree.ts';

/**
 * Reads a regular expression of the subset that PostgreSQL, MySQL and MariaDB, StarRocks, ClickHouse, Spark,
 * Trino and DuckDB can all be given with one meaning: characters, `.` (all but the line feed), classes, `\d \w
 * \s` (ASCII), `^ $` (the whole text's ends), groups, alternatives, and repetition up to {255}. It is found
 * anywhere in a text unless anchored, and tells capitals from small letters. What an engine that backtracks
 * could run for very long on is refused (ambiguity.ts).
 */
export function parseRegex(pattern: string): ParsedRegex {
  try {
    const written = read(pattern);
    const growth = judgeAmbiguity(written);
    return { status: 'ok', regex: { source: pattern, tree: trimForSearch(written), growth } };
  } catch (error) {
    if (error instanceof RegexError)
      return { status: 'error', offset: error.offset, message: error.message, mend: error.mend };
    throw error;
  }
}

function read(pattern: string): RegexNode {
  if (pattern.length > MAX_LENGTH)
    throw new RegexError(
      MAX_LENGTH,
      `The expression has ${pattern.length} characters, at most ${MAX_LENGTH} are taken`,
      'Split it into several checks.',
    );
  if (pattern === '')
    throw new RegexError(0, 'The expression is empty', 'Write what the text must contain, like ^[a-z]+$.');
  const reader = new PatternReader(pattern);
  const tree = alternatives(reader, 0);
  if (!reader.ended)
    throw new RegexError(reader.offset, 'This ) closes no group', 'Write \\) for a bracket.');
  return simplify(tree);
}

function alternatives(reader: PatternReader, depth: number): RegexNode {
  if (depth > MAX_DEPTH)
    throw new RegexError(
      reader.offset,
      `Groups are nested more than ${MAX_DEPTH} deep`,
      'Write fewer groups.',
    );
  const branches = [sequence(reader, depth)];
  while (reader.take('|')) branches.push(sequence(reader, depth));
  const [only] = branches;
  return branches.length === 1 && only ? only : { type: 'alternation', items: branches };
}

function sequence(reader: PatternReader, depth: number): RegexNode {
  const items: RegexNode[] = [];
  while (!reader.ended && !reader.follows('|') && !reader.follows(')')) items.push(quantified(reader, depth));
  return { type: 'sequence', items };
}

function quantified(reader: PatternReader, depth: number): RegexNode {
  const start = reader.offset;
  const item = atom(reader, depth);
  const place = reader.offset;
  const bounds = quantifier(reader);
  if (bounds === null) return item;
  const written = reader.slice(place);
  if (!consumes(item))
    throw new RegexError(start, `${written} repeats what stands for no character`, `Remove the ${written}.`);
  if (reader.follows('+'))
    throw new RegexError(
      reader.offset,
      'Possessive repetition is known to some engines only',
      'Remove the +: expressions that would need it are refused anyway.',
    );
  // Lazy or greedy: whether the expression occurs in the text is the same.
  reader.take('?');
  if (/[*+?]/.test(reader.follows('{') ? '*' : (reader.match(/[*+?]/y)?.[0] ?? '')))
    throw new RegexError(
      place,
      'Something repeated is repeated again',
      'Write one of *, +, ? and {2,5} only.',
    );
  return { type: 'repeat', item, ...bounds };
}

interface Bounds {
  readonly min: number;
  readonly max: number | null;
}

function quantifier(reader: PatternReader): Bounds | null {
  if (reader.take('*')) return { min: 0, max: null };
  if (reader.take('+')) return { min: 1, max: null };
  if (reader.take('?')) return { min: 0, max: 1 };
  if (!reader.follows('{')) return null;
  const start = reader.offset;
  const found = reader.match(/\{(\d{1,9})(,(\d{1,9})?)?\}/y);
  if (!found)
    throw new RegexError(
      start,
      'Engines read this { differently',
      'Write {2}, {2,} or {0,5} to repeat, or \\{ for the character.',
    );
  const min = Number(found[1]);
  const max = found[2] === undefined ? min : found[3] === undefined ? null : Number(found[3]);
  if (Math.max(min, max ?? 0) > MAX_REPEAT)
    throw new RegexError(
      start,
      `${found[0]} repeats more than ${MAX_REPEAT} times, which not all engines can`,
      `Write at most {${MAX_REPEAT}}, or + for any number; length(column) checks lengths.`,
    );
  if (max !== null && min > max)
    throw new RegexError(start, `${found[0]} ends before it begins`, `Write {${max},${min}}.`);
  if (max === 0) throw new RegexError(start, `${found[0]} never occurs`, 'Remove what it repeats.');
  return { min, max };
}

function atom(reader: PatternReader, depth: number): RegexNode {
  const start = reader.offset;
  if (reader.take('(')) return group(reader, start, depth);
  if (reader.take('[')) return parseClass(reader);
  if (reader.take('.')) return { type: 'set', ranges: NOT_LINE_FEED, offset: start };
  if (reader.take('^')) return { type: 'start' };
  if (reader.take('$')) return { type: 'end' };
  if (reader.follows(']') || reader.follows('}'))
    throw new RegexError(
      start,
      'This bracket closes nothing',
      'Put a backslash before it for the character.',
    );
  if (/^[*+?{]$/.test(reader.match(/(?=([*+?{]))/y)?.[1] ?? ''))
    throw new RegexError(
      start,
      'There is nothing before this to repeat',
      'Put a backslash before it for the character.',
    );
  const read = reader.take('\\') ? reader.escape(false) : reader.codePoint();
  return {
    type: 'set',
    ranges: typeof read === 'number' ? [{ low: read, high: read }] : read,
    offset: start,
  };
}

function group(reader: PatternReader, start: number, depth: number): RegexNode {
  if (!reader.take('?:') && reader.follows('?')) throw new RegexError(start, ...specialGroup(reader));
  if (reader.follows('*'))
    throw new RegexError(
      start,
      'Verbs of backtracking are known to one engine only',
      'Write \\* for a star.',
    );
  const inner = alternatives(reader, depth + 1);
  if (!reader.take(')'))
    throw new RegexError(start, 'The group ( is not closed', 'Close it with ), or write \\( for a bracket.');
  return inner;
}

function specialGroup(reader: PatternReader): readonly [string, string] {
  if (reader.match(/\?(?:<?[=!])/y))
    return [
      'Looking ahead or behind is refused: not all engines can',
      "Write two conditions, like: c matches '^a' and not c matches 'b$'.",
    ];
  if (reader.match(/\?(?:P?<|')/y)) return ['Groups have no names here', 'Write ( alone.'];
  if (reader.match(/\?>/y)) return ['Atomic groups are known to some engines only', 'Write ( alone.'];
  if (reader.match(/\?[a-zA-Z^-]+[:)]/y))
    return [
      'Flags inside the expression are refused: engines disagree about them',
      'Write both cases, like [Aa], or compare lower(column).',
    ];
  return ['Not all engines know this kind of group', 'Write ( or (?: to group.'];
}
