import type { Json, JsonObject } from '#model/json.ts';

import { printColumn, printOperandColumn, printText } from '../../expression/print-names.ts';
import { listOf, textOf, type DbtTest } from './model.ts';

/** A dbt test as an item of the short form, or why it cannot be one. */
export type TestCheck =
  | { readonly kind: 'check'; readonly text: string }
  | { readonly kind: 'sql'; readonly query: string; readonly must: string }
  | { readonly kind: 'none'; readonly reason: string };

/** The name in our store of what `ref('x')` or `source('a', 'b')` stands for. */
export type Reference = (text: string) => string | null;

type Translate = (context: Context) => TestCheck;

interface Context {
  readonly test: DbtTest;
  /** As a metric takes it, and as a value in a condition. */
  readonly column: string;
  readonly operand: string;
  readonly table: (name: string) => string | null;
}

/** Puts a generic test of dbt, dbt_utils or dbt_expectations into our language. */
export function testCheck(test: DbtTest, reference: Reference): TestCheck {
  const translate = Object.hasOwn(TESTS, test.name) ? TESTS[test.name] : undefined;
  if (translate === undefined) return none('Assay knows no test of this name.');
  const name = test.column ?? textOf(test.arguments['column_name']) ?? '';
  if (name === '' && !OF_MODELS.test(test.name)) return none('It names no column.');
  const table = (key: string): string | null => {
    const stated = textOf(test.arguments[key]);
    const found = stated === null ? null : reference(stated);
    return found === null ? null : found.split('.').map(printColumn).join('.');
  };
  const translated = translate({ test, column: printColumn(name), operand: printOperandColumn(name), table });
  const condition = test.where ?? textOf(test.arguments['row_condition']);
  if (translated.kind !== 'check' || condition === null) return translated;
  return check(`${translated.text} where ${condition}`);
}

const OF_MODELS =
  /(?:row_count|rowcount|fewer_rows|unique_combination|expression_is_true|table_|compound_columns|multicolumn|pair_values|recency|_to_exist)/;

function check(text: string): TestCheck {
  return { kind: 'check', text };
}

function none(reason: string): TestCheck {
  return { kind: 'none', reason };
}

/** A list of values, as texts unless `quote: false`. */
function values(list: Json | undefined, quote: Json | undefined): string | null {
  const items = listOf(list).filter((value) => typeof value !== 'object');
  if (items.length === 0) return null;
  const raw = items.map((value) =>
    typeof value === 'string' && (quote !== false || !/^-?\d+(?:\.\d+)?$/.test(value))
      ? printText(value)
      : String(value),
  );
  return `(${[...new Set(raw)].join(', ')})`;
}

function columns(list: Json | undefined): string | null {
  const names = listOf(list).flatMap((name) => textOf(name) ?? []);
  return names.length === 0 ? null : names.map(printColumn).join(', ');
}

/** Bounds of a number: `min_value`, `max_value`, open when `strictly` or not `inclusive`. */
function range(stated: JsonObject, subject: (end: 'low' | 'high') => string): TestCheck {
  const open = stated['strictly'] === true || stated['inclusive'] === false;
  const bound = (key: string, sign: string, end: 'low' | 'high'): string[] | null => {
    const value = stated[key];
    if (value === undefined || value === null) return [];
    return typeof value === 'number' ? [`${subject(end)} ${sign}${open ? '' : '='} ${value}`] : null;
  };
  const low = bound('min_value', '>', 'low');
  const high = bound('max_value', '<', 'high');
  if (low === null || high === null) return none('Its bounds are no numbers.');
  const parts = [...low, ...high];
  return parts.length === 0 ? none('It has no bounds.') : check(parts.join(' and '));
}

function inList(negated: boolean, key: string): Translate {
  return ({ test, operand }) => {
    const list = values(test.arguments[key], test.arguments['quote']);
    return list === null
      ? none(`It has no ${key}.`)
      : check(`${operand} ${negated ? 'not in' : 'in'} ${list}`);
  };
}

function matches(negated: boolean): Translate {
  return ({ test, operand }) => {
    const pattern = textOf(test.arguments['regex']);
    return pattern === null
      ? none('It has no regex.')
      : check(`${operand} ${negated ? 'not matches' : 'matches'} ${printText(pattern)}`);
  };
}

