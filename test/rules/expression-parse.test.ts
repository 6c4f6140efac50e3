import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { parseExpression } from '#rules/expression/parse.ts';
import { printExpression } from '#rules/expression/print.ts';
import { METRICS } from '#rules/expression/metrics.ts';
import { expressions, withoutSpans } from './support.ts';

/** What a text means, in its canonical form. */
const ACCEPTED: [text: string, canonical: string][] = [
  ['row_count > 0', 'row_count > 0'],
  ['ROW_COUNT>0', 'row_count > 0'],
  ['row_count == 1', 'row_count = 1'],
  ['row_count <> 1', 'row_count != 1'],
  ['null_percentage(user_id) < 0.01', 'null_percentage(user_id) < 0.01'],
  ['null_percentage(user_id) < 1%', 'null_percentage(user_id) < 1%'],
  ['null_percentage(user_id) < 7 %', 'null_percentage(user_id) < 7%'],
  ['null_count("select") = 0', 'null_count(select) = 0'],
  ['null_count("a ""b""") = 0', 'null_count("a ""b""") = 0'],
  ['null_count(`a ``b`) = 0', 'null_count("a `b") = 0'],
  ['null_count(住所) = 0', 'null_count("住所") = 0'],
  ['min(t) >= -40', 'min(t) >= -40'],
  ['min(t) >= - 40', 'min(t) >= -40'],
  ['max(t) <= 1e3', 'max(t) <= 1000'],
  ['avg(a) = -0', 'avg(a) = 0'],
  ['sum(a) = sum(b) + sum(c) * 2', 'sum(a) = sum(b) + sum(c) * 2'],
  ['sum(a) = (sum(b) + sum(c)) * 2', 'sum(a) = (sum(b) + sum(c)) * 2'],
  ['sum(a) = sum(b) - (sum(c) - 2)', 'sum(a) = sum(b) - (sum(c) - 2)'],
  ['sum(a) = ((sum(b)) - 1) - 2', 'sum(a) = sum(b) - 1 - 2'],
  ['sum(a) / row_count > .5', 'sum(a) / row_count > 0.5'],
  ['0 < row_count', '0 < row_count'],
  ['row_count between 1 and 5', 'row_count between 1 and 5'],
  ['row_count NOT BETWEEN 1 AND 5', 'row_count not between 1 and 5'],
  ['distinct_count(a) between 1 and row_count', 'distinct_count(a) between 1 and row_count'],
  ['duplicate_count(a, b) = 0', 'duplicate_count(a, b) = 0'],
  ['unique(order_id)', 'unique(order_id)'],
  ['Unique(a,"b c")', 'unique(a, "b c")'],
  ['row_count within 50% of avg_last(7)', 'row_count within 50% of avg_last(7)'],
  ['sum(x) within 10 of median_last(3)', 'sum(x) within 10 of median_last(3)'],
  ['sum(x) within 0% of min_last(1)', 'sum(x) within 0% of min_last(1)'],
  ['sum(x) within 5 % of max_last ( 30 )', 'sum(x) within 5% of max_last(30)'],
  ['row_count not anomalous', 'row_count not anomalous(2 sigma)'],
  ['row_count not anomalous(2 sigma)', 'row_count not anomalous(2 sigma)'],
  ['avg(x) not anomalous (2.5 SIGMA)', 'avg(x) not anomalous(2.5 sigma)'],
  // Units, tolerances, baselines.
  ['size_bytes < 1.5 gb', 'size_bytes < 1.5 GB'],
  ['freshness(t) < 1 HOUR', 'freshness(t) < 1 hour'],
  ['retention(t) <= 3 years', 'retention(t) <= 3 years'],
  ['null_count(a) < 5 rows', 'null_count(a) < 5 rows'],
  ['latency(event_time, load_time) < 90 min', 'latency(event_time, load_time) < 90 minutes'],
  ['row_count = row_count(bronze.orders) within 0.1%', 'row_count = row_count(bronze.orders) within 0.1%'],
  ['row_count within 2 sigma of avg_last(30)', 'row_count within 2 sigma of avg_last(30)'],
  ['row_count not within 5% of row_count(b)', 'row_count not within 5% of row_count(b)'],
  ['row_count > 0.5 * same_weekday_last(4)', 'row_count > 0.5 * same_weekday_last(4)'],
  ['sum(a) between value_at(7) * 0.9 and max_last(7)', 'sum(a) between value_at(7) * 0.9 and max_last(7)'],
  ['row_count between (1 and 5]', 'row_count between (1 and 5]'],
  ['row_count between [1 and 5]', 'row_count between 1 and 5'],
  ['row_count between (1 + 2) * 3 and 50', 'row_count between (1 + 2) * 3 and 50'],
  [
    'sum(x) not anomalous(train 28, direction DOWN, seasonality weekday, min_change 3%)',
    'sum(x) not anomalous(2 sigma, seasonality weekday, direction down, min_change 3%, train 28)',
  ],
  ['sum(x) not anomalous(adaptive)', 'sum(x) not anomalous(adaptive)'],
  ['sum(x) not anomalous(3.5 sigma, adaptive)', 'sum(x) not anomalous(adaptive, 3.5 sigma)'],
  // Metrics.
  ["missing_count(email, ['', 'n/a']) = 0", "missing_count(email, ['', 'n/a']) = 0"],
  ['quantile(amount, 95%) < 100', 'quantile(amount, 0.95) < 100'],
  [
    "invalid_percentage(status in ('a') and b > 1) < 1%",
    "invalid_percentage(status in ('a') and b > 1) < 1%",
  ],
  ['max(bronze.orders.amount) = max(amount)', 'max(bronze.orders.amount) = max(amount)'],
  ['distinct_count(a, b) > 5', 'distinct_count(a, b) > 5'],
  // Rows.
  ["status IN ('paid','open')", "status in ('paid', 'open')"],
  ['amount in [1, -2.5, 10%]', 'amount in (1, -2.5, 0.1)'],
  ["name not like 'it''s%'", "name not like 'it''s%'"],
  [
    "email matches '^[^@]+@[^@]+$' for 99.9% of rows where country = 'DE' on partition",
    "email matches '^[^@]+@[^@]+$' for 99.9% of rows where country = 'DE' on partition",
  ],
  ['a is null OR b IS NOT email', 'a is null or b is not email'],
  ['a = 1 and (b = 2 and c = 3)', 'a = 1 and b = 2 and c = 3'],
  ['a = 1 and b = 2 or c = 3', '(a = 1 and b = 2) or c = 3'],
  ['not a = 1 for 90% of rows', 'not (a = 1) for 90% of rows'],
  ['a = 1 for 100% of rows', 'a = 1'],
  ["created_at <= now() and day >= date '2026-01-31'", "created_at <= now() and day >= date '2026-01-31'"],
  ['length(trim(name)) between 1 and 40', 'length(trim(name)) between 1 and 40'],
  ['abs(a - b) <= 0.01 * total', 'abs(a - b) <= 0.01 * total'],
  ['5 < amount', '5 < amount'],
  ['((a + b) * 2) > c', '(a + b) * 2 > c'],
  ['"row_count" > 5', '"row_count" > 5'],
  ['active = TRUE', 'active = true'],
  // Joined.
  ['row_count > 0 and unique(a)', 'row_count > 0 and unique(a)'],
  ['row_count > 0 or a = 1 or b = 2', 'row_count > 0 or a = 1 or b = 2'],
  ['row_count > 0 or (a = 1 or b = 2)', 'row_count > 0 or (a = 1 or b = 2)'],
  ['a = 1 for 90% of rows and b = 2', 'a = 1 for 90% of rows and b = 2 for 100% of rows'],
  ['not unique(a)', 'not (unique(a))'],
  ['not row_count > 5 and (row_count < 3)', 'not (row_count > 5) and row_count < 3'],
  // Scopes and segments, in any order.
  ['row_count > 5 per country on table where a = 1', 'row_count > 5 where a = 1 on table per country'],
  ['avg(a) > 5 on LAST(7)', 'avg(a) > 5 on last(7)'],
  // Other tables.
  ['user_id references dim.users(user_id)', 'user_id references dim.users(user_id)'],
  [
    '(a, "b c") not references x.y.z(d, e) for 99% of rows',
    '(a, "b c") not references x.y.z(d, e) for 99% of rows',
  ],
  ['(a) references t(b)', 'a references t(b)'],
  [
    'equals silver.orders on (order_id) comparing (amount, status) within 0.01',
    'equals silver.orders on (order_id) comparing (amount, status) within 0.01',
  ],
  // Shape.
  ['has_columns(a, b)', 'has_columns(a, b)'],
  ['NOT has_columns(ssn)', 'not has_columns(ssn)'],
  ['has_columns EXACTLY (a, b) in order', 'has_columns exactly (a, b) in order'],
  ['column_type(amount) = decimal(10, 2)', "column_type(amount) = 'decimal(10,2)'"],
  ["column_type(tags) = 'array<string>'", "column_type(tags) = 'array<string>'"],
  ['schema unchanged', 'schema unchanged'],
  ['schema unchanged since last', 'schema unchanged'],
  ['schema unchanged since baseline', 'schema unchanged since baseline'],
  ["groups(status) == ('a', 'b')", "groups(status) = ('a', 'b')"],
  ["groups(status) contains ('a')", "groups(status) contain ('a')"],
  ["groups(status) in ('a')", "groups(status) within ('a')"],
  ['groups(country) unchanged', 'groups(country) unchanged'],
  ['no_gaps(ts, 1 hour)', 'no_gaps(ts, hour)'],
  ["landed_by '6:30 Europe/Berlin'", "landed_by '06:30 Europe/Berlin'"],
  [
    "landed_by '23:00 UTC' same day on monday - Friday, sun",
    "landed_by '23:00 UTC' same day on mon-fri, sun",
  ],
  ["landed_by '06:30 Asia/Tokyo' on fri-mon", "landed_by '06:30 Asia/Tokyo' on mon, fri-sun"],
  ['distribution(amount) psi < 0.2 vs last(28)', 'distribution(amount) psi < 0.2 vs last(28)'],
  ['distribution(amount) KS <= 10% vs last(7)', 'distribution(amount) ks <= 0.1 vs last(7)'],
  ["sql('select 1 -- it''s') <> 0", "sql('select 1 -- it''s') != 0"],
  ["sql('select 1') not between 1 and 5", "sql('select 1') not between 1 and 5"],
];

