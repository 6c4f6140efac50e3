import type { TableDescription } from '#model/measure-plan.ts';
import type { PartitionValues } from '#model/partition.ts';
import type { DialectName } from '#model/ports.ts';
import type { Scope } from '#model/predicate.ts';

import { DIALECTS } from './dialects.ts';
import { partitionFilter } from './partition-filter.ts';
import { joined } from './predicate.ts';
import { SqlRefusal } from './refusal.ts';
import { type ColumnHints, rowContext, type TableRows } from './table-rows.ts';

/** Where a candidate's rows are, and where the rows that are published lie. */
export interface CandidateTables {
  readonly table: TableDescription;
  /** Empty for a dataset without partitions. */
  readonly partition: PartitionValues;
  /** The table holds the candidate's rows alone (a staging table); else its partition is read. */
  readonly whole: boolean;
  /** The published table: scopes beyond the partition read it with the candidate in place of its partition. */
  readonly target: TableDescription | null;
  /** The closed partitions before it, newest first, for scopes of the last n. */
  readonly previous: readonly PartitionValues[];
}

/** Rows of one scope. Facts whose rows have one `from` are answered by one statement. */
export interface ScopedRows extends TableRows {
  /** The candidate's own table and all of its rows. */
  readonly candidate: boolean;
  /** What a statement for these rows alone may leave unread; null when it needs all. */
  readonly where: string | null;
}

/**
 * The rows that a fact of that scope is about. `columns` are those that the statement reads: a union of two
 * tables names them. Throws SqlRefusal.
 */
export function rowsOfScope(
  scope: Scope,
  candidate: CandidateTables,
  dialect: DialectName,
  options: {
    readonly now: Date;
    readonly hints: ColumnHints;
    readonly columns: readonly string[];
  },
): ScopedRows {
  const { table, partition, target } = candidate;
  const context = rowContext(dialect, table, options.now, options.hints);
  const { name } = table;
  if (candidate.whole) {
    const own = { context, from: `${table.from} as c`, name, scope: null, candidate: true, where: null };
    // Nothing else stays: the candidate is the table that will be.
    if (scope.type === 'partition' || target === null || partition.length === 0) return own;
    const last = scope.type === 'last' ? lastFilter(scope.partitions, candidate, context) : null;
    const from = `${unionWithTarget(candidate, target, dialect, options)} as c`;
    return { context, from, name, scope: last, candidate: false, where: last };
  }
  const from = `${table.from} as c`;
  const filter =
    scope.type === 'table' || partition.length === 0
      ? null
      : scope.type === 'partition'
        ? partitionFilter(context, partition)
        : lastFilter(scope.partitions, candidate, context);
  return { context, from, name, scope: filter, candidate: filter === null, where: filter };
}

function lastFilter(
  partitions: number,
  { partition, previous }: CandidateTables,
  context: TableRows['context'],
): string {
  const all = [partition, ...previous.slice(0, Math.max(0, partitions - 1))];
  return joined(
    all.map((values) => partitionFilter(context, values)),
    'or',
  );
}

/** The published rows of all other partitions; null where nothing else stays. Throws SqlRefusal. */
export function rowsElsewhere(
  { table, partition, target, whole }: CandidateTables,
  dialect: DialectName,
  { now, hints }: { readonly now: Date; readonly hints: ColumnHints },
): TableRows | null {
  const other = whole ? target : table;
  if (other === null || partition.length === 0) return null;
  const context = rowContext(dialect, other, now, hints);
  const scope = notIn(context, partition);
  return { context, from: `${other.from} as c`, name: other.name, scope };
}

// Also where a value of the partition's columns is null.
function notIn(context: TableRows['context'], partition: PartitionValues): string {
  return `case when ${partitionFilter(context, partition)} then 1 else 0 end = 0`;
}

/** The candidate's rows and the published ones of all other partitions. */
function unionWithTarget(
  { table, partition }: CandidateTables,
  target: TableDescription,
  dialectName: DialectName,
  {
    now,
    hints,
    columns,
  }: {
    readonly now: Date;
    readonly hints: ColumnHints;
    readonly columns: readonly string[];
  },
): string {
  const dialect = DIALECTS[dialectName];
  const published = rowContext(dialectName, target, now, hints);
  const staged = rowContext(dialectName, table, now, hints);
  const names = [...new Set([...columns, ...partition.map(([column]) => column)])];
  if (names.length === 0) throw new SqlRefusal('No column is read', 'Name a column.');
  const list = (context: TableRows['context']): string =>
    names
      .map((name) => `${context.column(name).sql} as ${dialect.identifier(staged.column(name).name)}`)
      .join(', ');
  return `(select ${list(staged)} from ${table.from} as s union all select ${list(published)} from ${target.from} as p where ${notIn(published, partition)})`;
}
