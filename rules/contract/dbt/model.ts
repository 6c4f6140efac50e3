import type { Json, JsonObject } from '#model/json.ts';

/** A model, source table, seed or snapshot of a dbt project, as far as a contract can take it over. */
export interface DbtModel {
  /** The dataset's name: `database.schema.table` from a manifest, the model's name from a schema.yml. */
  readonly dataset: string;
  readonly description: string | null;
  readonly owner: string | null;
  /** True when dbt itself holds the model to its columns and types. */
  readonly enforced: boolean;
  readonly columns: readonly DbtColumn[];
  readonly tests: readonly DbtTest[];
  /** `models/schema.yml:4:5` or the node's id. */
  readonly place: string;
}

export interface DbtColumn {
  readonly name: string;
  readonly description: string | null;
  /** As the warehouse calls it; null when not stated. */
  readonly type: string | null;
  readonly tags: readonly string[];
  readonly pii: Json;
  readonly constraints: readonly { readonly type: string; readonly place: string }[];
  readonly place: string;
}

export interface DbtTest {
  /** With its package, but for those of dbt itself: `not_null`, `dbt_utils.accepted_range`. */
  readonly name: string;
  /** null: a test of the whole model. */
  readonly column: string | null;
  readonly arguments: JsonObject;
  readonly severity: 'block' | 'warn';
  /** A condition in SQL on the rows that are tested. */
  readonly where: string | null;
  readonly label: string | null;
  readonly description: string | null;
  readonly place: string;
}

/** What could not be taken over, and why. */
export interface NotImported {
  readonly place: string;
  /** `dbt_utils.sequential_values of id`. */
  readonly what: string;
  readonly reason: string;
}

/** What dbt configuration may hold anywhere between a key and `config`. */
export function objectOf(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

export function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

export function textOf(value: Json | undefined): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}
