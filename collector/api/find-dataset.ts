import { isUuid } from '#model/ids.ts';
import { canonicalIdentifier } from '#model/naming.ts';
import type { Database } from '#store/database.ts';
import { datasetsById, datasetsByName, type NamedDatasetRow } from '#store/lineage.ts';
import { Problem } from '#collector/problems.ts';

/**
 * The one dataset that an id or a name (with its namespace, where the name alone is not enough) means.
 * Throws `dataset_not_found`, or `conflict` when several namespaces have that name.
 */
export async function findDataset(
  database: Database,
  dataset: string,
  namespace: string | null,
): Promise<NamedDatasetRow> {
  if (isUuid(dataset)) {
    const [found] = await database.rows<NamedDatasetRow>(datasetsById([dataset]));
    if (found) return found;
    throw new Problem('dataset_not_found', `No dataset has the id ${dataset}.`);
  }
  const spelled = namespace === null ? null : canonicalIdentifier(namespace, dataset);
  const rows = await database.rows<NamedDatasetRow>(
    datasetsByName(spelled?.name ?? dataset, spelled?.namespace ?? null),
  );
  const [found, second] = rows;
  if (!found) {
    const where = namespace === null ? '' : ` in the namespace ${namespace}`;
    throw new Problem(
      'dataset_not_found',
      `No dataset is named "${dataset}"${where}; no event has mentioned it yet, or it is spelled otherwise.`,
    );
  }
  if (second) {
    const namespaces = rows.map((row) => row.namespace);
    throw new Problem(
      'conflict',
      `"${dataset}" is in several namespaces (${namespaces.join(', ')}); name one of them.`,
      { namespaces },
    );
  }
  return found;
}
