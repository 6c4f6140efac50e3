import type pg from 'pg';
import type { PublishOutcome } from '#model/ports.ts';
import { parsePartitionKey } from '#model/partition.ts';
import { rangeOf } from '#model/partition-range.ts';
import { readBound } from './bound.ts';
import { Refusal, rows } from './client.ts';
import {
  parseTableName,
  quoteIdentifier,
  quoteLiteral,
  shortHash,
  showTable,
  suffixed,
  type TableName,
} from './quote-identifier.ts';
import { findPartitions, findRelation, type Relation } from './relation.ts';

/** How a partition of the target is bounded; null for a table without partitions. */
export interface SlotBound {
  /** `FOR VALUES IN ('eu')` */
  readonly clause: string;
  /** The same as a condition on rows, which spares ATTACH its scan. */
  readonly condition: string;
}

/** Where a partition of the target is, or goes. */
export interface Slot {
  readonly target: Relation;
  readonly bound: SlotBound | null;
  /** The table that is served there now. */
  readonly current: Relation | null;
  /** The name that a table published there gets. */
  readonly place: TableName;
}

/** Ends the work with a failure in words. */
export function refuse(reason: string): never {
  throw new Refusal<PublishOutcome>({ status: 'failure', reason });
}

/**
 * Finds the place of a partition key in the target. A partition that holds more than the key says is never
 * taken for it: replacing January by one of its days would lose the others.
 */
export async function findSlot(client: pg.PoolClient, targetName: string, partition: string): Promise<Slot> {
  const table =
    parseTableName(targetName) ??
    refuse(`${JSON.stringify(targetName)} is not a table name like gold.orders.`);
  const target =
    (await findRelation(client, table)) ?? refuse(`The target ${showTable(table)} does not exist.`);
  if (target.kind === 'r') {
    if (target.isPartition)
      refuse(`${showTable(table)} is itself a partition; name its parent as the target.`);
    if (partition !== '')
      refuse(`${showTable(table)} has no partitions, so it cannot take ${partition} alone.`);
    return { target, bound: null, current: target, place: table };
  }
  if (target.kind !== 'p')
    refuse(`The target ${showTable(table)} is neither a table nor a partitioned table.`);

  const rule = await partitionRule(client, target);
  const [pair, ...others] = parsePartitionKey(partition) ?? [];
  if (!pair || others.length > 0 || pair[0] !== rule.column) {
    refuse(
      `${showTable(table)} is partitioned by ${rule.column}: ${JSON.stringify(partition)} should be like ${rule.column}=….`,
    );
  }
  const wanted = await wantedBound(client, rule, pair[1]);
  const partitions = await findPartitions(client, target.oid);
  const current = partitions.find(({ bound }) => sameBound(readBound(bound), wanted)) ?? null;
  return {
    target,
    bound: boundSql(rule, wanted.values),
    current,
    place: current ?? { schema: table.schema, name: partitionName(table.name, pair[1]) },
  };
}

interface Rule {
  readonly column: string;
  readonly type: string;
  readonly kind: 'list' | 'range';
}

async function partitionRule(client: pg.PoolClient, target: Relation): Promise<Rule> {
  const [found] = await rows<{
    strategy: string;
    columns: number;
    column: string | null;
    type: string | null;
  }>(
    client,
    `select p.partstrat::text as strategy, p.partnatts as columns, a.attname as column,
            format_type(a.atttypid, a.atttypmod) as type
       from pg_partitioned_table p
       left join pg_attribute a on a.attrelid = p.partrelid and a.attnum = p.partattrs[0] and a.attnum > 0
      where p.partrelid = $1::int8::oid`,
    [target.oid],
  );
  if (
    !found ||
    found.columns !== 1 ||
    found.column === null ||
    found.type === null ||
    found.strategy === 'h'
  ) {
    refuse(
      `${showTable(target)} must be partitioned by LIST or RANGE of one column to be published by partition.`,
    );
  }
  return { column: found.column, type: found.type, kind: found.strategy === 'l' ? 'list' : 'range' };
}

async function wantedBound(
  client: pg.PoolClient,
  rule: Rule,
  value: string,
): Promise<{ kind: 'list' | 'range'; values: string[] }> {
  const range = rule.kind === 'range' ? rangeOf(value) : null;
  if (rule.kind === 'range' && !range) {
    refuse(
      `${rule.column}=${value} is no day, month, hour or whole number, so it has no range in this target.`,
    );
  }
  const values = range ? [range.low, range.high] : [value];
  try {
    // As PostgreSQL prints constants of the column's type, to compare with the bounds it prints.
    const items = values.map(
      (_, position) => `cast($${position + 1}::text as ${rule.type})::text as v${position}`,
    );
    const [row] = await rows<Record<string, string>>(client, `select ${items.join(', ')}`, values);
    return { kind: rule.kind, values: Object.values(row ?? {}) };
  } catch {
    return refuse(`${rule.column}=${value} is no value of the column's type, ${rule.type}.`);
  }
}

function sameBound(bound: ReturnType<typeof readBound>, wanted: { kind: string; values: string[] }): boolean {
  return (
    bound !== null &&
    bound.kind === wanted.kind &&
    bound.values.length === wanted.values.length &&
    bound.values.every((value, position) => value === wanted.values[position])
  );
}

function boundSql(rule: Rule, values: readonly string[]): SlotBound {
  const column = quoteIdentifier(rule.column);
  const [low = '', high = ''] = values.map((value) => `cast(${quoteLiteral(value)} as ${rule.type})`);
  return rule.kind === 'list'
    ? { clause: `for values in (${low})`, condition: `${column} is not null and ${column} = ${low}` }
    : {
        clause: `for values from (${low}) to (${high})`,
        condition: `${column} is not null and ${column} >= ${low} and ${column} < ${high}`,
      };
}

/** `daily_routes_p20010101`; other values as they are where they can be, with a hash where they cannot. */
export function partitionName(table: string, value: string): string {
  if (/^\d[\d:T -]*$/.test(value)) return suffixed(table, `_p${value.replaceAll(/\D/g, '')}`);
  const plain = value
    .toLowerCase()
    .replaceAll(/[^a-z0-9_]+/g, '_')
    .slice(0, 24);
  return suffixed(table, plain === value ? `_p_${plain}` : `_p_${plain}_${shortHash(value)}`);
}
