import type { Static } from 'typebox';
import { schemaDrift, type SchemaColumn } from '#detectors/schema-drift.ts';
import type { Uuid } from '#model/ids.ts';
import { timeOfKey } from '#model/order-key.ts';
import type { Database } from '#store/database.ts';
import { schemaChanges, type SchemaChangeRow } from '#store/dataset-views.ts';
import { columnsOfSchemas } from '#store/partition-circumstances.ts';
import type { SchemaHistory } from './schema/model.ts';

/** Changes that are told. */
const SHOWN = 50;

/** The schemas of a dataset in time, newest first, each compared with the one before it. Two queries. */
export async function schemaHistory(
  database: Database,
  { id, name }: { readonly id: Uuid; readonly name: string },
): Promise<Static<typeof SchemaHistory>['items']> {
  const changes = await database.rows<SchemaChangeRow>(schemaChanges(id, SHOWN + 1));
  const columns = new Map(
    (
      await database.rows<{ schema_id: Uuid; columns: readonly SchemaColumn[] }>(
        columnsOfSchemas([...new Set(changes.map((row) => row.schema_id))]),
      )
    ).map((row) => [row.schema_id, row.columns]),
  );
  return changes.slice(0, SHOWN).map((row, index) => {
    const now = columns.get(row.schema_id) ?? [];
    const earlier = changes[index + 1];
    const drift = earlier
      ? schemaDrift(columns.get(earlier.schema_id) ?? [], now, { against: 'before', label: name })
      : null;
    return {
      schemaId: row.schema_id,
      since: timeOfKey(row.key).toISOString(),
      runId: row.run_id,
      columns: now.length,
      change: drift?.message ?? null,
      breaking: drift?.status === 'anomalous',
    };
  });
}
