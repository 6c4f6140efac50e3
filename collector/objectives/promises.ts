import type { Uuid } from '#model/ids.ts';
import { parseContracts } from '#rules/contract/parse.ts';
import { promisesOf } from '#rules/objective/promise.ts';
import type { Promised } from '#model/objective.ts';
import type { Database } from '#store/database.ts';
import { contractTexts, type ContractTextRow } from '#store/incident-lineage.ts';
import {
  contractsStamp,
  dropObjectives,
  lockObjectives,
  promisedContracts,
  putObjectives,
  type PromisedContractRow,
} from '#store/objectives.ts';

/** Texts read at a time: memory does not grow with how many contracts there are. */
const TEXTS = 50;

/**
 * Keeps the promises that are looked at in line with the contracts in force. A text is read once: texts never
 * change under their hash. One that cannot be read any more promises nothing.
 */
export class Promises {
  readonly #files = new Map<string, ReadonlyMap<string, readonly Promised[]>>();
  #stamp: string | null = null;

  /** Does nothing when no contract changed since the last time. */
  async follow(database: Database, now: Date): Promise<void> {
    const [seen] = await database.rows<{ stamp: string }>(contractsStamp());
    const stamp = seen?.stamp ?? '';
    if (stamp === this.#stamp) return;
    await database.transaction(async (connection) => {
      await connection.rows(lockObjectives());
      const heads = await connection.rows<PromisedContractRow>(promisedContracts());
      const hashes = new Set(heads.map(({ hash }) => hash));
      const missing = [...hashes].filter((hash) => !this.#files.has(hash));
      for (let from = 0; from < missing.length; from += TEXTS) {
        const some = missing.slice(from, from + TEXTS);
        for (const row of await connection.rows<ContractTextRow>(contractTexts(some)))
          this.#files.set(row.hash, promisesIn(row));
      }
      for (const hash of this.#files.keys()) if (!hashes.has(hash)) this.#files.delete(hash);
      const promised = heads.flatMap((head) => this.#of(head));
      await connection.execute(putObjectives(promised, now));
      await connection.execute(dropObjectives(promised));
    });
    this.#stamp = stamp;
  }

  #of({ dataset_id: datasetId, hash, object, name, pushed_at: since }: PromisedContractRow): {
    readonly datasetId: Uuid;
    readonly name: string;
    readonly promise: Promised;
    readonly since: Date;
  }[] {
    const file = this.#files.get(hash);
    const promises = file?.get(object ?? name) ?? (file?.size === 1 ? [...file.values()][0] : undefined);
    return (promises ?? []).map((promise) => ({ datasetId, name: promise.name, promise, since }));
  }
}

function promisesIn({
  text,
  file_name: fileName,
}: ContractTextRow): ReadonlyMap<string, readonly Promised[]> {
  const outcome = parseContracts(text, fileName);
  const contracts = outcome.status === 'ok' ? outcome.contracts : [];
  return new Map(contracts.map((contract) => [contract.logicalName, promisesOf(contract)]));
}
