import type { Uuid } from '#model/ids.ts';
import type { Contract } from '#model/contract.ts';
import { parseContracts } from '#rules/contract/parse.ts';
import type { SearchContractRow } from '#store/search-facts.ts';

/** What search knows of a contract. */
export interface ContractFacts {
  readonly datasetId: Uuid;
  readonly namespace: string;
  readonly name: string;
  readonly version: string;
  readonly owner: string | null;
  readonly tags: readonly string[];
  readonly description: string | null;
  readonly columns: readonly string[];
}

/** Texts that were read lately, by hash: a file of many datasets is read once. Texts never change under their hash. */
const KEPT = 500;
const lately = new Map<string, readonly Contract[]>();

/** Reads what search needs of contracts; of a text that is no longer understood only what is stored beside it. */
export function contractFacts(rows: readonly SearchContractRow[]): ContractFacts[] {
  return rows.map((row) => {
    const contract = contractsIn(row).find((one) => row.object === null || one.logicalName === row.object);
    return {
      datasetId: row.dataset_id,
      namespace: row.namespace,
      name: row.name,
      version: row.version,
      owner: row.owner === '' ? null : row.owner,
      tags: contract ? [...new Set([...contract.tags, ...contract.document.tags])] : [],
      description: contract?.description ?? null,
      columns: contract?.columns.map(({ name }) => name) ?? [],
    };
  });
}

function contractsIn({ hash, text, file_name: fileName }: SearchContractRow): readonly Contract[] {
  const known = lately.get(hash);
  if (known) return known;
  const outcome = parseContracts(text, fileName);
  const contracts = outcome.status === 'ok' ? outcome.contracts : [];
  if (lately.size >= KEPT) lately.clear();
  lately.set(hash, contracts);
  return contracts;
}
