import type { Contract } from '#model/contract.ts';
import type { TableDescription } from '#model/measure-plan.ts';
import type { Facts } from '#model/measurement.ts';
import type { PartitionValues } from '#model/partition.ts';
import type { DialectName } from '#model/ports.ts';
import type { ProfileRequest } from '#model/profile.ts';
import { factsOf } from '#rules/expression/facts.ts';
import { columnValue } from '#rules/sql/operand.ts';
import { partitionFilter } from '#rules/sql/partition-filter.ts';
import { SqlRefusal } from '#rules/sql/refusal.ts';
import { rowContext, type ColumnHints } from '#rules/sql/table-rows.ts';

/** Rows times columns that are summed up without being asked for: some ten seconds of a warehouse's time. */
export const MOST_VALUES = 2_000_000;
/** Rows whose content is summed up in any case. */
const MOST_ROWS = 20_000_000;
const MOST_COLUMNS = 40;
/** Segments times columns: each holds sketches of a kilobyte or two. */
const MOST_CELLS = 1000;
const MOST_SEGMENTS = 50;
const TIME_LIMIT_MS = 60_000;

/** What is to be profiled. */
export interface ProfileSubject {
  readonly contract: Contract;
  readonly ref: string;
  readonly table: TableDescription;
  readonly dialect: DialectName;
  /** Of which partition the rows are; empty for a dataset without. */
  readonly partition: PartitionValues;
  /** The table holds the partition's rows alone. */
  readonly whole: boolean;
  readonly hints: ColumnHints;
  readonly now: Date;
}

/** What of a table is summed up, by its contract: nothing that its table does not have. Throws SqlRefusal. */
export function profileOrder({
  contract,
  ref,
  table,
  dialect,
  partition,
  whole,
  hints,
  now,
}: ProfileSubject): ProfileRequest {
  const context = rowContext(dialect, table, now, hints);
  const keys = new Set(partition.map(([column]) => sourceOf(column)));
  function sourceOf(name: string): string | null {
    try {
      return columnValue(context, name).kind === 'other' ? null : context.column(name).name;
    } catch (error) {
      if (error instanceof SqlRefusal) return null;
      throw error;
    }
  }
  const found = (names: readonly string[]): { name: string; source: string }[] =>
    [...new Set(names)].flatMap((name) => {
      const source = sourceOf(name);
      // The partition's own columns hold one value.
      return source === null || keys.has(source) ? [] : [{ name, source }];
    });
  const personal = new Set(contract.columns.filter(({ pii }) => pii !== false).map(({ name }) => name));
  const columns = found(columnsOf(contract))
    .slice(0, MOST_COLUMNS)
    .map((column) => ({ ...column, values: !personal.has(column.name) }));
  const segments = found(contract.profile?.segments ?? []).filter(({ name }) => !personal.has(name));
  const promised = found(contract.columns.map(({ name }) => name)).map(({ source }) => source);
  const all = table.columns.map(({ name }) => name).filter((name) => !keys.has(name));
  return {
    ref,
    where: whole || partition.length === 0 ? null : partitionFilter(context, partition),
    columns,
    segments,
    mostSegments: Math.min(
      MOST_SEGMENTS,
      Math.floor(MOST_CELLS / Math.max(1, columns.length * segments.length)),
    ),
    content: partition.length === 0 ? [] : promised.length > 0 ? promised : all,
    keys:
      partition.length === 0
        ? []
        : found(contract.columns.filter(({ primaryKey }) => primaryKey).map(({ name }) => name)).map(
            ({ source }) => source,
          ),
    timeLimitMs: TIME_LIMIT_MS,
  };
}

/** The same where nobody asked for a profile: as much as the partition's size allows; null: nothing. */
export function affordable(request: ProfileRequest, contract: Contract, facts: Facts): ProfileRequest | null {
  const when = contract.profile?.when ?? 'small';
  if (when === 'never') return null;
  if (when === 'always') return request;
  const rows = facts.get('row_count');
  if (rows === undefined) return null;
  const values = rows * request.columns.length * Math.max(1, request.segments.length);
  if (values <= MOST_VALUES) return request;
  return rows <= MOST_ROWS && request.content.length > 0 ? { ...request, columns: [], segments: [] } : null;
}

/** Those that are named, else the schema's, else those that checks look at. */
function columnsOf({ profile, columns, checks }: Contract): readonly string[] {
  if (profile && profile.columns.length > 0) return profile.columns;
  if (columns.length > 0) return columns.map(({ name }) => name);
  return checks.flatMap(({ expression }) => factsOf(expression).columns);
}
