import type { TableDescription } from '#model/measure-plan.ts';
import type { Outcome } from '#model/ports.ts';
import { KEY_HASHES, type ProfileRequest, type TableProfile } from '#model/profile.ts';
import { collectProfile, type ProfileRow } from '#model/profile-rows.ts';
import { LOG_GAMMA } from '#model/statistics/quantile-sketch.ts';
import type { StarRocksClient } from './client.ts';
import { describe } from './describe.ts';
import { quoteIdentifier } from './names.ts';
import { outcomeOf } from './outcome.ts';
import { withKnownHints, type QueryBounds } from './statement-hints.ts';

/** Memory that a profile may take on a node unless the settings say another limit. */
const MEMORY_BYTES = 8 * 1024 ** 3;

/** Sums up rows in one statement, under the same limits as checks. What cannot be read is a failure, not a guess. */
export function profile(
  client: StarRocksClient,
  request: ProfileRequest,
  bounds: QueryBounds,
): Promise<Outcome<TableProfile>> {
  return outcomeOf(`Profiling ${request.ref}`, async () => {
    const described = await describe(client, request.ref);
    if (described.status !== 'success') return described;
    const table = described.value;
    if (table === null) return { status: 'failure', reason: `There is no table ${request.ref}.` };
    const readable = readableOf(table, request);
    const text = profileStatement(table, readable);
    if (text === null) return { status: 'success', value: collectProfile(readable, []) };
    const hinted = withKnownHints(text, await client.variables(), bounds);
    const rows = await client.query(hinted, { timeLimitMs: request.timeLimitMs });
    try {
      // The kinds are those of the statement.
      const value = collectProfile(readable, rows as unknown as readonly ProfileRow[]);
      return { status: 'success', value };
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return { status: 'failure', reason: `Profiling ${request.ref}: ${error.message}` };
    }
  });
}

/** Types that have no text: they are counted by checks, and left out here. */
const OPAQUE = /^(?:json|bitmap|hll|percentile|array|map|struct|varbinary|binary|variant)\b/i;

/** What can be read of what is asked. A checksum that leaves columns out would call other rows equal. */
function readableOf(table: TableDescription, request: ProfileRequest): ProfileRequest {
  const opaque = new Set(table.columns.filter(({ type }) => OPAQUE.test(type)).map(({ name }) => name));
  const isReadable = ({ source }: { readonly source: string }): boolean => !opaque.has(source);
  return {
    ...request,
    columns: request.columns.filter(isReadable),
    segments: request.segments.filter(isReadable),
    content: request.content.some((name) => opaque.has(name)) ? [] : request.content,
    keys: request.keys.some((name) => opaque.has(name)) ? [] : request.keys,
  };
}

/**
 * The statement of a profile; null when nothing is asked. Every value is counted three times in one scan: for itself,
 * by its register and by its bucket (docs/statistics.md). Only functions that 3.1 has.
 */
export function profileStatement(table: TableDescription, request: ProfileRequest): string | null {
  const parts = [
    ...(request.columns.length > 0 ? [cellsOf(table, request)] : []),
    ...(request.content.length > 0 ? [contentOf(table, request)] : []),
    ...(request.keys.length > 0 ? [keysOf(table, request)] : []),
  ];
  if (parts.length === 0) return null;
  const seconds = Math.max(1, Math.ceil(request.timeLimitMs / 1000));
  return `select /*+ SET_VAR(query_timeout=${seconds}, query_mem_limit=${MEMORY_BYTES}, enable_rewrite_simple_agg_to_meta_scan=false) */ *
from (
${parts.join('\nunion all\n')}
) as found`;
}

function cellsOf(
  table: TableDescription,
  { columns, segments, mostSegments, where }: ProfileRequest,
): string {
  const from = fromOf(table, where);
  const typeOf = typesOf(table);
  const labels = segments.map(({ source }) => string(column(source)));
  const limits = labels.map(
    (label, part) =>
      `cross join (select count(*) as v${part} from (select ${label} as label ${from} group by ${label} limit ${mostSegments + 1}) as g${part}) as l${part}`,
  );
  const chosen = <T>(values: readonly T[], of: (value: T, position: number) => string): string =>
    values.map((value, position) => `when ${position} then ${of(value, position)}`).join(' ');
  const label =
    labels.length === 0
      ? string('null')
      : `case p.part ${chosen(labels, (text, part) => `case when l${part}.v${part} <= ${mostSegments} then ${text} end`)} end`;
  const count =
    labels.length === 0 ? '0' : `case p.part ${chosen(labels, (_, part) => `l${part}.v${part}`)} end`;
  const text = chosen(columns, ({ source }) => textOf(source, typeOf(source)));
  const number = chosen(columns, ({ source }) => numberOf(source, typeOf(source)));
  return `
select kind, ${string('part')} as part, label, ${string('max(labels)')} as labels, ${string('col')} as col,
       array_join(array_agg(concat(${string('slot')}, ' ', ${string('amount')})), ',') as slots,
       ${string('sum(row_count)')} as row_count, ${string('sum(filled)')} as filled, ${string('sum(numbers)')} as numbers,
       ${string('max(low)')} as low, ${string('max(high)')} as high, ${string('max(total)')} as total, ${string('max(deviations)')} as deviations
  from (
    select kind, part, label, max(labels) as labels, col, slot,
           case when kind = 'register' then if(min(rest) = 0, 54, 54 - length(bin(min(rest)))) else count(*) end as amount,
           count(*) as row_count, count(rest) as filled, count(n) as numbers, min(n) as low, max(n) as high,
           sum(n) as total, var_pop(n) * count(n) as deviations
      from (
        select g.kind, d.part, d.label, d.labels, d.col, d.n, d.rest,
               case g.kind when 'register' then d.register
                    when 'bucket' then if(d.n = 0, 0, 3 * cast(ceil(ln(abs(d.n)) / ${LOG_GAMMA}) as bigint) + cast(sign(d.n) as bigint)) end as slot
          from (
            select h.part, h.label, h.labels, h.col, h.n,
                   bit_shift_right(cast(conv(substr(h.hash, 1, 3), 16, 10) as bigint), 1) as register,
                   bitand(cast(conv(substr(h.hash, 3, 14), 16, 10) as bigint), 9007199254740991) as rest
              from (
                select p.part, ${label} as label, ${count} as labels, k.col, case k.col ${number} end as n, md5(case k.col ${text} end) as hash
                  ${from}
                 cross join (${list('part', Math.max(1, segments.length))}) as p
                 cross join (${list('col', columns.length)}) as k
                 ${limits.join('\n                 ')}
              ) as h
          ) as d
         cross join (select 'number' as kind union all select 'register' union all select 'bucket') as g
      ) as e
     where kind = 'number' or slot is not null
     group by kind, part, label, col, slot
  ) as counted
 group by kind, part, label, col`;
}

