import type {
  Condition,
  DistributionMeasure,
  DistributionShift,
  Equals,
  Groups,
  HasColumns,
} from '#model/expression.ts';

import { parseColumnType } from '../contract/column-type.ts';
import { nearest } from '../spelling.ts';
import { DISTRIBUTION_MEASURES } from './distribution-measures.ts';
import { parseDeadline } from './parse-deadline.ts';
import { parseColumns, parseLiterals, parseOwnColumns, parseTable } from './parse-names.ts';
import { parseCount, parseNumber } from './parse-number.ts';
import { parseCustomSql } from './parse-sql.ts';
import { MAX_BASELINE_POINTS } from './parse-metric.ts';
import { parseOrder } from './parse-order.ts';
import { join, type TokenReader } from './tokens.ts';
import { unitOf } from './units.ts';

/** A condition that is named by its first word, or null when the current token begins none. */
export function parseShape(reader: TokenReader): Condition | null {
  const order = parseOrder(reader);
  if (order !== null) return order;
  const called = reader.isSymbol('(', 1);
  if (reader.isWord('unique')) return parseUnique(reader);
  if (reader.isWord('not') && reader.isWord('has_columns', 1)) return parseHasColumns(reader);
  if (reader.isWord('has_columns')) return parseHasColumns(reader);
  if (reader.isWord('schema') && reader.at(1).kind === 'word') return parseSchema(reader);
  if (reader.isWord('landed_by')) return parseDeadline(reader);
  if (reader.isWord('equals') && ['word', 'quoted'].includes(reader.at(1).kind)) return parseEquals(reader);
  if (!called) return null;
  if (reader.isWord('column_type')) return parseType(reader);
  if (reader.isWord('groups')) return parseGroups(reader);
  if (reader.isWord('no_gaps')) return parseNoGaps(reader);
  if (reader.isWord('distribution')) return parseDistribution(reader);
  return reader.isWord('sql') ? parseCustomSql(reader) : null;
}

function parseUnique(reader: TokenReader): Condition {
  const word = reader.advance();
  const { columns, end } = parseOwnColumns(reader, 'unique');
  return { type: 'unique', columns, span: join(word.span, end.span) };
}

/** `["not"] has_columns ["exactly"] (a, b) ["in" "order"]`. */
function parseHasColumns(reader: TokenReader): HasColumns {
  const start = reader.current;
  const negated = reader.takeWord('not') !== null;
  reader.advance();
  const exactly = reader.takeWord('exactly');
  const { names, end } = parseOwnColumns(reader, 'has_columns');
  const ordered = reader.isWord('in') && reader.isWord('order', 1);
  const last = ordered ? (reader.advance(), reader.advance()) : end;
  const span = join(start.span, last.span);
  if (negated && (exactly || ordered))
    reader.problem(
      span,
      'Columns that are absent have no order and are never all of them',
      'Write not has_columns(a, b), or put brackets around what must not hold.',
    );
  return { type: 'has_columns', negated, columns: names, exactly: exactly !== null, inOrder: ordered, span };
}

/** `column_type(amount) = 'decimal(10,2)'`. */
function parseType(reader: TokenReader): Condition {
  const word = reader.advance();
  const { columns } = parseOwnColumns(reader, 'column_type');
  const [column] = columns;
  if (column === undefined || columns.length > 1)
    reader.fail('=', "column_type takes one column: column_type(amount) = 'decimal(10,2)'.");
  if (!reader.takeSymbol('=='))
    reader.expectSymbol('=', "For example: column_type(amount) = 'decimal(10,2)'.");
  const { text, span } = readTypeName(reader);
  const expected = text.trim();
  const type = parseColumnType(expected);
  if (type.status === 'error') reader.problem(span, type.message, type.mend);
  return { type: 'column_type', column, expected, span: join(word.span, span) };
}

/** A type in quotes, or a plain one with the numbers in its brackets. */
function readTypeName(reader: TokenReader): Pick<TokenReader['current'], 'text' | 'span'> {
  const token = reader.current;
  if (token.kind !== 'text' && token.kind !== 'word')
    reader.fail('a type', "For example: column_type(amount) = 'decimal(10,2)'.");
  reader.advance();
  if (token.kind === 'text' || !reader.takeSymbol('(')) return token;
  const numbers: number[] = [];
  do
    numbers.push(
      parseCount(
        reader,
        1_000_000,
        'A type has whole numbers in its brackets',
        'Write the type in single quotes.',
      ),
    );
  while (reader.takeSymbol(','));
  const end = reader.expectSymbol(')', 'Write the type in single quotes.');
  return { text: `${token.text}(${numbers.join(',')})`, span: join(token.span, end.span) };
}

/** `schema unchanged [since (last | baseline)]`. */
function parseSchema(reader: TokenReader): Condition {
  const word = reader.advance();
  const unchanged = reader.expectWord('unchanged', 'Write schema unchanged; a column named so is quoted.');
  if (!reader.takeWord('since'))
    return { type: 'schema_unchanged', since: 'last', span: join(word.span, unchanged.span) };
  const since = reader.isWord('last') ? 'last' : reader.isWord('baseline') ? 'baseline' : null;
  if (since === null)
    return reader.fail('last or baseline', 'Write schema unchanged since last, or since baseline.');
  const end = reader.advance();
  return { type: 'schema_unchanged', since, span: join(word.span, end.span) };
}

