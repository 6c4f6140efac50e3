import type { Connection } from 'mysql2/promise';
import { parsePartitionKey } from '#model/partition.ts';
import { rangeOf } from '#model/partition-range.ts';
import { boundSql, canonical, NO_LIMIT, quoteText, readBound, type PartitionRule } from './bound.ts';
import { rows } from './client.ts';
import { findRelation, suffixed, type Relation, type Table } from './relation.ts';
import { refuse } from './session.ts';
import { parseTableName, quoteIdentifier, quoteTable, showTable } from './table-name.ts';

/** A partition of the target that has the key, or will. */
export interface SlotPartition {
  readonly name: string;
  /** What must be run for it to be there; null when it is. */
  readonly make: string | null;
}

/** Where a partition of the target is, or goes. */
export interface Slot {
  readonly target: Relation;
  /** null: the whole table is exchanged, by name. */
  readonly partition: SlotPartition | null;
  /** What is said of the place in names. */
  readonly place: Table;
}

/**
 * Finds the place of a partition key in the target. A partition that holds more than the key says is never taken for
 * it: replacing January by one of its days would lose the others.
 */
export async function findSlot(session: Connection, targetName: string, key: string): Promise<Slot> {
  const target = await findTarget(session, targetName);
  const { database } = target;
  if (!target.partitioned) {
    if (key !== '') refuse(`${showTable(target)} has no partitions, so it cannot take ${key} alone.`);
    return { target, partition: null, place: { database, name: target.name } };
  }
  const found = await partitionsOf(session, target);
  const rule = await ruleOf(session, target, found);
  const [pair, ...others] = parsePartitionKey(key) ?? [];
  if (!pair || others.length > 0 || pair[0].toLowerCase() !== rule.column.toLowerCase())
    refuse(
      `${showTable(target)} is partitioned by ${rule.column}: ${JSON.stringify(key)} should be like ${rule.column}=….`,
    );
  const value = pair[1];
  const name = newName(value, found);
  const partition =
    rule.kind === 'list'
      ? inList(target, rule, value, found, name)
      : await inRange(session, target, rule, value, found, name);
  return {
    target,
    partition,
    place: { database, name: suffixed(target.name, `_${partition.name}`) },
  };
}

/** The table that a target names. */
export async function findTarget(session: Connection, targetName: string): Promise<Relation> {
  const table =
    parseTableName(targetName) ??
    refuse(`${JSON.stringify(targetName)} is not a table name like gold.orders.`);
  const target =
    (await findRelation(session, table)) ?? refuse(`The target ${showTable(table)} does not exist.`);
  if (target.kind !== 'BASE TABLE') refuse(`The target ${showTable(table)} is no table.`);
  return target;
}

interface Partition {
  readonly name: string;
  readonly method: string;
  readonly expression: string;
  readonly description: string;
  readonly sub: string | null;
}

async function partitionsOf(session: Connection, target: Table): Promise<Partition[]> {
  return rows<Partition>(
    session,
    `select partition_name as name, partition_method as method, partition_expression as expression,
            partition_description as description, subpartition_name as sub
       from information_schema.partitions
      where table_schema = ? and table_name = ? order by partition_ordinal_position`,
    [target.database, target.name],
  );
}

const METHODS = /^(range|list)( columns)?$/i;
const NUMBERS = new Set(['tinyint', 'smallint', 'mediumint', 'int', 'bigint']);
const TIMES = new Set(['date', 'datetime', 'timestamp']);

