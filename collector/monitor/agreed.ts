import type { Contract } from '#model/contract.ts';
import type { Uuid } from '#model/ids.ts';
import { parseContracts } from '#rules/contract/parse.ts';
import { factsOf } from '#rules/expression/facts.ts';
import type { Queryable } from '#store/database.ts';
import {
  contractsOfDatasets,
  contractTexts,
  type ContractTextRow,
  type DatasetContractRow,
} from '#store/incident-lineage.ts';

/** A dataset's contract in force, and which text it is. */
export interface Agreement {
  readonly contract: Contract;
  readonly version: string;
  /** SHA-256 of the text, in hexadecimal. */
  readonly hash: string;
  /** When the first version of it was pushed. */
  readonly since: Date;
  /** How many partitions before one its checks look at; 0 for none. */
  readonly reach: number;
}

type Read = Pick<Agreement, 'contract' | 'reach'>;

/** Parsed texts that are kept; a text never changes under its hash. */
const KEPT = 2000;
const parsed = new Map<string, readonly Read[]>();

/**
 * The contracts in force of these datasets; none where a text that an earlier Assay took is refused by this one.
 * One statement, and one for texts that were not read before.
 */
export async function agreementsOf(
  database: Queryable,
  datasetIds: readonly Uuid[],
): Promise<ReadonlyMap<Uuid, Agreement>> {
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
      parsed.set(hash, outcome.status === 'ok' ? outcome.contracts.map(read) : []);
    }
  }
  return new Map(
    rows.flatMap(({ id, hash, version, object, since }) => {
      const own = (hash === null ? [] : (parsed.get(hash) ?? [])).find(
        ({ contract }) => object === null || contract.logicalName === object,
      );
      if (!own || hash === null) return [];
      return [[id, { ...own, hash, version: version ?? '', since: since ?? new Date(0) }] as const];
    }),
  );
}

/** The same without which texts they are. */
export async function agreedOf(
  database: Queryable,
  datasetIds: readonly Uuid[],
): Promise<ReadonlyMap<Uuid, Contract>> {
  return contractsIn(await agreementsOf(database, datasetIds));
}

export function contractsIn(agreements: ReadonlyMap<Uuid, Agreement>): ReadonlyMap<Uuid, Contract> {
  return new Map([...agreements].map(([id, { contract }]) => [id, contract]));
}

/** Twice as many as are compared with: those that stay out of baselines are passed over. */
function read(contract: Contract): Read {
  const history = Math.max(0, ...contract.checks.map(({ expression }) => factsOf(expression).history));
  return { contract, reach: history * 2 };
}