/** `groups(c) = (…) | contain (…) | within (…) | unchanged`. */
function parseGroups(reader: TokenReader): Groups {
  const word = reader.advance();
  const { columns, end } = parseOwnColumns(reader, 'groups');
  const [column] = columns;
  if (column === undefined || columns.length > 1)
    reader.problem(join(word.span, end.span), 'groups takes one column', 'Write one check for each column.');
  if (reader.isWord('unchanged')) {
    const { span } = reader.advance();
    return { type: 'groups', column, relation: 'unchanged', values: [], span: join(word.span, span) };
  }
  const relation =
    reader.takeSymbol('=') || reader.takeSymbol('==')
      ? 'equal'
      : reader.takeWord('contain') || reader.takeWord('contains')
        ? 'contain'
        : reader.takeWord('within') || reader.takeWord('in')
          ? 'within'
          : reader.fail(
              '=, contain, within or unchanged',
              "For example: groups(status) = ('paid', 'open'), groups(country) unchanged.",
            );
  const list = parseLiterals(reader);
  return { type: 'groups', column, relation, values: list.values, span: join(word.span, list.end.span) };
}

const STEPS = { hours: 'hour', days: 'day', weeks: 'week', months: 'month' } as const;

/** `no_gaps(ts, day)`, also `no_gaps(ts, 1 day)`. */
function parseNoGaps(reader: TokenReader): Condition {
  const word = reader.advance();
  reader.advance();
  const name = reader.takeName() ?? reader.fail('a column name', 'For example: no_gaps(created_at, day).');
  reader.expectSymbol(',', 'Say the step: no_gaps(created_at, day).');
  if (reader.current.kind === 'number' && Number(reader.current.text) === 1) reader.advance();
  const unit = reader.current.kind === 'word' ? unitOf(reader.current.text) : null;
  const step = unit !== null && Object.hasOwn(STEPS, unit) ? STEPS[unit as keyof typeof STEPS] : null;
  if (step === null) return reader.fail('hour, day, week or month', 'For example: no_gaps(created_at, day).');
  reader.advance();
  const end = reader.expectSymbol(')', 'Close the bracket.');
  const column = { name: name.text, table: null, span: name.span };
  return { type: 'no_gaps', column, step, span: join(word.span, end.span) };
}

const MEASURE_SYNONYMS: Readonly<Record<string, DistributionMeasure | undefined>> = {
  chi2: 'chi_square',
  wasserstein: 'swd',
  earth_mover: 'swd',
};

/** `distribution(amount) (psi | ks | kl | js | chi_square | swd) (< | <=) limit vs last(n)`. */
function parseDistribution(reader: TokenReader): DistributionShift {
  const word = reader.advance();
  const { columns } = parseColumns(reader, 'distribution', 1);
  const [column] = columns;
  const example = 'For example: distribution(amount) psi < 0.2 vs last(28).';
  if (column === undefined || column.table !== null) reader.fail('a column of the dataset', example);
  const measure = DISTRIBUTION_MEASURES.find((word) => reader.isWord(word)) ?? null;
  if (measure === null) {
    const { kind, text } = reader.current;
    const other = MEASURE_SYNONYMS[text.toLowerCase()] ?? nearest(text, DISTRIBUTION_MEASURES);
    const meant = kind === 'word' ? other : null;
    return reader.fail(
      'psi, ks, kl, js, chi_square or swd',
      meant === null ? example : `Did you mean ${meant}?`,
    );
  }
  reader.advance();
  const operator = reader.takeSymbol('<') ? '<' : reader.takeSymbol('<=') ? '<=' : null;
  if (operator === null) return reader.fail('< or <=', 'A check says what is good: psi < 0.2.');
  const limit = parseNumber(reader);
  if ((limit.unit !== null && limit.unit !== 'percent') || limit.value < 0)
    reader.problem(limit.span, 'The limit is a number of 0 or more', example);
  reader.expectWord('vs', example);
  reader.expectWord('last', example);
  reader.expectSymbol('(', example);
  const message = `last looks back over a whole number of partitions, 1 to ${MAX_BASELINE_POINTS}`;
  const partitions = parseCount(reader, MAX_BASELINE_POINTS, message, example);
  const end = reader.expectSymbol(')', 'Close the bracket.');
  const span = join(word.span, end.span);
  return { type: 'distribution', column, measure, operator, limit: limit.value, partitions, span };
}

/** `equals table on (keys) [comparing (columns)] [within tolerance]`. */
function parseEquals(reader: TokenReader): Equals {
  const word = reader.advance();
  const table = parseTable(reader);
  reader.expectWord('on', 'Name the key: equals silver.orders on (order_id).');
  const keys = parseOwnColumns(reader, 'on');
  const compared = reader.takeWord('comparing') ? parseOwnColumns(reader, 'comparing') : null;
  const shared = compared?.columns.find(({ name }) => keys.names.includes(name));
  if (shared)
    reader.problem(
      shared.span,
      `The column ${shared.name} is a key already`,
      'Rows are joined by their keys, so keys are never different: compare other columns.',
    );
  const tolerance = reader.takeWord('within') ? parseNumber(reader) : null;
  if (tolerance !== null && (tolerance.value < 0 || tolerance.unit === 'percent' || compared === null))
    reader.problem(
      tolerance.span,
      'The tolerance is an absolute difference of compared numbers',
      'For example: equals silver.orders on (order_id) comparing (amount) within 0.01.',
    );
  const end = tolerance?.span ?? compared?.end.span ?? keys.end.span;
  return {
    type: 'equals',
    table,
    keys: keys.names,
    columns: compared?.names ?? [],
    tolerance,
    span: join(word.span, end),
  };
}
