import type { Span } from '#model/predicate.ts';

import { nearest } from '../spelling.ts';
import { looksLikeColumns } from './bracket.ts';
import { COMPARISONS } from './comparisons.ts';
import { parseReferences } from './parse-reference.ts';
import { parseNotAnomalous } from './parse-anomalous.ts';
import { parseBetween, parseComparison, parseWithin } from './parse-measure.ts';
import { parseColumns } from './parse-names.ts';
import { parsePlace } from './parse-place.ts';
import { parseBox, parseComplete } from './parse-shorthand.ts';
import { parseIn, parseIs, parseTextMatch } from './parse-row.ts';
import { parseShape } from './parse-shape.ts';
import { parseValue } from './parse-value.ts';
import type { RawValue } from './raw-value.ts';
import type { Statement } from './statement.ts';
import { join, type TokenReader } from './tokens.ts';

/** One condition without and, or, not: a shape (`unique(a)`), or a value and what must hold of it. */
export function parseLeaf(reader: TokenReader, depth: number): Statement {
  if (reader.current.kind === 'end') reader.fail('a check', 'For example: row_count > 0.');
  const shorthand = parseComplete(reader) ?? parseBox(reader) ?? parsePlace(reader);
  if (shorthand !== null) return { level: 'rows', predicate: shorthand };
  const shape = parseShape(reader);
  if (shape !== null) return { level: 'whole', condition: shape };
  if (reader.isSymbol('(') && looksLikeColumns(reader)) {
    const { columns } = parseColumns(reader, 'references');
    return { level: 'whole', condition: parseReferences(reader, columns) };
  }
  return parseAbout(reader, parseValue(reader, depth), depth);
}

/** What is said of a value that was just read. */
function parseAbout(reader: TokenReader, subject: RawValue, depth: number): Statement {
  const token = reader.current;
  const operator = token.kind === 'symbol' ? COMPARISONS[token.text] : undefined;
  if (operator !== undefined) {
    const sign = reader.advance();
    refuseSplitOperator(reader, sign.span);
    refuseNull(reader);
    return parseComparison(reader, subject, operator, depth);
  }
  const negated = reader.isWord('not');
  const ahead = negated ? 1 : 0;
  if (reader.isWord('anomalous', ahead)) {
    if (!negated) reader.fail('"not"', 'A check says what is good: write not anomalous.');
    reader.advance();
    return parseNotAnomalous(reader, subject);
  }
  const rule = RULES.find(({ word }) => reader.isWord(word, ahead));
  if (rule === undefined) return noCondition(reader, subject, ahead);
  if (negated) reader.advance();
  return rule.parse(reader, subject, negated, depth);
}

type Rule = (reader: TokenReader, subject: RawValue, negated: boolean, depth: number) => Statement;

const RULES: readonly { readonly word: string; readonly parse: Rule }[] = [
  { word: 'between', parse: parseBetween },
  { word: 'within', parse: parseWithin },
  { word: 'in', parse: parseIn },
  { word: 'matches', parse: parseTextMatch },
  { word: 'like', parse: parseTextMatch },
  { word: 'is', parse: parseIs },
  {
    word: 'references',
    parse: (reader, subject, negated) => {
      if (subject.type !== 'column')
        return reader.problem(
          subject.span,
          'references is said of columns, and this is none',
          'Name the columns of the key.',
        );
      return {
        level: 'whole',
        condition: parseReferences(reader, [{ ...subject.column, span: subject.span }], negated),
      };
    },
  },
];

function noCondition(reader: TokenReader, subject: RawValue, ahead: number): never {
  if (ahead === 1) {
    reader.advance();
    reader.fail(
      'between, in, like, matches, within or anomalous',
      'Write not between a and b, not in (…), or not anomalous.',
    );
  }
  const token = reader.current;
  const joins = ['and', 'or', 'where', 'on', 'per', 'for'].includes(token.text.toLowerCase());
  const meant =
    token.kind === 'word' && !joins ? nearest(token.text, [...RULES.map(({ word }) => word), 'not']) : null;
  const example =
    subject.type === 'column'
      ? `Write what must hold of ${subject.column.name} in every row: is not null, in (…), matches '…', > 0.`
      : 'Write a comparison (> 0), between, within … of, or not anomalous.';
  return reader.fail('a condition', meant === null ? example : `Did you mean ${meant}?`);
}

/** `=>`, `> =` and the like: two operators in a row. */
function refuseSplitOperator(reader: TokenReader, first: Span): void {
  const token = reader.current;
  if (token.kind !== 'symbol' || COMPARISONS[token.text] === undefined) return;
  reader.problem(
    join(first, token.span),
    'Two comparison signs stand side by side',
    'Write one of = != < <= > >=, without a space inside.',
  );
}

function refuseNull(reader: TokenReader): void {
  if (reader.isWord('null'))
    reader.fail('a value', 'Nothing is equal to null: write is null or is not null.');
}
