import type { Contract } from '#model/contract.ts';
import type { Uuid } from '#model/ids.ts';
import { parseContracts } from '#rules/contract/parse.ts';
import { contractHeads, type ContractHeadRow } from '#store/contracts.ts';
import type { Queryable } from '#store/database.ts';
import { contractTexts, type ContractTextRow } from '#store/incident-lineage.ts';

/** What the gate must know of every contract without being asked for one. */
export interface ContractTerms {
  readonly datasetId: Uuid;
  readonly slaSeconds: number | null;
  readonly evaluateOn: string | null;
  readonly publishTo: string | null;
  /** Of the file that it is read from. */
  readonly hash: string;
  /** Columns of the partition key, in order; none for a dataset without. */
  readonly partitionColumns: readonly string[];
}

type Terms = Omit<ContractTerms, 'datasetId' | 'hash'>;

/** Texts read at a time: memory does not grow with how many contracts there are. */
const TEXTS = 50;

/**
 * The terms of all contracts in force. A text is read and parsed once: texts never change under their hash. One
 * that cannot be read any more has no terms.
 */
export class ContractBook {
  readonly #terms = new Map<string, ReadonlyMap<string, Terms>>();

  async read(connection: Queryable): Promise<ContractTerms[]> {
    const heads = await connection.rows<ContractHeadRow>(contractHeads());
    const hashes = [...new Set(heads.map(({ hash }) => hash))];
    const missing = hashes.filter((hash) => !this.#terms.has(hash));
    for (let from = 0; from < missing.length; from += TEXTS) {
      const some = missing.slice(from, from + TEXTS);
      for (const row of await connection.rows<ContractTextRow>(contractTexts(some)))
        this.#terms.set(row.hash, termsIn(row));
    }
    const known = new Set(hashes);
    for (const hash of this.#terms.keys()) if (!known.has(hash)) this.#terms.delete(hash);
    return heads.flatMap(({ dataset_id: datasetId, hash, object, name }) => {
      const file = this.#terms.get(hash);
      const terms = file?.get(object ?? name) ?? (file?.size === 1 ? [...file.values()][0] : undefined);
      return terms ? [{ datasetId, hash, ...terms }] : [];
    });
  }
}

function termsIn({ text, file_name: fileName }: ContractTextRow): ReadonlyMap<string, Terms> {
  const outcome = parseContracts(text, fileName);
  const contracts = outcome.status === 'ok' ? outcome.contracts : [];
  return new Map(contracts.map((contract) => [contract.logicalName, termsOf(contract)]));
}

function termsOf({ slaSeconds, gate, partition }: Contract): Terms {
  const { evaluateOn = null, publishTo } = gate;
  return { slaSeconds, evaluateOn, publishTo, partitionColumns: partition?.columns ?? [] };
}
