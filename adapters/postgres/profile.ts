import type { PoolClient } from 'pg';
import type { TableDescription } from '#model/measure-plan.ts';
import { KEY_HASHES, type ProfileRequest, type TableProfile } from '#model/profile.ts';
import { collectProfile, type ProfileRow } from '#model/profile-rows.ts';
import { LOG_GAMMA } from '#model/statistics/quantile-sketch.ts';
import { rows } from './client.ts';
import { quoteIdentifier } from './quote-identifier.ts';

/** Sums up the rows in one statement, in the transaction that the caller has begun. */
export async function profileRows(
  client: PoolClient,
  table: TableDescription,
  request: ProfileRequest,
): Promise<TableProfile> {
  const text = profileStatement(table, request);
  if (text === null) return collectProfile(request, []);
  await client.query("select set_config('statement_timeout', $1, true)", [
    String(Math.ceil(request.timeLimitMs)),
  ]);
  return collectProfile(request, await rows<ProfileRow>(client, text));
}

/**
 * The statement of a profile; null when nothing is asked. Every value is hashed and put in its bucket once
 * (docs/statistics.md), and counted by segment, column and register or bucket: three groupings of one scan. The
 * checksum and the smallest hashes of keys are scans of their own in the same statement.
 */
export function profileStatement(table: TableDescription, request: ProfileRequest): string | null {
  const parts = [
    ...(request.columns.length > 0 ? [cellsOf(table, request)] : []),
    ...(request.content.length > 0 ? [extra('content', contentOf(table, request))] : []),
    ...(request.keys.length > 0 ? [extra('keys', keysOf(table, request))] : []),
  ];
  return parts.length === 0 ? null : parts.join('\nunion all\n');
}

function cellsOf(
  table: TableDescription,
  { columns, segments, mostSegments, where }: ProfileRequest,
): string {
  const from = fromOf(table, where);
  const typeOf = typesOf(table);
  const limits = segments.map(
    ({ source }, part) =>
      `(select count(*) from (select 1 ${from} group by ${label(source)} limit ${mostSegments + 1}) as v) as v${part}`,
  );
  const labels = segments.map(
    ({ source }, part) =>
      `(${part}, case when l.v${part} <= ${mostSegments} then ${label(source)} end, l.v${part})`,
  );
  const cells = columns.map(({ source }, col) => {
    const type = typeOf(source);
    return `(${col}, ('x' || substr(md5(${textOf(source, type)}), 1, 16))::bit(64)::bigint, ${numberOf(source, type)})`;
  });
  return `
select kind, part::text, label, max(labels)::text as labels, col::text,
       string_agg(slot || ' ' || amount, ',') filter (where kind <> 'number') as slots,
       sum(row_count)::text as row_count, sum(filled)::text as filled, sum(numbers)::text as numbers,
       max(low)::text as low, max(high)::text as high, max(total)::text as total, max(deviations)::text as deviations
  from (
    select case when grouping(register) = 0 then 'register' when grouping(bucket) = 0 then 'bucket' else 'number' end as kind,
           part, label, max(labels) as labels, col, coalesce(register, bucket) as slot,
           case when grouping(register) = 0 then 54 - length(ltrim(min(rest)::bit(53)::text, '0')) else count(*) end as amount,
           count(*) as row_count, count(hash) as filled, count(n) as numbers, min(n) as low, max(n) as high,
           sum(n) as total, var_pop(n) * count(n) as deviations
      from (
        select s.part, s.label, s.labels, t.col, t.n, t.hash,
               ((t.hash >> 53) & 2047)::integer as register, t.hash & 9007199254740991 as rest,
               case when t.n = 0 then 0
                    else 3 * ceil(ln(abs(t.n)) / ${LOG_GAMMA})::integer + sign(t.n)::integer end as bucket
          from (select ${limits.length === 0 ? 'null as v0' : limits.join(', ')} offset 0) as l
          cross join ${rowsOf(table, where)}
          cross join lateral (values ${labels.length === 0 ? '(0, null::text, 0::bigint)' : labels.join(', ')}) as s(part, label, labels)
          cross join lateral (values ${cells.join(', ')}) as t(col, hash, n)
      ) as cell
     group by grouping sets ((part, label, col, register), (part, label, col, bucket), (part, label, col))
  ) as counted
 where kind = 'number' or slot is not null
 group by kind, part, label, col`;
}

/** A row of the answer with nothing but its slots. */
function extra(kind: string, slots: string): string {
  return `select '${kind}' as kind, null as part, null as label, null as labels, null as col, (${slots}) as slots,
       null as row_count, null as filled, null as numbers, null as low, null as high, null as total, null as deviations`;
}

function contentOf(table: TableDescription, { content, where }: ProfileRequest): string {
  const row = `row(${content.map(column).join(', ')})::text`;
  return `select count(*) || ' ' || coalesce(sum(hashtextextended(${row}, 1)), 0) || ' ' || coalesce(sum(hashtextextended(${row}, 2)), 0) ${fromOf(table, where)}`;
}

function keysOf(table: TableDescription, { keys, where }: ProfileRequest): string {
  const typeOf = typesOf(table);
  // Lengths keep ('a', 'bc') from ('ab', 'c').
  const texts = keys.map((key) => {
    const text = textOf(key, typeOf(key));
    return `coalesce(length(${text}) || ':' || ${text}, '-')`;
  });
  const hash = `('x0' || substr(md5(${texts.join(' || ')}), 1, 15))::bit(64)::bigint`;
  return `select string_agg(hash::text, ',') from (select ${hash} as hash ${fromOf(table, where)} order by 1 limit ${KEY_HASHES}) as k`;
}

/** The rows under the alias `c`. What selects them stands alone with them: its names are theirs. */
const rowsOf = (table: TableDescription, where: string | null): string =>
  `${where === null ? table.from : `(select * from ${table.from} as c where ${where})`} as c`;

const fromOf = (table: TableDescription, where: string | null): string => `from ${rowsOf(table, where)}`;

const column = (name: string): string => `c.${quoteIdentifier(name)}`;

const label = (name: string): string => `${column(name)}::text`;

function typesOf({ columns }: TableDescription): (name: string) => string {
  const types = new Map(columns.map(({ name, type }) => [name, type]));
  return (name) => types.get(name) ?? '';
}

const WHOLE = /^(?:smallint|integer|bigint)$/;
const DECIMAL = /^numeric/;
const FLOAT = /^(?:real|double precision)$/;

/** As docs/statistics.md writes values, so that sketches of all warehouses can be merged. */
function textOf(name: string, type: string): string {
  const value = column(name);
  if (DECIMAL.test(type)) return `trim_scale(${value})::text`;
  if (FLOAT.test(type)) return `trim_scale(${value}::text::numeric)::text`;
  if (type.startsWith('timestamp')) {
    const utc = type.endsWith('with time zone') ? `${value} at time zone 'UTC'` : value;
    return `to_char(${utc}, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
  }
  return `${value}::text`;
}

function numberOf(name: string, type: string): string {
  const value = column(name);
  if (WHOLE.test(type)) return `${value}::double precision`;
  if (!DECIMAL.test(type) && !FLOAT.test(type)) return 'null::double precision';
  const number = `${value}::double precision`;
  return `case when ${number} not in ('NaN', 'Infinity', '-Infinity') then ${number} end`;
}
