import type { Condition } from '#model/expression.ts';
import type { Predicate, Span } from '#model/predicate.ts';

import { looksLikeColumns, looksLikeCondition } from './bracket.ts';
import { parseLeaf } from './parse-leaf.ts';
import { parseShare } from './parse-number.ts';
import { refuseDepth } from './parse-value.ts';
import { ExpressionError } from './problem.ts';
import type { Statement } from './statement.ts';
import { join, type TokenReader } from './tokens.ts';

/** What is said, and where a share of rows closed it when nothing stands before it (`for 99% of rows`). */
interface Part {
  readonly statement: Statement;
  readonly closedAt: Span | null;
}

/** What must hold of the dataset: or { or }. */
export function parseCondition(reader: TokenReader, depth = 0): Condition {
  return conditionOf(parseAny(reader, depth).statement);
}

/** What is said of rows; anything about the whole is refused. */
export function parsePredicate(reader: TokenReader, depth: number): Predicate {
  const { statement } = parseAny(reader, depth);
  if (statement.level === 'rows') return statement.predicate;
  throw new ExpressionError(
    statement.condition.span,
    'A condition on the whole stands where one on single rows is expected',
    "Write a condition on a row's columns, for example country = 'DE'.",
  );
}

function parseAny(reader: TokenReader, depth: number): Part {
  refuseDepth(reader, depth);
  const parts = [parseAll(reader, depth)];
  while (reader.takeWord('or')) parts.push(parseAll(reader, depth));
  return joined(parts, 'or');
}

function parseAll(reader: TokenReader, depth: number): Part {
  const parts = [parseFactor(reader, depth)];
  while (reader.takeWord('and')) parts.push(parseFactor(reader, depth));
  return joined(parts, 'and');
}

/** factor = ["not"] factor | "(" condition ")" | leaf; what is said of rows may end in a share. */
function parseFactor(reader: TokenReader, depth: number): Part {
  const statement = parseNegation(reader, depth);
  if (statement.level === 'whole' || !reader.isWord('for')) return { statement, closedAt: null };
  const start = reader.current.span;
  const share = parseShare(reader) ?? 1;
  const { predicate } = statement;
  const condition: Condition = { type: 'rows', predicate, share, span: predicate.span };
  return { statement: { level: 'whole', condition }, closedAt: start };
}

function parseNegation(reader: TokenReader, depth: number): Statement {
  // `not has_columns(a)` says that a is absent: a condition of its own.
  if (!reader.isWord('not') || reader.isWord('has_columns', 1)) return parseBracketOrLeaf(reader, depth);
  refuseDepth(reader, depth + 1);
  const word = reader.advance();
  const inner = parseNegation(reader, depth + 1);
  if (inner.level === 'rows') {
    const span = join(word.span, inner.predicate.span);
    return { level: 'rows', predicate: { type: 'not', predicate: inner.predicate, span } };
  }
  const span = join(word.span, inner.condition.span);
  return { level: 'whole', condition: { type: 'not', condition: inner.condition, span } };
}

function parseBracketOrLeaf(reader: TokenReader, depth: number): Statement {
  if (!reader.isSymbol('(') || looksLikeColumns(reader) || !looksLikeCondition(reader))
    return parseLeaf(reader, depth);
  const open = reader.advance();
  const { statement } = parseAny(reader, depth + 1);
  const close = reader.expectSymbol(')', 'Close the bracket.');
  const span = join(open.span, close.span);
  return statement.level === 'rows'
    ? { level: 'rows', predicate: { ...statement.predicate, span } }
    : { level: 'whole', condition: { ...statement.condition, span } };
}

/** Joins what stands side by side: conditions on rows alone stay one condition on rows. */
function joined(parts: readonly Part[], word: 'and' | 'or'): Part {
  const [first] = parts;
  const last = parts.at(-1);
  if (first === undefined || last === undefined) throw new RangeError('no parts');
  if (parts.length === 1) return first;
  refuseUnclearShare(parts);
  const span = join(spanOf(first.statement), spanOf(last.statement));
  const predicates = parts.flatMap(({ statement }) =>
    statement.level === 'rows' ? flat(statement.predicate, word) : [],
  );
  if (parts.every(({ statement }) => statement.level === 'rows'))
    return { statement: { level: 'rows', predicate: { type: word, predicates, span } }, closedAt: null };
  const type = word === 'and' ? 'all_of' : 'any_of';
  const conditions = parts.flatMap(({ statement }) => {
    const condition = conditionOf(statement);
    return condition.type === type ? condition.conditions : [condition];
  });
  return {
    statement: { level: 'whole', condition: { type, conditions, span } },
    closedAt: first.closedAt,
  };
}

/** `a = 1 and b = 2 for 99% of rows`: of which rows? */
function refuseUnclearShare(parts: readonly Part[]): void {
  parts.forEach(({ closedAt }, index) => {
    if (closedAt === null || parts[index - 1]?.statement.level !== 'rows') return;
    throw new ExpressionError(
      closedAt,
      'It is not clear to which conditions this share of rows belongs',
      'Put brackets around what it is about: (a = 1 and b = 2) for 99% of rows.',
    );
  });
}

function flat(predicate: Predicate, word: 'and' | 'or'): readonly Predicate[] {
  return predicate.type === word ? predicate.predicates : [predicate];
}

function spanOf(statement: Statement): Span {
  return statement.level === 'rows' ? statement.predicate.span : statement.condition.span;
}

/** What is said of rows, said of all of them. */
function conditionOf(statement: Statement): Condition {
  if (statement.level === 'whole') return statement.condition;
  const { predicate } = statement;
  return { type: 'rows', predicate, share: 1, span: predicate.span };
}
