import type { PoolConnection } from 'mysql2/promise';
import type { TableDescription } from '#model/measure-plan.ts';
import { KEY_HASHES, type ProfileRequest, type TableProfile } from '#model/profile.ts';
import { collectProfile, type ProfileRow } from '#model/profile-rows.ts';
import { LOG_GAMMA } from '#model/statistics/quantile-sketch.ts';
import { rows } from './client.ts';
import { quoteIdentifier } from './table-name.ts';
import { versionColumns } from './version.ts';

/** Lists of slots are longer than the server's 1 MB; what was cut off would be another sketch. */
const ROOM_FOR_SLOTS = 'set session group_concat_max_len = 16777216';

/** Sums up the rows in one statement, in the snapshot that the caller has begun. */
export async function profileRows(
  connection: PoolConnection,
  table: TableDescription,
  request: ProfileRequest,
): Promise<TableProfile> {
  const text = profileStatement(table, request);
  if (text === null) return collectProfile(request, []);
  await connection.query(ROOM_FOR_SLOTS);
  return collectProfile(request, await rows<ProfileRow>(connection, text));
}

/**
 * The statement of a profile; null when nothing is asked. There are no grouping sets: every value is counted
 * three times in one scan, for itself, by its register and by its bucket (docs/statistics.md).
 */
export function profileStatement(table: TableDescription, request: ProfileRequest): string | null {
  const parts = [
    ...(request.columns.length > 0 ? [cellsOf(table, request)] : []),
    ...(request.content.length > 0 ? [extra('content', contentOf(table, request))] : []),
    ...(request.keys.length > 0 ? [extra('keys', keysOf(table, request))] : []),
  ];
  return parts.length === 0 ? null : parts.map((part) => `(${part})`).join('\nunion all\n');
}

