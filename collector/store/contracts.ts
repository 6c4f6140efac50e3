import type { Uuid } from '#model/ids.ts';
import { namesOf } from './groups.ts';
import { sql, type Statement } from './sql.ts';

/** A stored version of a dataset's contract. */
export interface ContractRow {
  readonly dataset_id: Uuid;
  /** '' when neither the contract nor the model tells. */
  readonly namespace: string;
  readonly name: string;
  readonly version: string;
  /** SHA-256 of the text, in hexadecimal. */
  readonly hash: string;
  readonly owner: string;
  readonly file_name: string;
  readonly text: string;
  readonly pushed_at: Date;
  readonly pushed_by: string | null;
  /** The schema object of the file that is this contract; null when the file describes one dataset. */
  readonly object: string | null;
}

const COLUMNS = sql`dataset_id, namespace, name, version, hash, owner, file_name, text, pushed_at, pushed_by, object`;

/** Stores a version; changes no row when the version is there already. `precedence` orders versions (semver). */
export function addContract(row: ContractRow, precedence: readonly number[]): Statement {
  return sql`
    insert into contract (${COLUMNS}, precedence)
    values (${row.dataset_id}, ${row.namespace}, ${row.name}, ${row.version}, ${row.hash}, ${row.owner}, ${row.file_name},
            ${row.text}, ${row.pushed_at}, ${row.pushed_by}, ${row.object}, ${precedence}::integer[])
    on conflict do nothing`.named('add_contract');
}

/** One version of a dataset's contract, or the highest; one for this very name before those for its other names. */
export function contractOf(datasetId: Uuid, version: string | null): Statement {
  return sql`
    select ${COLUMNS} from contract
     where dataset_id = any(${namesOf(sql`${datasetId}::uuid`)}) and (${version}::text is null or version = ${version}::text)
     order by dataset_id = ${datasetId} desc, precedence desc, pushed_at desc limit 1`.named('contract_of');
}

/**
 * The highest version of each contract for a dataset of this name, in any namespace unless one is given. A
 * contract for another name of such a dataset counts where there is none for this one.
 */
export function contractsNamed(name: string, namespace: string | null): Statement {
  return sql`
    with named as (
      select *, true as exact from contract
       where (name = ${name} or object = ${name}) and (${namespace}::text is null or namespace = ${namespace}::text)
      union all
      select c.*, false from dataset d
        join namespace n on n.id = d.namespace_id
        join dataset_group own on own.dataset_id = d.id
        join dataset_group peer on peer.canonical_id = own.canonical_id and peer.dataset_id <> d.id
        join contract c on c.dataset_id = peer.dataset_id
       where d.name = ${name} and (${namespace}::text is null or n.name = ${namespace}::text)
    )
    select distinct on (coalesce(grouped.canonical_id, named.dataset_id)) named.dataset_id, namespace, name, version, hash,
           owner, file_name, text, pushed_at, pushed_by, object
      from named left join dataset_group grouped on grouped.dataset_id = named.dataset_id
     order by coalesce(grouped.canonical_id, named.dataset_id), exact desc, precedence desc, pushed_at desc`.named(
    'contracts_named',
  );
}

/** Every version of a dataset's contract, highest first. */
export function contractVersions(datasetId: Uuid): Statement {
  return sql`
    select ${COLUMNS} from contract where dataset_id = ${datasetId}
     order by precedence desc, pushed_at desc`.named('contract_versions');
}

/** The highest version of every contract, by name; `after` continues behind (name, dataset id). */
export function activeContracts(limit: number, after: readonly [string, Uuid] | null): Statement {
  return sql`
    select ${COLUMNS} from (
      select distinct on (dataset_id) * from contract order by dataset_id, precedence desc, pushed_at desc
    ) latest
     where (${after?.[0] ?? null}::text is null or (name, dataset_id) > (${after?.[0] ?? null}::text, ${after?.[1] ?? null}::uuid))
     order by name, dataset_id limit ${limit}`.named('active_contracts');
}

/** Which of these names, given as namespaces and names side by side, the model has a dataset of. */
export function datasetsAt(namespaces: readonly string[], names: readonly string[]): Statement {
  return sql`
    select d.id, n.name as namespace, d.name
      from unnest(${[...namespaces]}::text[], ${[...names]}::text[]) with ordinality as asked (namespace, name, place)
      join namespace n on n.name = asked.namespace
      join dataset d on d.namespace_id = n.id and d.name = asked.name
     order by asked.place`.named('datasets_at');
}

/** Datasets of the model that have this name, each once: how a contract without a namespace finds its dataset. */
export function datasetsNamed(name: string): Statement {
  return sql`
    select id, namespace from (
      select distinct on (coalesce(grouped.canonical_id, dataset.id)) dataset.id, namespace.name as namespace
        from dataset
        join namespace on namespace.id = dataset.namespace_id
        left join dataset_group grouped on grouped.dataset_id = dataset.id
       where dataset.name = ${name}
       order by coalesce(grouped.canonical_id, dataset.id), dataset.id = grouped.canonical_id desc nulls last, namespace.name
    ) once
     order by namespace limit 10`.named('datasets_named');
}

/** The highest version of a dataset's contract, without its text. */
export interface ContractHeadRow {
  readonly dataset_id: Uuid;
  readonly name: string;
  readonly hash: string;
  readonly object: string | null;
}

/** Of every dataset that has a contract. */
export function contractHeads(): Statement {
  return sql`
    select distinct on (dataset_id) dataset_id, name, hash, object
      from contract order by dataset_id, precedence desc, pushed_at desc`.named('contract_heads');
}