async function ruleOf(
  session: Connection,
  target: Table,
  [first]: readonly Partition[],
): Promise<PartitionRule> {
  const unfit = (): never =>
    refuse(
      `${showTable(target)} must be partitioned by LIST or RANGE of one column (or of to_days of one), without subpartitions, to be published by partition.`,
    );
  if (!first || first.sub !== null) return unfit();
  const [, kind = '', columns] = METHODS.exec(first.method) ?? unfit();
  const [, days, column = ''] = /^(to_days\()?`?([^`(),]+)`?\)?$/i.exec(first.expression.trim()) ?? unfit();
  const [type] = await rows<{ type: string; name: string }>(
    session,
    `select lower(data_type) as type, column_name as name from information_schema.columns
      where table_schema = ? and table_name = ? and column_name = ?`,
    [target.database, target.name, column],
  );
  if (!type) return unfit();
  const holds = TIMES.has(type.type) ? 'time' : NUMBERS.has(type.type) ? 'number' : 'text';
  if (days !== undefined && (kind.toLowerCase() === 'list' || holds !== 'time')) return unfit();
  return {
    column: type.name,
    kind: kind.toLowerCase() === 'list' ? 'list' : 'range',
    by: days !== undefined ? 'to_days' : columns === undefined ? 'expression' : 'columns',
    holds,
    wholeDays: holds === 'time' && (days !== undefined || type.type === 'date'),
  };
}

function inList(
  target: Table,
  rule: PartitionRule,
  value: string,
  found: readonly Partition[],
  name: string,
): SlotPartition {
  const wanted = wantedValue(rule, value);
  const bounds = found.map((one) => ({ name: one.name, values: readBound(one.description, rule) }));
  const holder = bounds.find(({ values }) => values.includes(wanted));
  if (holder && holder.values.length > 1)
    refuse(
      `The partition ${holder.name} of ${showTable(target)} holds more than ${rule.column}=${value}; give that value a partition of its own.`,
    );
  if (holder) return { name: holder.name, make: null };
  const clause = `partition ${quoteIdentifier(name)} values in (${boundSql(wanted, rule)})`;
  return { name, make: `alter table ${quoteTable(target)} add partition (${clause})` };
}

async function inRange(
  session: Connection,
  target: Table,
  rule: PartitionRule,
  value: string,
  found: readonly Partition[],
  name: string,
): Promise<SlotPartition> {
  const range =
    rangeOf(value) ??
    refuse(
      `${rule.column}=${value} is no day, month, hour or whole number, so it has no range in ${showTable(target)}.`,
    );
  const [low, high] = [wantedValue(rule, range.low), wantedValue(rule, range.high)];
  if (rule.wholeDays && !(low.endsWith(' 00:00:00') && high.endsWith(' 00:00:00')))
    refuse(`${showTable(target)} is partitioned by whole days, so it cannot take ${rule.column}=${value}.`);
  const bounds = found.map((one) => ({
    name: one.name,
    below: readBound(one.description, rule)[0] ?? NO_LIMIT,
  }));
  const at = bounds.findIndex(({ below }) => below === high);
  const exact = bounds[at];
  if (exact) {
    const from = bounds[at - 1]?.below ?? null;
    if (from === low || (from === null && (await isEmptyBelow(session, target, rule, exact.name, low))))
      return { name: exact.name, make: null };
    refuse(
      `The partition ${exact.name} of ${showTable(target)} holds more than ${rule.column}=${value}; split it.`,
    );
  }
  const open = bounds.at(-1)?.below === NO_LIMIT ? bounds.at(-1) : undefined;
  const last = open ? bounds.at(-2) : bounds.at(-1);
  if (last && isAbove(last.below, low, rule))
    refuse(
      `${showTable(target)} has no partition from ${low} to ${high}, and later ones; make it by REORGANIZE PARTITION.`,
    );
  if (open && !(await isEmpty(session, target, open.name)))
    refuse(
      `The last partition ${open.name} of ${showTable(target)} has rows; make room before it by REORGANIZE PARTITION.`,
    );
  const part = (called: string, below: string): string =>
    `partition ${quoteIdentifier(called)} values less than (${boundSql(below, rule)})`;
  const gap = last?.below === low ? [] : [part(`${name}_before`, low)];
  const made = [...gap, part(name, high)];
  if (!open) return { name, make: `alter table ${quoteTable(target)} add partition (${made.join(', ')})` };
  const rest = `partition ${quoteIdentifier(open.name)} values less than ${rule.by === 'columns' ? '(maxvalue)' : 'maxvalue'}`;
  return {
    name,
    make: `alter table ${quoteTable(target)} reorganize partition ${quoteIdentifier(open.name)} into (${[...made, rest].join(', ')})`,
  };
}

function isAbove(a: string, b: string, { holds }: PartitionRule): boolean {
  return holds === 'number' ? BigInt(a) > BigInt(b) : a > b;
}

/** Whether the first partition of ranges, which has no lower end, holds nothing below the key. */
async function isEmptyBelow(
  session: Connection,
  target: Table,
  rule: PartitionRule,
  partition: string,
  low: string,
): Promise<boolean> {
  const column = quoteIdentifier(rule.column);
  const found = await rows(
    session,
    `select 1 as found from ${quoteTable(target)} partition (${quoteIdentifier(partition)})
      where ${column} is null or ${column} < ${rule.holds === 'number' ? low : quoteText(low)} limit 1`,
  );
  return found.length === 0;
}

/** Whether a partition, or a table, has no rows. */
export async function isEmpty(session: Connection, table: Table, partition?: string): Promise<boolean> {
  const part = partition === undefined ? '' : ` partition (${quoteIdentifier(partition)})`;
  return (await rows(session, `select 1 as found from ${quoteTable(table)}${part} limit 1`)).length === 0;
}

/** A value of a key as the bounds write it; refused when the column cannot hold it. */
function wantedValue(rule: PartitionRule, value: string): string {
  const wanted = canonical(value, rule);
  const fits =
    rule.holds === 'text' ||
    (rule.holds === 'number' ? /^-?\d{1,18}$/ : /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/).test(wanted);
  if (!fits) refuse(`${rule.column}=${value} is no value of the column's type.`);
  return wanted;
}

/** `p20010101`; other values as they are where they can be. Never the name of another partition. */
function newName(value: string, found: readonly Partition[]): string {
  const plain = value
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, /^\d[\d:T -]*$/.test(value) ? '' : '_')
    .slice(0, 40);
  const taken = new Set(found.map(({ name }) => name.toLowerCase()));
  let name = `p${plain}`;
  for (let next = 2; taken.has(name) || taken.has(`${name}_before`); next += 1) name = `p${plain}_${next}`;
  return name;
}