function like(negated: boolean): Translate {
  return ({ test, operand }) => {
    const pattern = textOf(test.arguments['like_pattern']);
    return pattern === null
      ? none('It has no like_pattern.')
      : check(`${operand} ${negated ? 'not like' : 'like'} ${printText(pattern)}`);
  };
}

const within =
  (metric: (column: string) => string): Translate =>
  ({ test, column }) =>
    range(test.arguments, () => metric(column));

const equalRows =
  (sign: string): Translate =>
  ({ table }) => {
    const other = table('compare_model');
    return other === null
      ? none('It names no model that is known.')
      : check(`row_count ${sign} row_count(${other})`);
  };

function references({ test, operand, table }: Context): TestCheck {
  const other = table('to');
  const field = textOf(test.arguments['field']);
  if (other === null || field === null) return none('What it refers to is not known.');
  const [from, to] = [textOf(test.arguments['from_condition']), textOf(test.arguments['to_condition'])];
  if (to !== null && to !== '1=1') return none('Assay cannot restrict the other table.');
  const where = from === null || from === '1=1' ? '' : ` where ${from}`;
  return check(`${operand} references ${other}(${printColumn(field)})${where}`);
}

function isTrue({ test }: Context): TestCheck {
  const expression = textOf(test.arguments['expression']);
  if (expression === null) return none('It has no expression.');
  const condition = test.column === null ? expression : `${test.column} ${expression}`;
  const where = test.where === null ? '' : ` and (${test.where})`;
  return {
    kind: 'sql',
    query: `select count(*) from {dataset} where not (${condition})${where}`,
    must: '= 0',
  };
}

function unique({ test }: Context): TestCheck {
  const names = columns(test.arguments['combination_of_columns'] ?? test.arguments['column_list']);
  return names === null ? none('It names no columns.') : check(`unique(${names})`);
}

function recent(field: string, part: string, amount: string): Translate {
  return ({ test }) => {
    const name = textOf(test.arguments[field]) ?? test.column;
    const step = textOf(test.arguments[part]);
    const count = test.arguments[amount];
    if (name === null || step === null || typeof count !== 'number') return none('Its age is not stated.');
    if (!/^(?:second|minute|hour|day|week)s?$/.test(step)) return none(`Assay counts no ages in ${step}s.`);
    return check(`freshness(${printColumn(name)}) <= ${count} ${step.replace(/s?$/, 's')}`);
  };
}

function hasColumns(exactly: boolean, inOrder: boolean): Translate {
  return ({ test }) => {
    const names = columns(test.arguments['column_list']);
    return names === null
      ? none('It names no columns.')
      : check(`has_columns ${exactly ? 'exactly ' : ''}(${names})${inOrder ? ' in order' : ''}`);
  };
}

function pair(sign: (stated: JsonObject) => string): Translate {
  return ({ test }) => {
    const [a, b] = [textOf(test.arguments['column_A']), textOf(test.arguments['column_B'])];
    if (a === null || b === null) return none('It names no two columns.');
    return check(`${printOperandColumn(a)} ${sign(test.arguments)} ${printOperandColumn(b)}`);
  };
}

function number(key: string, text: (column: string, value: number) => string): Translate {
  return ({ test, column }) => {
    const value = test.arguments[key];
    return typeof value === 'number' ? check(text(column, value)) : none(`It has no ${key}.`);
  };
}

const notNull: Translate = ({ column }) => check(`null_count(${column}) = 0`);
const isUnique: Translate = ({ column }) => check(`unique(${column})`);
const bounds: Translate = ({ test, column }) =>
  range(test.arguments, (end) => `${end === 'low' ? 'min' : 'max'}(${column})`);

