import type { Condition, CustomSql, Expression } from '#model/expression.ts';
import type { ColumnRef, Predicate, Scope } from '#model/predicate.ts';

import { nearest } from '../spelling.ts';
import { COMPARISONS } from './comparisons.ts';
import { lex } from './lex.ts';
import { parseCondition, parsePredicate } from './parse-condition.ts';
import { parseScope } from './parse-scope.ts';
import { parseSqlCondition, type SqlCondition } from './parse-sql.ts';
import { ExpressionError, type ExpressionProblem } from './problem.ts';
import { join, TokenReader } from './tokens.ts';

export type ParsedExpression =
  | { readonly status: 'ok'; readonly expression: Expression }
  | { readonly status: 'error'; readonly problem: ExpressionProblem };

/**
 * Parses the text of one check. Keywords are read in any case; names stand plain, in "double" or in `back`
 * quotes, texts in single ones.
 *
 *     check     = condition { "where" predicate | "on" scope | "per" column }
 *     condition = all { "or" all }               all = factor { "and" factor }
 *     factor    = "not" factor | "(" condition ")" [share] | leaf [share]
 *     leaf      = value comparison value ["within" tolerance]
 *               | value ["not"] "between" ["[" | "("] value "and" value ["]" | ")"]
 *               | value ["not"] "within" tolerance "of" value
 *               | value "not" "anomalous" ["(" option { "," option } ")"]
 *               | value ["not"] ("in" list | "matches" regex | "like" pattern) | value "is" ["not"] ("null" | format)
 *               | columns ["not"] "references" table columns
 *               | "unique" columns | ["not"] "has_columns" ["exactly"] columns ["in" "order"]
 *               | "column_type" column "=" type | "schema" "unchanged" ["since" ("last" | "baseline")]
 *               | "groups" column ("=" list | "contain" list | "within" list | "unchanged")
 *               | "no_gaps" "(" column "," step ")" | "landed_by" text ["same" "day"] ["on" weekdays]
 *               | "distribution" column ("psi" | "ks" | "kl" | "js" | "chi_square" | "swd") ("<" | "<=") number "vs" "last" "(" n ")"
 *               | "equals" table "on" columns ["comparing" columns] ["within" number]
 *               | "sql" "(" text ")" (comparison number | ["not"] "between" number "and" number)
 *     share     = "for" number "%" "of" "rows"
 *     value     = product { ("+" | "-") product }   product = atom { ("*" | "/") atom }
 *     atom      = number [unit] | text | metric | baseline "(" n ")" | column | function | "(" value ")"
 *     scope     = "partition" | "table" | "last" "(" n ")"
 *
 * A condition on rows holds when every row fulfils it, or the share of them that is named; joined by and, or,
 * not, conditions on rows are one. Never throws: a text that is not a check gives the first problem with its
 * place in the text.
 */
export function parseExpression(text: string): ParsedExpression {
  const parsed = guarded(() => {
    const reader = readerOf(text);
    const expression = parseCheck(reader);
    expectEnd(reader, expression.condition);
    return expression;
  });
  return parsed.status === 'ok' ? { status: 'ok', expression: parsed.value } : parsed;
}

/** Parses what is said of rows alone, as it stands after `where`. */
export function parseRowPredicate(
  text: string,
): { status: 'ok'; predicate: Predicate } | { status: 'error'; problem: ExpressionProblem } {
  const parsed = guarded(() => {
    const reader = readerOf(text);
    const predicate = parsePredicate(reader, 0);
    if (reader.current.kind !== 'end') reader.fail('the end of the condition', 'Remove what follows it.');
    return predicate;
  });
  return parsed.status === 'ok' ? { status: 'ok', predicate: parsed.value } : parsed;
}

/** Parses what a query's number must be: the `must` beside a contract's `sql`, such as `= 0`. */
export function parseCustomSqlCondition(
  must: string,
): { status: 'ok'; condition: SqlCondition } | { status: 'error'; problem: ExpressionProblem } {
  const parsed = guarded(() => {
    const reader = readerOf(must);
    const condition = parseSqlCondition(reader);
    if (reader.current.kind !== 'end') reader.fail('the end of the condition', 'Remove what follows it.');
    return condition;
  });
  return parsed.status === 'ok' ? { status: 'ok', condition: parsed.value } : parsed;
}

/** The check that a query's number must be so. */
export function customSqlExpression(query: string, condition: SqlCondition): Expression {
  const { span } = condition.limit;
  const sql: CustomSql = { type: 'custom_sql', query, ...condition, span };
  return { condition: sql, where: null, scope: null, per: null, span };
}

function guarded<Value>(
  read: () => Value,
): { status: 'ok'; value: Value } | { status: 'error'; problem: ExpressionProblem } {
  try {
    return { status: 'ok', value: read() };
  } catch (error) {
    if (error instanceof ExpressionError) return { status: 'error', problem: error.problem };
    throw error;
  }
}

function readerOf(text: string): TokenReader {
  return new TokenReader(lex(text), parsePredicate);
}

function parseCheck(reader: TokenReader): Expression {
  const condition = parseCondition(reader);
  let where: Predicate | null = null;
  let scope: Scope | null = null;
  let per: ColumnRef | null = null;
  let last = condition.span;
  for (;;) {
    const word = reader.current;
    if (reader.isWord('where') && where === null) {
      reader.advance();
      where = parsePredicate(reader, 0);
      last = where.span;
    } else if (reader.isWord('on') && scope === null) {
      reader.advance();
      const found = parseScope(reader);
      scope = found.scope;
      last = found.end.span;
    } else if (reader.isWord('per') && per === null) {
      reader.advance();
      const name = reader.takeName() ?? reader.fail('a column name', 'For example: per country.');
      per = { name: name.text, table: null, span: name.span };
      last = name.span;
    } else if (reader.isWord('where') || reader.isWord('on') || reader.isWord('per')) {
      throw new ExpressionError(word.span, `${word.text} stands here twice`, 'Say it once.');
    } else break;
  }
  return { condition, where, scope, per, span: join(condition.span, last) };
}

function expectEnd(reader: TokenReader, condition: Condition): void {
  const token = reader.current;
  if (token.kind === 'end') return;
  const sign = token.kind === 'symbol';
  if (condition.type === 'unique' && sign)
    reader.fail(
      'the end of the check',
      'unique is a whole check; to allow some repeats compare duplicate_count.',
    );
  if (sign && COMPARISONS[token.text] !== undefined)
    reader.fail('the end of the check', 'For a value between two bounds write: metric between a and b.');
  if (reader.isSymbol(',') && condition.type === 'comparison')
    reader.fail(
      'the end of the check',
      'Numbers have no thousands separator, and the decimal sign is a point.',
    );
  const words = ['and', 'or', 'where', 'on', 'per', 'for', 'within'];
  const meant = token.kind === 'word' ? nearest(token.text, words) : null;
  reader.fail(
    'the end of the check',
    meant === null || words.includes(token.text.toLowerCase())
      ? 'Remove what follows it, or join two conditions by and.'
      : `Did you mean ${meant}?`,
  );
}
