import type { FactKey } from './measurement.ts';

/** One statement of a plan: what it selects, by the facts that the numbers are, and from where. */
export interface PlannedStatement {
  /** What is read, in words for messages: `staging.orders_20260101`, `the query of a check`. */
  readonly about: string;
  /** `select` with the engine's hints. */
  readonly head: string;
  readonly items: readonly { readonly key: FactKey; readonly sql: string }[];
  /** From `from` to the end; '' when there is nothing to read from. */
  readonly tail: string;
  /**
   * Reads the candidate's own table and all of its rows, under the alias `c`: an adapter may select the
   * candidate's version in the same scan.
   */
  readonly candidate: boolean;
  /** One row per value of a column, which is selected first; more than `limit` values are an error. */
  readonly groups: { readonly column: string; readonly label: string; readonly limit: number } | null;
  /** A query of the author's: one number in at most one row. */
  readonly custom: boolean;
}

/** The text of a statement; `more` are select items of the adapter's own, which come first. */
export function statementText(statement: PlannedStatement, more: readonly string[] = []): string {
  const { head, items, tail, groups } = statement;
  if (statement.custom) return `${head} *\n${tail}`;
  const label = groups === null ? [] : [`${groups.label} as assay_group`];
  const selected = [...more, ...label, ...items.map(({ sql }, position) => `${sql} as assay_${position}`)];
  return `${head}\n${selected.join(',\n')}${tail === '' ? '' : `\n${tail}`}`;
}

/** The name under which the statement's item of that position is selected. */
export function itemName(position: number): string {
  return `assay_${position}`;
}

/** The name under which the group's value is selected. */
export const GROUP_NAME = 'assay_group';

/** A table as the warehouse has it. */
export interface TableDescription {
  /** As it stands after `from`, quoted by the adapter. */
  readonly from: string;
  /** In words, for messages. */
  readonly name: string;
  /** Columns in order, with their types as the catalogue writes them. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

/** Numbers by fact, for one value of the column of a `per`; the value null is `null`. */
export type GroupFacts = ReadonlyMap<string | null, number>;

/** Rows that violate a check: their keys as text, masked where they are personal. */
export interface FailingRows {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
  /** There are more than were read. */
  readonly more: boolean;
}