const EXPECTATIONS: Readonly<Record<string, Translate>> = {
  expect_column_values_to_not_be_null: notNull,
  expect_column_values_to_be_null: ({ column }) => check(`null_percentage(${column}) = 100%`),
  expect_column_values_to_be_unique: isUnique,
  expect_column_values_to_be_between: bounds,
  expect_column_values_to_be_in_set: inList(false, 'value_set'),
  expect_column_values_to_not_be_in_set: inList(true, 'value_set'),
  expect_column_values_to_match_regex: matches(false),
  expect_column_values_to_not_match_regex: matches(true),
  expect_column_values_to_match_like_pattern: like(false),
  expect_column_values_to_not_match_like_pattern: like(true),
  expect_column_value_lengths_to_equal: number(
    'value',
    (column, value) => `min_length(${column}) = ${value} and max_length(${column}) = ${value}`,
  ),
  expect_column_value_lengths_to_be_between: ({ test, column }) =>
    range(test.arguments, (end) => `${end === 'low' ? 'min' : 'max'}_length(${column})`),
  expect_column_values_to_be_of_type: ({ test, column }) => {
    const type = textOf(test.arguments['column_type']);
    return type === null
      ? none('It has no column_type.')
      : check(`column_type(${column}) = ${printText(type)}`);
  },
  expect_column_min_to_be_between: within((column) => `min(${column})`),
  expect_column_max_to_be_between: within((column) => `max(${column})`),
  expect_column_mean_to_be_between: within((column) => `avg(${column})`),
  expect_column_median_to_be_between: within((column) => `median(${column})`),
  expect_column_sum_to_be_between: within((column) => `sum(${column})`),
  expect_column_stdev_to_be_between: within((column) => `stddev(${column})`),
  expect_column_proportion_of_unique_values_to_be_between: within(
    (column) => `distinct_percentage(${column})`,
  ),
  expect_column_unique_value_count_to_be_between: within((column) => `distinct_count(${column})`),
  expect_column_distinct_count_to_equal: number(
    'value',
    (column, value) => `distinct_count(${column}) = ${value}`,
  ),
  expect_column_distinct_count_to_be_greater_than: number(
    'value',
    (column, value) => `distinct_count(${column}) > ${value}`,
  ),
  expect_column_to_exist: ({ column }) => check(`has_columns(${column})`),
  expect_column_pair_values_A_to_be_greater_than_B: pair((stated) =>
    stated['or_equal'] === true ? '>=' : '>',
  ),
  expect_column_pair_values_to_be_equal: pair(() => '='),
  expect_compound_columns_to_be_unique: unique,
  expect_table_row_count_to_be_between: ({ test }) => range(test.arguments, () => 'row_count'),
  expect_table_row_count_to_equal: number('value', (_, value) => `row_count = ${value}`),
  expect_table_row_count_to_equal_other_table: equalRows('='),
  expect_table_column_count_to_equal: number('value', (_, value) => `column_count = ${value}`),
  expect_table_columns_to_contain_set: hasColumns(false, false),
  expect_table_columns_to_match_set: hasColumns(true, false),
  expect_table_columns_to_match_ordered_list: hasColumns(true, true),
  expect_row_values_to_have_recent_data: recent('column_name', 'datepart', 'interval'),
};

/** Tests of dbt itself by their names, those of packages with theirs in front. */
const TESTS: Readonly<Record<string, Translate>> = {
  unique: isUnique,
  not_null: notNull,
  accepted_values: inList(false, 'values'),
  relationships: references,
  'dbt_utils.accepted_range': bounds,
  'dbt_utils.at_least_one': ({ column }) => check(`count(${column}) > 0`),
  'dbt_utils.equal_rowcount': equalRows('='),
  'dbt_utils.fewer_rows_than': equalRows('<'),
  'dbt_utils.expression_is_true': isTrue,
  'dbt_utils.not_accepted_values': inList(true, 'values'),
  'dbt_utils.not_constant': ({ column }) => check(`distinct_count(${column}) > 1`),
  'dbt_utils.not_empty_string': ({ column }) => check(`empty_count(${column}) = 0`),
  'dbt_utils.not_null_proportion': number(
    'at_least',
    (column, value) => `null_percentage(${column}) <= ${Number(((1 - value) * 100).toPrecision(12))}%`,
  ),
  'dbt_utils.recency': recent('field', 'datepart', 'interval'),
  'dbt_utils.relationships_where': references,
  'dbt_utils.unique_combination_of_columns': unique,
  ...Object.fromEntries(
    Object.entries(EXPECTATIONS).map(([name, translate]) => [`dbt_expectations.${name}`, translate]),
  ),
};
