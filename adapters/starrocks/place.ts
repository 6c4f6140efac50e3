import { parsePartitionKey } from '#model/partition.ts';
import { partitionsOf, type PartitionState } from './catalog.ts';
import { quoteText, showTable, type TableName } from './names.ts';
import {
  parsePartitionValue,
  partitionNameOf,
  rangeOfValue,
  sameBound,
  type PartitionValue,
} from './partition-value.ts';
import type { Session } from './session.ts';
import type { PartitionRange } from './statements.ts';
import type { Protocol, Target } from './target.ts';

/** Where a publication goes. */
export interface Place {
  readonly by: Protocol;
  /** The formal partition of the key; null for a target without partitions. */
  readonly partition: { readonly name: string; readonly range: PartitionRange } | null;
  /** Whether that partition is there already. */
  readonly exists: boolean;
}

/** Something that a person has to mend, in a sentence. */
export class PlaceFault extends Error {}

/** A range that is never used to make a partition. */
const NO_RANGE: PartitionRange = { lower: [], upper: [] };

/**
 * Finds the formal partition of a canonical key by what it holds, never by its name. A partition that holds more than
 * the key says is never taken for it: replacing January by one of its days would lose the others. Throws PlaceFault.
 */
export async function placeOfKey(session: Session, target: Target, key: string): Promise<Place> {
  const { table, grain } = target;
  if (target.feed !== null)
    throw new PlaceFault(
      `${showTable(table)} is fed by routine loads: nothing is published there. A check that fails pauses them.`,
    );
  const kind = await kindOf(session, table);
  if (kind.type === 'none') throw new PlaceFault(`The target ${showTable(table)} does not exist.`);
  if (kind.type === 'view') {
    if (target.by !== null && target.by !== 'pointer')
      throw new PlaceFault(`${showTable(table)} is a view; it is published by=pointer alone.`);
    return { by: 'pointer', partition: key === '' ? null : { name: key, range: NO_RANGE }, exists: true };
  }
  if (target.by === 'pointer') throw new PlaceFault(`${showTable(table)} is no view, so it has no pointer.`);
  if (kind.columns.length === 0) {
    if (key !== '')
      throw new PlaceFault(`${showTable(table)} has no partitions, so it cannot take ${key} alone.`);
    if (target.by === 'replace')
      throw new PlaceFault(`${showTable(table)} has no partitions: it is published by=overwrite or by=swap.`);
    return { by: target.by ?? 'overwrite', partition: null, exists: true };
  }
  if (target.by === 'swap')
    throw new PlaceFault(`${showTable(table)} has partitions: it is published by=replace or by=overwrite.`);
  const values = valuesOf(kind.columns, key, table);
  const formal = (await partitionsOf(session, table)).filter(({ temporary }) => !temporary);
  const [value = ''] = values;
  const range = values.length === 1 ? rangeOfValue(value, grain) : null;
  const found = formal.find((one) => holds(parsePartitionValue(one.value), values, range));
  const isList = formal.some((one) => parsePartitionValue(one.value)?.kind === 'list');
  const by = target.by ?? (isList ? 'overwrite' : 'replace');
  if (isList && by === 'replace')
    throw new PlaceFault(
      `${showTable(table)} is partitioned by lists, which can hold no temporary partition of ours: it is published by=overwrite.`,
    );
  const bounds = range ?? boundsOf(found);
  if (bounds === null && !isList)
    throw new PlaceFault(
      `${key} is no hour, day, month or whole number, so it has no range in ${showTable(table)}.`,
    );
  if (!found && isList)
    throw new PlaceFault(
      `${showTable(table)} has no partition of ${key} yet; StarRocks makes it with its first load.`,
    );
  const name = found?.name ?? (range === null ? '' : partitionNameOf(range, grain, value));
  return {
    by,
    partition: {
      name,
      range: bounds === null ? NO_RANGE : { lower: [bounds.lower], upper: [bounds.upper] },
    },
    exists: found !== undefined,
  };
}

function boundsOf(found: PartitionState | undefined): { lower: string; upper: string } | null {
  const value = found === undefined ? null : parsePartitionValue(found.value);
  if (value?.kind !== 'range') return null;
  const [lower, upper] = [value.lower[0], value.upper[0]];
  return lower === undefined || upper === undefined ? null : { lower, upper };
}

function holds(
  value: PartitionValue | null,
  wanted: readonly string[],
  range: { readonly lower: string; readonly upper: string } | null,
): boolean {
  if (value === null) return false;
  if (value.kind === 'range') {
    const [lower = '', upper = ''] = [value.lower[0], value.upper[0]];
    return (
      range !== null &&
      value.lower.length === 1 &&
      sameBound(lower, range.lower) &&
      sameBound(upper, range.upper)
    );
  }
  const [only, ...others] = value.items;
  return (
    others.length === 0 &&
    only?.length === wanted.length &&
    only.every((item, at) => sameBound(item, wanted[at] ?? ''))
  );
}

/** The values of the key in the order of the table's partition columns. */
function valuesOf(columns: readonly string[], key: string, table: TableName): string[] {
  const pairs = new Map((parsePartitionKey(key) ?? []).map(([name, value]) => [name.toLowerCase(), value]));
  const values = columns.map((column) => pairs.get(column.toLowerCase()));
  if (values.some((value) => value === undefined) || pairs.size !== columns.length)
    throw new PlaceFault(
      `${showTable(table)} is partitioned by ${columns.join(', ')}: ${JSON.stringify(key)} should be like ${columns.map((column) => `${column}=…`).join('/')}.`,
    );
  return values.map((value) => value ?? '');
}

export type TableKind =
  | { readonly type: 'none' }
  | { readonly type: 'view' }
  /** Partition columns; none for a table without partitions. */
  | { readonly type: 'table'; readonly columns: readonly string[] };

/** What stands under a name. */
export async function kindOf(session: Session, { database, table }: TableName): Promise<TableKind> {
  const where = `TABLE_SCHEMA = ${quoteText(database)} AND TABLE_NAME = ${quoteText(table)}`;
  const [config] = await session.query(
    `SELECT TABLE_NAME, PARTITION_KEY FROM information_schema.tables_config WHERE ${where}`,
  );
  if (config) return { type: 'table', columns: columnsOf(config['PARTITION_KEY'] ?? '') };
  const [found] = await session.query(
    `SELECT TABLE_NAME, TABLE_TYPE FROM information_schema.tables WHERE ${where}`,
  );
  return found?.['TABLE_TYPE']?.toUpperCase() === 'VIEW' ? { type: 'view' } : { type: 'none' };
}

/** The column of `date_trunc('day', dt)` is dt. */
function columnsOf(text: string): string[] {
  return text
    .split(/,(?![^(]*\))/)
    .map((part) => {
      const bare = part.replaceAll('`', '').trim();
      const [, inside] = /^\w+\((.*)\)$/.exec(bare) ?? [];
      return inside === undefined ? bare : (inside.split(',').at(-1)?.trim() ?? '');
    })
    .filter((column) => column !== '');
}