/** Wrong texts: offset of the problem, message, mend. */
const REFUSED: [text: string, offset: number, message: string, mend: string][] = [
  ['', 0, 'The check ends here, expected a check', 'For example: row_count > 0.'],
  ['   ', 3, 'The check ends here, expected a check', 'For example: row_count > 0.'],
  [
    'row_count',
    9,
    'The check ends here, expected a condition',
    'Write a comparison (> 0), between, within … of, or not anomalous.',
  ],
  ['row_count >', 11, 'The check ends here, expected a metric or a number', 'For example: row_count > 0.'],
  ['row_count > 1 & b', 14, 'Found "&", which has no meaning here', 'Join conditions by and.'],
  ['row_count > 1 && row_count < 5', 14, 'Found "&", which has no meaning here', 'Join conditions by and.'],
  ['row_count > 1 | 2', 14, 'Found "|", which has no meaning here', 'Join conditions by or.'],
  [
    'row_count > 1 or 2',
    18,
    'The check ends here, expected a condition',
    'Write a comparison (> 0), between, within … of, or not anomalous.',
  ],
  [
    '1 < row_count < 5',
    14,
    'Found "<", expected the end of the check',
    'For a value between two bounds write: metric between a and b.',
  ],
  [
    'row_count > 1,000',
    13,
    'Found ",", expected the end of the check',
    'Numbers have no thousands separator, and the decimal sign is a point.',
  ],
  [
    'row_count > 1 2',
    14,
    'Found "2", expected the end of the check',
    'Remove what follows it, or join two conditions by and.',
  ],
  [
    'row_count > 0;',
    13,
    'Found ";", which has no meaning here',
    'A check is one condition: leave the semicolon out.',
  ],
  [
    'row_count => 1',
    10,
    'Two comparison signs stand side by side',
    'Write one of = != < <= > >=, without a space inside.',
  ],
  [
    'row_count > = 1',
    10,
    'Two comparison signs stand side by side',
    'Write one of = != < <= > >=, without a space inside.',
  ],
  ['row_count ≥ 1', 10, 'Found "≥", which has no meaning here', 'Write >=.'],
  [
    'row_count ! 1',
    10,
    'Found "!", which has no meaning here',
    'Write != for "not equal", or not before a condition.',
  ],
  [
    'row_count\u200B > 1',
    9,
    'Found the invisible character U+200B, which has no meaning here',
    'Remove it, or put a column name with special characters in double quotes.',
  ],
  [
    'row_cont > 1',
    0,
    '"row_cont" is not a metric',
    'Did you mean row_count? A column of this name is written "row_cont".',
  ],
  ['null_rate(a) < 1%', 0, '"null_rate" is not a metric', 'Did you mean null_percentage?'],
  [
    'constructor(a) < 1',
    0,
    '"constructor" is not a metric',
    `The metrics are ${Object.keys(METRICS).join(', ')} and unique.`,
  ],
  [
    '"a" > row_count',
    0,
    'A value of single rows stands beside a measure of all rows',
    'Say what to measure of a, for example max(a).',
  ],
  [
    'row_count(a, b) > 1',
    11,
    'Found ",", expected ")"',
    'row_count takes the name of another table, or nothing; for one column there is count(column).',
  ],
  ['sum > 1', 4, 'Found ">", expected "("', 'Name the column: sum(column).'],
  ['sum() > 1', 4, 'Found ")", expected a column name', 'For example: sum(order_id).'],
  ['sum(1) > 1', 4, 'Found "1", expected a column name', 'For example: sum(order_id).'],
  ['sum(a, b) > 1', 5, 'sum takes one column', 'Write one check for each column.'],
  [
    'a.b > 1',
    1,
    'A row has only the columns of its own table',
    'Quote a column name that contains a dot: "a.b".',
  ],
  ["sum('a') > 1", 4, "Found the text 'a', expected a column name", 'For example: sum(order_id).'],
  ['sum("a) > 1', 4, 'This quoted column name never ends', 'Close it with ".'],
  ['sum("") > 1', 4, 'A column name is empty or contains a zero byte', 'Write the name of a column.'],
  [
    'sum(a > 1',
    6,
    'Found ">", expected ")"',
    'Close the list of columns; put a name with special characters in double quotes.',
  ],
  ['unique', 6, 'The check ends here, expected "("', 'Name the column: unique(column).'],
  ['unique(a, A, a)', 13, 'The column a is named twice', 'Name each column once.'],
  [
    'unique(a) = 1',
    10,
    'Found "=", expected the end of the check',
    'unique is a whole check; to allow some repeats compare duplicate_count.',
  ],
  [
    'row_count > -sum(a)',
    12,
    'A minus sign stands before something that is not a number',
    'Write 0 - … instead.',
  ],
  ['(row_count > 1', 14, 'The check ends here, expected ")"', 'Close the bracket.'],
  [
    '1 < 2',
    0,
    'This check measures nothing: it compares numbers only',
    'Name a metric, for example: row_count > 0.',
  ],
  [
    '5 not anomalous',
    0,
    'This check measures nothing: it compares numbers only',
    'Name a metric, for example: row_count > 0.',
  ],
  [
    'row_count > 5x',
    12,
    '"5x" is not a number',
    'Put a space between a number and a word, and write the decimal sign once, as a point.',
  ],
  [
    'row_count > 1.2.3',
    12,
    '"1.2.3" is not a number',
    'Put a space between a number and a word, and write the decimal sign once, as a point.',
  ],
  ['row_count > 1_000', 12, '"1_000" is not a number', 'Write 1000.'],
  ['row_count > 1e999', 12, '1e999 is too large', 'Write a number below 1.7e308.'],
  [
    'row_count % 2 = 0',
    10,
    'Found "%", expected a condition',
    'Write a comparison (> 0), between, within … of, or not anomalous.',
  ],
  [
    'row_count between 1',
    19,
    'The check ends here, expected "and"',
    'Write between a and b; both ends are included.',
  ],
  [
    'row_count between 5 and 1',
    18,
    'The lower end of between is above the upper one',
    'Swap the two numbers.',
  ],
  ['row_count betwen 1 and 2', 10, 'Found "betwen", expected a condition', 'Did you mean between?'],
  ['row_count within 5%', 19, 'The check ends here, expected "of"', 'For example: within 5% of avg_last(7).'],
  [
    'row_count within -5% of avg_last(7)',
    17,
    'The tolerance is negative',
    'Write how far the value may be off, to either side: within 5% of avg_last(7).',
  ],
  ['row_count within 5% of avg_lst(7)', 23, '"avg_lst" is not a metric', 'Did you mean avg_last?'],
  [
    'row_count within 5% of avg_last',
    31,
    'The check ends here, expected "("',
    'Say over how many partitions: avg_last(7).',
  ],
  [
    'row_count within 5% of avg_last(0)',
    32,
    'avg_last looks back over a whole number of partitions, 1 to 1000',
    'For example: avg_last(7).',
  ],
  [
    'row_count within 5% of avg_last(1.5)',
    32,
    'avg_last looks back over a whole number of partitions, 1 to 1000',
    'For example: avg_last(7).',
  ],
  [
    'row_count anomalous',
    10,
    'Found "anomalous", expected "not"',
    'A check says what is good: write not anomalous.',
  ],
  [
    'row_count not',
    13,
    'The check ends here, expected between, in, like, matches, within or anomalous',
    'Write not between a and b, not in (…), or not anomalous.',
  ],
  ['row_count not anomalous(2)', 25, 'Found ")", expected "sigma"', 'For example: not anomalous(2 sigma).'],
  [
    'row_count not anomalous(0 sigma)',
    24,
    'The width in sigma lies above 0 and up to 20',
    'For example: not anomalous(2 sigma).',
  ],
  [
    'row_count not anomalous(2% sigma)',
    24,
    'The width in sigma lies above 0 and up to 20',
    'For example: not anomalous(2 sigma).',
  ],
  ['row_count not anomalous(2 sigma', 31, 'The check ends here, expected ")"', 'Close the bracket.'],
  [
    'rows > 0',
    0,
    '"rows" is not a metric',
    'Did you mean row_count? A column of this name is written "rows".',
  ],
  ['mean(a) > 0', 0, '"mean" is not a metric', 'Did you mean avg?'],
  ["accepted_values(a, ['b'])", 0, '"accepted_values" is not a metric', 'Did you mean column in (…)?'],
  [
    'count > 0',
    6,
    'Found ">", expected "("',
    'Name the column: count(column); all rows are counted by row_count.',
  ],
  [
    'amount > avg(amount)',
    0,
    'A value of single rows stands beside a measure of all rows',
    'Say what to measure of amount, for example max(amount).',
  ],
  [
    'amount',
    6,
    'The check ends here, expected a condition',
    "Write what must hold of amount in every row: is not null, in (…), matches '…', > 0.",
  ],
  [
    'amount = null',
    9,
    'Found "null", expected a value',
    'Nothing is equal to null: write is null or is not null.',
  ],
  ['status in (paid)', 11, 'Found "paid", expected a value', "Write a text in single quotes: 'paid'."],
  [
    "status in ('a', 5)",
    16,
    'The values are not of one kind',
    'Write texts in single quotes, and numbers without.',
  ],
  ["status in ('a', 'a')", 16, 'The value a is named twice', 'Name each value once.'],
  [
    "status in ('a', null)",
    16,
    'Found "null", expected a value',
    'null is in no list: write "or column is null" beside it.',
  ],
  ['email is emial', 9, 'Found "emial", expected null or the name of a format', 'Did you mean email?'],
  ['id is guid', 6, 'Found "guid", expected null or the name of a format', 'Did you mean uuid?'],
  [
    "email matches 'it''s ('",
    21,
    'The group ( is not closed',
    'Close it with ), or write \\( for a bracket.',
  ],
  [
    'email matches a',
    14,
    'Found "a", expected a pattern in single quotes',
    "For example: sku matches '^[A-Z]{3}-[0-9]+$'.",
  ],
  [
    'a = 1 and b = 2 for 90% of rows',
    16,
    'It is not clear to which conditions this share of rows belongs',
    'Put brackets around what it is about: (a = 1 and b = 2) for 99% of rows.',
  ],
  [
    'a = 1 for 0% of rows',
    10,
    'The share of rows lies above 0% and up to 100%',
    'For example: for 99.9% of rows.',
  ],
  [
    'a > 5 hours',
    4,
    'A row is compared with a number that has a unit',
    'Write the number as the column holds it.',
  ],
  ["d >= date '2026-02-29'", 10, "'2026-02-29' is not a date", "For example: date '2026-01-31'."],
  [
    "t > timestamp '2026-01-01'",
    14,
    "'2026-01-01' is not a timestamp",
    "For example: timestamp '2026-01-31T10:00:00Z'.",
  ],
  [
    'freshness(t) within 5% of avg_last(7)',
    26,
    'freshness changes with the clock and has no history',
    'Compare it with a limit: freshness(…) < 2 hours.',
  ],
  [
    'avg_last(7) > 5',
    0,
    'A baseline is compared with a number, and nothing says of what',
    'Write for example: row_count > 0.5 * avg_last(7).',
  ],
  [
    'row_count = row_count(b) within 2 sigma',
    32,
    'A tolerance in sigma needs a history',
    'Write for example: row_count within 2 sigma of avg_last(30).',
  ],
  [
    'row_count not anomalous(2 sigma, 3 sigma)',
    33,
    'Found "3", expected another option',
    'Say each option once.',
  ],
  [
    'row_count > 0 where row_count > 5',
    20,
    'A condition on the whole stands where one on single rows is expected',
    "Write a condition on a row's columns, for example country = 'DE'.",
  ],
  ['row_count > 0 on table on table', 23, 'on stands here twice', 'Say it once.'],
  [
    'row_count > 0 on tabel',
    17,
    'Found "tabel", expected partition, table or last(n)',
    'For example: on table.',
  ],
  ['row_count > 0 wher a = 1', 14, 'Found "wher", expected the end of the check', 'Did you mean where?'],
  [
    '(a, b) references c(d)',
    1,
    '2 columns refer to 1',
    'Name as many columns on both sides, in the same order.',
  ],
  [
    'row_count(a.b.c.d) > 0',
    10,
    "A table's name has at most 3 parts",
    'Write catalog.schema.table, and quote a part that contains a dot.',
  ],
  [
    "landed_by '06:30'",
    10,
    "'06:30' is not a time of day with its zone",
    "For example: landed_by '06:30 Europe/Berlin' on mon-fri.",
  ],
  [
    "landed_by '06:30 Europe/Berlni'",
    10,
    'Europe/Berlni is not a time zone',
    'Name one of the IANA database, such as Europe/Berlin, Asia/Tokyo or UTC.',
  ],
  [
    "landed_by '06:30 +02:00'",
    10,
    '+02:00 is not a time zone',
    'Name one of the IANA database, such as Europe/Berlin, Asia/Tokyo or UTC.',
  ],
  ["column_type(a) = 'strng'", 17, '"strng" is not a type', 'Did you mean string?'],
  ['quantile(a, 95) < 1', 12, 'The quantile lies between 0 and 1', 'For example: quantile(amount, 0.95).'],
  [
    'schema = 1',
    0,
    'Found "schema", expected a value',
    'A column of this name is written in double quotes: "schema".',
  ],
  ["sql(' ') = 0", 4, 'The query is empty', "For example: sql('select count(*) from {dataset}') = 0."],
  ["name = 'a", 7, 'This text never ends', "Close it with '."],
  [
    "name = '\uD800'",
    8,
    'Found half a character, which has no meaning',
    'Write the text anew: it was cut in the middle of a character.',
  ],
];

