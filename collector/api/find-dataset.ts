import { isUuid, type Uuid } from '#model/ids.ts';
import { identify, NO_RULES, type NamingRules } from '#model/naming.ts';
import { exactDatasets } from '#store/aliases.ts';
import type { Database } from '#store/database.ts';
import { datasetOfId, datasetsByName, type NamedDatasetRow } from '#store/lineage.ts';
import type { Statement } from '#store/sql.ts';
import { Problem } from '#collector/problems.ts';

/**
 * The one dataset that an id or a name (with its namespace, where the name alone is not enough) means.
 * A dataset of several names is found by any of them and answered under the one that stands for it.
 * Throws `dataset_not_found`, or `conflict` when several namespaces have that name.
 * @param rules by which names are spelled here.
 */
export function findDataset(
  database: Database,
  dataset: string,
  namespace: string | null,
  rules?: NamingRules,
): Promise<NamedDatasetRow> {
  return findOne(database, dataset, namespace, rules, (id, name, within) =>
    id === null ? datasetsByName(name, within) : datasetOfId(id),
  );
}

/** The same for the very name that is given, whatever dataset it stands for. */
export function findExactDataset(
  database: Database,
  dataset: string,
  namespace: string | null,
  rules?: NamingRules,
): Promise<NamedDatasetRow> {
  return findOne(database, dataset, namespace, rules, exactDatasets);
}

async function findOne(
  database: Database,
  dataset: string,
  namespace: string | null,
  rules: NamingRules = NO_RULES,
  query: (id: Uuid | null, name: string, namespace: string | null) => Statement,
): Promise<NamedDatasetRow> {
  if (isUuid(dataset)) {
    const [found] = await database.rows<NamedDatasetRow>(query(dataset, '', null));
    if (found) return found;
    throw new Problem('dataset_not_found', `No dataset has the id ${dataset}.`);
  }
  const spelled = namespace === null ? null : identify(namespace, dataset, rules);
  const rows = await database.rows<NamedDatasetRow>(
    query(null, spelled?.name ?? dataset, spelled?.namespace ?? null),
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
