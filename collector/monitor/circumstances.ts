import type { Uuid } from '#model/ids.ts';
import type { Database } from '#store/database.ts';
import {
  circumstancesOf,
  columnsOfSchemas,
  type CircumstancesRow,
  type SchemaColumnsRow,
} from '#store/partition-circumstances.ts';
import { identityOf } from './subjects.ts';

type Columns = readonly { readonly name: string; readonly type: string }[];

/** What checks ask of a partition beside its measurements. */
export interface Circumstances {
  /** When it landed; null: not yet. */
  readonly landedAt: Date | null;
  /** Its columns and those of the partition before, as far as writers state them; '' where no type is told. */
  readonly columns: Columns | null;
  readonly columnsBefore: Columns | null;
}

/** Of one dataset, by partition key. Two statements, however many partitions there are. */
export async function readCircumstances(
  database: Database,
  datasetId: Uuid,
  partitions: readonly string[],
): Promise<ReadonlyMap<string, Circumstances>> {
  const asked = partitions.map((partition) => ({ datasetId, partition }));
  const found = await circumstancesAmong(database, asked);
  return new Map(
    asked.flatMap(({ partition }) => {
      const known = found.get(identityOf(datasetId, partition));
      return known ? [[partition, known] as const] : [];
    }),
  );
}

/** Of partitions of several datasets, by `identityOf`. Two statements. */
export async function circumstancesAmong(
  database: Database,
  asked: readonly { readonly datasetId: Uuid; readonly partition: string }[],
): Promise<ReadonlyMap<string, Circumstances>> {
  if (asked.length === 0) return new Map();
  const rows = await database.rows<CircumstancesRow>(circumstancesOf(asked));
  const ids = new Set(rows.flatMap((row) => [row.schema_id, row.schema_before].filter((id) => id !== null)));
  const schemas = ids.size === 0 ? [] : await database.rows<SchemaColumnsRow>(columnsOfSchemas([...ids]));
  const columns = new Map(schemas.map((row) => [row.schema_id, topLevel(row.columns)]));
  return new Map(
    rows.map((row) => [
      identityOf(row.dataset_id, row.partition),
      {
        landedAt: row.landed_at,
        columns: columns.get(row.schema_id ?? '') ?? null,
        columnsBefore: columns.get(row.schema_before ?? '') ?? null,
      },
    ]),
  );
}

/** Without nested columns, which checks do not name: a table has the columns that it is made with. */
function topLevel(columns: SchemaColumnsRow['columns']): Columns {
  const names = new Set(columns.map(({ name }) => name));
  return columns
    .filter(({ name }) => !names.has(name.slice(0, Math.max(0, name.lastIndexOf('.')))))
    .map(({ name, type }) => ({ name, type: type ?? '' }));
}