describe('the expression parser', () => {
  for (const [text, canonical] of ACCEPTED) {
    test(`accepts ${text}`, () => {
      const parsed = parseExpression(text);
      assert.equal(parsed.status, 'ok', JSON.stringify(parsed));
      if (parsed.status === 'ok') assert.equal(printExpression(parsed.expression), canonical);
    });
  }

  for (const [text, offset, message, mend] of REFUSED) {
    test(`refuses ${JSON.stringify(text)}`, () => {
      const parsed = parseExpression(text);
      assert.equal(parsed.status, 'error');
      if (parsed.status !== 'error') return;
      const { problem } = parsed;
      assert.deepEqual([problem.span.offset, problem.message, problem.mend], [offset, message, mend]);
    });
  }

  test('refuses a text that is too long or nested too deeply', () => {
    const long = parseExpression(`row_count > ${'1 + '.repeat(2000)}1`);
    assert.match(long.status === 'error' ? long.problem.message : '', /8013 characters long, at most 8000/);
    const deep = parseExpression(`row_count > ${'('.repeat(900)}1${')'.repeat(900)}`);
    assert.match(deep.status === 'error' ? deep.problem.message : '', /more than 50 deep/);
  });

  test('percentages keep their exact decimal value', () => {
    for (const percent of ['0.07', '7', '29', '33.3', '0.001', '1e-9', '150']) {
      const parsed = parseExpression(`null_percentage(a) < ${percent}%`);
      assert.ok(
        parsed.status === 'ok' &&
          parsed.expression.condition.type === 'comparison' &&
          parsed.expression.condition.right.type === 'number',
      );
      assert.equal(
        parsed.expression.condition.right.value,
        Number(`${percent.split('e')[0]}e${Number(percent.split('e')[1] ?? 0) - 2}`),
      );
    }
  });

  test('spans cover the text that they are about', () => {
    const text = ' sum( "a b" ) = (row_count + 2) ';
    const parsed = parseExpression(text);
    assert.ok(parsed.status === 'ok' && parsed.expression.condition.type === 'comparison');
    const slice = (span: { offset: number; length: number }): string =>
      text.slice(span.offset, span.offset + span.length);
    assert.equal(slice(parsed.expression.span), 'sum( "a b" ) = (row_count + 2)');
    assert.equal(slice(parsed.expression.condition.left.span), 'sum( "a b" )');
    assert.equal(slice(parsed.expression.condition.right.span), '(row_count + 2)');
  });

  test('reads every expression that is printed as the same tree', () => {
    fc.assert(
      fc.property(expressions, (expression) => {
        const text = printExpression(expression);
        const parsed = parseExpression(text);
        assert.equal(parsed.status, 'ok', `${text}: ${JSON.stringify(parsed)}`);
        if (parsed.status === 'ok')
          assert.deepEqual(withoutSpans(parsed.expression), withoutSpans(expression), text);
      }),
      { numRuns: 1000 },
    );
  });

  test('never throws on any text, and points into it', () => {
    const piece = fc.constantFrom(
      'row_count',
      'sum(a)',
      'unique',
      '(',
      ')',
      '"',
      '`',
      '%',
      '&',
      '|',
      'not',
      'between',
      'and',
      'within',
      'of',
      'avg_last',
      'anomalous',
      'sigma',
      '1',
      '-',
      '.',
      ',',
      '>',
      '=',
      ' ',
      '\0',
      '\uD800',
      '😀',
      '5e',
      '1e9',
    );
    const texts = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.array(piece, { maxLength: 15 }).map((pieces) => pieces.join(' ')),
      fc.array(piece, { maxLength: 15 }).map((pieces) => pieces.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const parsed = parseExpression(text);
        if (parsed.status === 'error') {
          const { span, message, mend } = parsed.problem;
          assert.ok(span.offset >= 0 && span.offset + span.length <= text.length);
          assert.ok(
            message.length > 0 && !message.endsWith('.') && mend.endsWith('.') !== mend.endsWith('?'),
            `${message} | ${mend}`,
          );
        } else {
          // Whatever is accepted has one canonical form that means the same.
          const again = parseExpression(printExpression(parsed.expression));
          assert.ok(again.status === 'ok');
          assert.deepEqual(withoutSpans(again.expression), withoutSpans(parsed.expression));
        }
      }),
      { numRuns: 3000 },
    );
  });

  test('never accepts a valid check with something foreign put into it', () => {
    const foreign = fc.constantFrom(
      '&',
      '|',
      ';',
      '!',
      '#',
      '$',
      '?',
      '@',
      '\\',
      '{',
      '}',
      '[',
      ']',
      ':',
      '^',
      '~',
      '\0',
      "'",
      '…',
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...ACCEPTED.map(([text]) => text)),
        foreign,
        fc.nat(),
        (text, character, at) => {
          const offset = at % (text.length + 1);
          const inQuotes = (text.slice(0, offset).match(/["`']/g) ?? []).length % 2 === 1;
          fc.pre(
            !inQuotes &&
              !(character === '!' && text.charAt(offset) === '=') &&
              !(character === '\0' && inQuotes),
          );
          const broken = `${text.slice(0, offset)}${character}${text.slice(offset)}`;
          assert.equal(parseExpression(broken).status, 'error', broken);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
