import type { Contract } from '#model/contract.ts';
import type { Uuid } from '#model/ids.ts';
import { parseContracts } from '#rules/contract/parse.ts';
import type { Queryable } from '#store/database.ts';
import {
  contractsOfDatasets,
  contractTexts,
  type ContractTextRow,
  type DatasetContractRow,
} from '#store/incident-lineage.ts';

/** Parsed texts that are kept; a text never changes under its hash. */
const KEPT = 2000;
const parsed = new Map<string, readonly Contract[]>();

/**
 * The contracts in force of these datasets; none where a text that an earlier Assay took is refused by this one.
 * One statement, and one for texts that were not read before.
 */
export async function agreedOf(
  database: Queryable,
  datasetIds: readonly Uuid[],
): Promise<ReadonlyMap<Uuid, Contract>> {
  if (datasetIds.length === 0) return new Map();
  const rows = await database.rows<DatasetContractRow>(contractsOfDatasets([...new Set(datasetIds)]));
  const hashes = new Set(rows.flatMap(({ hash }) => hash ?? []));
  const unread = [...hashes].filter((hash) => !parsed.has(hash));
  if (unread.length > 0) {
    if (parsed.size + unread.length > KEPT) parsed.clear();
    for (const { hash, text, file_name: name } of await database.rows<ContractTextRow>(
      contractTexts(unread),
    )) {
      const outcome = parseContracts(text, name);
      parsed.set(hash, outcome.status === 'ok' ? outcome.contracts : []);
    }
  }
  return new Map(
    rows.flatMap(({ id, hash, object }) => {
      const contracts = hash === null ? [] : (parsed.get(hash) ?? []);
      const own = contracts.find((one) => object === null || one.logicalName === object);
      return own ? [[id, own] as const] : [];
    }),
  );
}