function cellsOf(
  table: TableDescription,
  { columns, segments, mostSegments, where }: ProfileRequest,
): string {
  const from = fromOf(table, where);
  const typeOf = typesOf(table);
  const labels = segments.map(({ source }) => labelOf(source));
  const limits = labels.map(
    (label, part) =>
      `(select count(*) from (select 1 ${from} group by ${label} limit ${mostSegments + 1}) v${part}) as v${part}`,
  );
  const chosen = <T>(values: readonly T[], of: (value: T, position: number) => string): string =>
    values.map((value, position) => `when ${position} then ${of(value, position)}`).join(' ');
  const label =
    labels.length === 0
      ? 'null'
      : `case p.part ${chosen(labels, (text, part) => `case when l.v${part} <= ${mostSegments} then ${text} end`)} end`;
  const count = labels.length === 0 ? '0' : `case p.part ${chosen(labels, (_, part) => `l.v${part}`)} end`;
  const text = chosen(columns, ({ source }) => textOf(source, typeOf(source)));
  const number = chosen(columns, ({ source }) => numberOf(source, typeOf(source)));
  const hash = `md5(convert(case k.col ${text} end using utf8mb4))`;
  return `
select kind, part, label, max(labels) as labels, col,
       group_concat(concat(slot, ' ', amount) separator ',') as slots,
       sum(row_count) as row_count, sum(filled) as filled, sum(numbers) as numbers,
       max(low) as low, max(high) as high, max(total) as total, max(deviations) as deviations
  from (
    select kind, part, label, max(labels) as labels, col, slot,
           case when kind = 'register' then if(min(rest) = 0, 54, 54 - length(bin(min(rest)))) else count(*) end as amount,
           count(*) as row_count, count(rest) as filled, count(n) as numbers, min(n) as low, max(n) as high,
           sum(n) as total, var_pop(n) * count(n) as deviations
      from (
        select g.kind, d.part, d.label, d.labels, d.col, d.n, d.rest,
               case g.kind when 'register' then d.register
                    when 'bucket' then if(d.n = 0, 0, 3 * ceil(ln(abs(d.n)) / ${LOG_GAMMA}) + sign(d.n)) end as slot
          from (
            select h.part, h.label, h.labels, h.col, h.n,
                   cast(conv(substr(h.hash, 1, 3), 16, 10) as unsigned) >> 1 as register,
                   cast(conv(substr(h.hash, 3, 14), 16, 10) as unsigned) & 9007199254740991 as rest
              from (
                select p.part, ${label} as label, ${count} as labels, k.col, case k.col ${number} end as n, ${hash} as hash
                  from ${rowsOf(table, where)}
                 cross join (${list('part', Math.max(1, segments.length))}) as p
                 cross join (${list('col', columns.length)}) as k
                 ${limits.length === 0 ? '' : `cross join (select ${limits.join(', ')}) as l`}
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

function extra(kind: string, slots: string): string {
  return `select '${kind}' as kind, null as part, null as label, null as labels, null as col, (${slots}) as slots,
       null as row_count, null as filled, null as numbers, null as low, null as high, null as total, null as deviations`;
}

function contentOf(table: TableDescription, { content, where }: ProfileRequest): string {
  const columns = table.columns.filter(({ name }) => content.includes(name));
  const sums = versionColumns({ ...table, columns }).map((item) => item.replace(/ as assay_\w+$/, ''));
  return `select concat_ws(' ', ${sums.join(', ')}) ${fromOf(table, where)}`;
}

function keysOf(table: TableDescription, { keys, where }: ProfileRequest): string {
  const typeOf = typesOf(table);
  // Lengths keep ('a', 'bc') from ('ab', 'c').
  const texts = keys.map((key) => {
    const text = `convert(${textOf(key, typeOf(key))} using utf8mb4)`;
    return `coalesce(concat(char_length(${text}), ':', ${text}), '-')`;
  });
  const hash = `cast(conv(substr(md5(concat(${texts.join(', ')})), 1, 15), 16, 10) as unsigned)`;
  return `select group_concat(k.hash separator ',') from (select ${hash} as hash ${fromOf(table, where)} order by 1 limit ${KEY_HASHES}) as k`;
}

/** The rows under the alias `c`. What selects them stands alone with them: its names are theirs. */
const rowsOf = (table: TableDescription, where: string | null): string =>
  `${where === null ? table.from : `(select * from ${table.from} as c where ${where})`} as c`;

const fromOf = (table: TableDescription, where: string | null): string => `from ${rowsOf(table, where)}`;

const column = (name: string): string => `c.${quoteIdentifier(name)}`;

/** Values that a collation takes for one are different segments. */
const labelOf = (name: string): string =>
  `convert(cast(${column(name)} as char) using utf8mb4) collate utf8mb4_bin`;

function typesOf({ columns }: TableDescription): (name: string) => string {
  const types = new Map(columns.map(({ name, type }) => [name, type.toLowerCase()]));
  return (name) => types.get(name) ?? '';
}

const NUMBER = /^(?:tinyint|smallint|mediumint|int|bigint|decimal|float|double)\b/;
const FRACTION = /^decimal\(\d+,[1-9]/;
const FLOAT = /^(?:float|double)\b/;
const INSTANT = /^(?:datetime|timestamp)\b/;

/** As docs/statistics.md writes values; a float beyond 1e15 has an exponent here. */
function textOf(name: string, type: string): string {
  const value = column(name);
  const text = `cast(${value} as char)`;
  if (FRACTION.test(type))
    return `if(${value} = 0, '0', trim(trailing '.' from trim(trailing '0' from ${text})))`;
  if (FLOAT.test(type)) return `if(${value} = 0, '0', ${text})`;
  if (INSTANT.test(type)) return `date_format(${value}, '%Y-%m-%dT%H:%i:%s.%fZ')`;
  return text;
}

function numberOf(name: string, type: string): string {
  return NUMBER.test(type) ? `cast(${column(name)} as double)` : 'null';
}