/** A derived table of the numbers from 0. */
function list(name: string, length: number): string {
  return Array.from({ length }, (_, at) => `select ${at} as ${name}`).join(' union all ');
}

/** A row of the answer with nothing but its slots. */
function extra(kind: string, slots: string, from: string): string {
  const nothing = ['row_count', 'filled', 'numbers', 'low', 'high', 'total', 'deviations'];
  const none = (name: string): string => `${string('null')} as ${name}`;
  return `select '${kind}' as kind, ${['part', 'label', 'labels', 'col'].map(none).join(', ')}, ${slots} as slots, ${nothing.map(none).join(', ')} ${from}`;
}

function contentOf(table: TableDescription, { content, where }: ProfileRequest): string {
  const hash = `md5(${joinedTexts(table, content)})`;
  const sum = (from: number): string =>
    string(`coalesce(sum(cast(conv(substr(${hash}, ${from}, 12), 16, 10) as largeint)), 0)`);
  return extra(
    'content',
    `concat(${string('count(*)')}, ' ', ${sum(1)}, ' ', ${sum(13)})`,
    fromOf(table, where),
  );
}

function keysOf(table: TableDescription, { keys, where }: ProfileRequest): string {
  const hash = `cast(conv(substr(md5(${joinedTexts(table, keys)}), 1, 15), 16, 10) as bigint)`;
  const smallest = `from (select ${hash} as hash ${fromOf(table, where)} order by 1 limit ${KEY_HASHES}) as smallest`;
  return extra('keys', `array_join(array_agg(${string('smallest.hash')}), ',')`, smallest);
}

/** Texts of one row as one; their lengths keep ('a', 'bc') from ('ab', 'c'). */
function joinedTexts(table: TableDescription, names: readonly string[]): string {
  const typeOf = typesOf(table);
  const texts = names.map((name) => {
    const text = textOf(name, typeOf(name));
    return `coalesce(concat(${string(`char_length(${text})`)}, ':', ${text}), '-')`;
  });
  return `concat(${texts.join(', ')})`;
}

/** The rows under the alias `c`. What selects them stands alone with them: its names are theirs. */
function fromOf(table: TableDescription, where: string | null): string {
  return `from ${where === null ? table.from : `(select * from ${table.from} as c where ${where})`} as c`;
}

const string = (sql: string): string => `cast(${sql} as string)`;

const column = (name: string): string => `c.${quoteIdentifier(name)}`;

function typesOf({ columns }: TableDescription): (name: string) => string {
  const types = new Map(columns.map(({ name, type }) => [name, type.toLowerCase()]));
  return (name) => types.get(name) ?? '';
}

const NUMBER = /^(?:tinyint|smallint|int|integer|bigint|largeint|decimal\w*|float|double)\b/;
const FRACTION = /^(?:decimal\w*|float|double)\b/;
const INSTANT = /^datetime\b/;
const BOOLEAN = /^(?:boolean|tinyint\(1\))/;

/** As docs/statistics.md writes values; a float beyond 1e15 has an exponent here. */
function textOf(name: string, type: string): string {
  const value = column(name);
  const text = string(value);
  if (BOOLEAN.test(type)) return `case ${text} when '1' then 'true' when '0' then 'false' else ${text} end`;
  if (FRACTION.test(type))
    return `if(${value} = 0, '0', if(instr(${text}, '.') > 0, rtrim(rtrim(${text}, '0'), '.'), ${text}))`;
  if (INSTANT.test(type))
    return `concat(replace(substr(${text}, 1, 19), ' ', 'T'), rpad(if(length(${text}) > 19, substr(${text}, 20), '.'), 7, '0'), 'Z')`;
  return text;
}

function numberOf(name: string, type: string): string {
  return NUMBER.test(type) && !BOOLEAN.test(type)
    ? `cast(${column(name)} as double)`
    : 'cast(null as double)';
}
