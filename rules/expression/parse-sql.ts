import type { CustomSql } from '#model/expression.ts';

import { COMPARISONS } from './comparisons.ts';
import { parseNumber } from './parse-number.ts';
import { join, type TokenReader } from './tokens.ts';

/** What the one number of a query must be, apart from the query. */
export type SqlCondition = Pick<CustomSql, 'operator' | 'limit' | 'high'>;

/** `sql('select …') = 0`; the query is guarded where it is compiled. */
export function parseCustomSql(reader: TokenReader): CustomSql {
  const word = reader.advance();
  reader.advance();
  const query = reader.current;
  if (query.kind !== 'text')
    return reader.fail('a query in single quotes', "For example: sql('select count(*) from {dataset}') = 0.");
  if (query.text.trim() === '')
    reader.problem(
      query.span,
      'The query is empty',
      "For example: sql('select count(*) from {dataset}') = 0.",
    );
  reader.advance();
  reader.expectSymbol(')', 'Close the bracket.');
  const condition = parseSqlCondition(reader);
  const end = (condition.high ?? condition.limit).span;
  return { type: 'custom_sql', query: query.text, ...condition, span: join(word.span, end) };
}

/** `= 0`, `between 1 and 5`, `not between 1 and 5`. */
export function parseSqlCondition(reader: TokenReader): SqlCondition {
  const { kind, text } = reader.current;
  const operator = kind === 'symbol' ? COMPARISONS[text] : undefined;
  if (operator !== undefined) {
    reader.advance();
    return { operator, limit: parseNumber(reader), high: null };
  }
  const negated = reader.takeWord('not') !== null;
  if (!reader.takeWord('between'))
    return reader.fail('= != < <= > >= or between', 'For example: = 0, or between 1 and 5.');
  const limit = parseNumber(reader);
  reader.expectWord('and', 'Write between a and b; both ends are included.');
  const high = parseNumber(reader);
  if (limit.value > high.value)
    reader.problem(
      join(limit.span, high.span),
      'The lower end of between is above the upper one',
      'Swap the two numbers.',
    );
  return { operator: negated ? 'not_between' : 'between', limit, high };
}
