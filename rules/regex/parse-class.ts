import { complement, normalise } from './code-points.ts';
import type { PatternReader } from './pattern-reader.ts';
import { RegexError } from './problem.ts';
import type { CodePointRange, RegexNode } from './tree.ts';

/** What the engines that know set operations read as one. */
const OPERATIONS = ['&&', '--', '||', '~~'];

/** Reads what follows a `[` up to its `]`. */
export function parseClass(reader: PatternReader): RegexNode {
  const start = reader.offset - 1;
  const negated = reader.take('^');
  const ranges: CodePointRange[] = [];
  let first = true;
  while (!reader.take(']') || (first && misplacedBracket(reader))) {
    if (reader.ended)
      throw new RegexError(
        start,
        'The bracket [ is not closed',
        'Close it with ], or write \\[ for a bracket.',
      );
    ranges.push(...member(reader, first));
    first = false;
  }
  const members = normalise(ranges);
  const set = negated ? complement(members) : members;
  if (set.length === 0)
    throw new RegexError(
      start,
      'The class holds every character, so its opposite holds none',
      'Remove the class.',
    );
  return { type: 'set', ranges: set, offset: start };
}

function misplacedBracket(reader: PatternReader): never {
  throw new RegexError(
    reader.offset - 1,
    'Some engines read a ] at the beginning of a class as a character, others as its end',
    'Write \\] for a bracket.',
  );
}

/** One character, escape or range. */
function member(reader: PatternReader, first: boolean): readonly CodePointRange[] {
  const offset = reader.offset;
  for (const operation of OPERATIONS)
    if (reader.follows(operation))
      throw new RegexError(
        offset,
        `Some engines read ${operation} in a class as an operation`,
        `Write ${operation.replaceAll(/./g, '\\$&')} for the characters.`,
      );
  if (reader.follows('['))
    throw new RegexError(
      offset,
      reader.follows('[:') || reader.follows('[.') || reader.follows('[=')
        ? 'Named classes like [:alpha:] mean other characters elsewhere, or nothing'
        : 'Some engines read a [ in a class as another class',
      'Write the ranges out, like A-Za-z, or \\[ for a bracket.',
    );
  if (reader.take('-')) return hyphen(reader, offset, first);
  const low = reader.take('\\') ? reader.escape(true) : reader.codePoint();
  if (!reader.follows('-') || reader.follows('-]'))
    return typeof low === 'number' ? [{ low, high: low }] : low;
  reader.take('-');
  const high = reader.take('\\') ? reader.escape(true) : endOfRange(reader, offset);
  if (typeof low !== 'number' || typeof high !== 'number')
    throw new RegexError(
      offset,
      'A range goes from one character to another, not to a class',
      'Put a hyphen that is meant last in the brackets, or write \\-.',
    );
  if (low > high)
    throw new RegexError(
      offset,
      'The range ends before it begins',
      `Write ${reader.slice(offset)} the other way round.`,
    );
  return [{ low, high }];
}

function hyphen(reader: PatternReader, offset: number, first: boolean): readonly CodePointRange[] {
  if (!first && !reader.follows(']'))
    throw new RegexError(
      offset,
      'This hyphen is neither between two characters nor at an end of the class',
      'Write \\- for a hyphen.',
    );
  return [{ low: 45, high: 45 }];
}

function endOfRange(reader: PatternReader, offset: number): number {
  if (reader.follows('[') || reader.follows('-'))
    throw new RegexError(offset, 'The range has no clear end', 'Write \\[ or \\- for the character itself.');
  return reader.codePoint();
}
