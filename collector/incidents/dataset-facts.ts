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
import { statedOwners, type StatedOwnerRow } from '#store/stated-owners.ts';
import type { Tier } from './evidence-rows.ts';

/** What routes and severities ask of a dataset. */
export interface DatasetFacts {
  readonly id: Uuid;
  readonly namespace: string;
  readonly name: string;
  readonly tier: Tier;
  /** Whom the contract names; who else is asked only by `ownedFacts`. */
  readonly owner: string | null;
  readonly domain: string | null;
  /** bronze, silver, gold and their like, from the tags or the name. */
  readonly layer: string | null;
  readonly tags: readonly string[];
  /** What its contract says is to be done: of the dataset, and by check. */
  readonly runbook: string | null;
  readonly checkRunbooks: ReadonlyMap<string, string>;
  /** Who is asked when a check fails, where that is not the owner. */
  readonly checkOwners: ReadonlyMap<string, string>;
}

const LAYERS = ['raw', 'landing', 'staging', 'bronze', 'silver', 'gold', 'mart'];
/** Parsed contracts that are kept; texts never change under their hash. */
const KEPT = 2000;
const parsed = new Map<string, readonly Contract[]>();

/** Names, owners and tiers of datasets. Two statements, whatever the number; contracts are parsed once. */
export async function datasetFacts(
  connection: Queryable,
  ids: readonly Uuid[],
): Promise<ReadonlyMap<Uuid, DatasetFacts>> {
  if (ids.length === 0) return new Map();
  const rows = await connection.rows<DatasetContractRow>(contractsOfDatasets([...new Set(ids)]));
  const missing = [...new Set(rows.flatMap(({ hash }) => (hash === null || parsed.has(hash) ? [] : [hash])))];
  if (missing.length > 0) {
    if (parsed.size + missing.length > KEPT) parsed.clear();
    for (const row of await connection.rows<ContractTextRow>(contractTexts(missing)))
      parsed.set(row.hash, contractsIn(row));
  }
  return new Map(rows.map((row) => [row.id, factsOf(row)]));
}

/**
 * The same, with owners where no contract names one: whoever the ownership facet of the dataset names last, else
 * that of the jobs that write it. Three statements.
 */
export async function ownedFacts(
  connection: Queryable,
  ids: readonly Uuid[],
): Promise<ReadonlyMap<Uuid, DatasetFacts>> {
  const facts = await datasetFacts(connection, ids);
  const nobodys = [...facts.values()].filter(({ owner }) => owner === null).map(({ id }) => id);
  if (nobodys.length === 0) return facts;
  const stated = await connection.rows<StatedOwnerRow>(statedOwners(nobodys));
  const owned = new Map(facts);
  for (const { dataset_id: id, owner } of stated) {
    const one = facts.get(id);
    if (one) owned.set(id, { ...one, owner });
  }
  return owned;
}

/** A text that an earlier Assay took may be refused by this one: then nothing more is known. */
function contractsIn({ text, file_name: fileName }: ContractTextRow): readonly Contract[] {
  const outcome = parseContracts(text, fileName);
  return outcome.status === 'ok' ? outcome.contracts : [];
}

function factsOf(row: DatasetContractRow): DatasetFacts {
  const contracts = row.hash === null ? [] : (parsed.get(row.hash) ?? []);
  const contract = contracts.find((one) => row.object === null || one.logicalName === row.object);
  const tags = contract ? [...new Set([...contract.tags, ...contract.document.tags])] : [];
  const words = [...tags, ...row.name.toLowerCase().split(/[^a-z]+/)];
  return {
    id: row.id,
    namespace: row.namespace,
    name: row.name,
    tier: contract?.tier ?? 3,
    owner: row.owner === null || row.owner === '' ? null : row.owner,
    domain: contract?.document.domain ?? null,
    layer: LAYERS.find((layer) => words.includes(layer)) ?? null,
    tags,
    runbook: contract?.runbook ?? null,
    checkRunbooks: new Map(
      contract?.checks.flatMap(({ id, runbook }) => (runbook === undefined ? [] : [[id, runbook] as const])),
    ),
    checkOwners: new Map(
      contract?.checks.flatMap(({ id, owner }) => (owner === null ? [] : [[id, owner] as const])),
    ),
  };
}

/** Who is asked about what is wrong: of a check whom the contract names for it, else the owner. */
export function ownerOf(
  facts: Pick<DatasetFacts, 'owner' | 'checkOwners'> | undefined,
  subject: string | null,
): string | null {
  return (subject === null ? undefined : facts?.checkOwners.get(subject)) ?? facts?.owner ?? null;
}
