import type { AliasDecision, AliasEdge, Withheld } from '#model/alias.ts';
import type { Uuid } from '#model/ids.ts';
import { textArray, uuidArray } from './binary-array.ts';
import type { GroupRow } from './groups.ts';
import { sql, type Fragment, type Statement } from './sql.ts';
import { ADVISORY_LOCKS } from './advisory-locks.ts';

/** Lets one transaction at a time change groups; ends with it. The last lock that a transaction takes. */
export function lockAliases(): Statement {
  return sql`select pg_advisory_xact_lock(${ADVISORY_LOCKS.aliases}::bigint)`;
}

/** What a producer claims. Keys are of the first and last event for a rename, null for a symlink. */
export interface AliasRow extends AliasEdge {
  readonly producer: string;
}

/** Adds claims; returns the ends of those that are new or (renames) were told at another time. No claim twice. */
export function addAliases(rows: readonly AliasRow[]): Statement {
  return sql`
    insert into dataset_alias as known (from_id, to_id, kind, producer, first_key, last_key)
    select * from unnest(
      ${uuidArray(rows.map((row) => row.from))}::uuid[],
      ${uuidArray(rows.map((row) => row.to))}::uuid[],
      ${textArray(rows.map((row) => row.kind))}::text[],
      ${textArray(rows.map((row) => row.producer))}::text[],
      ${uuidArray(rows.map((row) => row.firstKey))}::uuid[],
      ${uuidArray(rows.map((row) => row.lastKey))}::uuid[]
    )
    on conflict (from_id, to_id, kind, producer) do update set
      first_key = least(known.first_key, excluded.first_key),
      last_key = greatest(known.last_key, excluded.last_key)
      where excluded.first_key < known.first_key or excluded.last_key > known.last_key
    returning from_id, to_id`.named('add_aliases');
}

export interface AliasNodeRow {
  readonly id: Uuid;
  /** Null when no event has named it (the model was rebuilt from fewer). */
  readonly namespace: string | null;
  readonly name: string | null;
}

/** Every dataset that claims or decisions connect to these, withheld or not: what their groups depend on. */
export function aliasNeighbours(ids: readonly Uuid[]): Statement {
  return sql`
    with recursive reached(id) as (
      select unnest(${uuidArray(ids)}::uuid[])
      union
      select near.id from reached cross join lateral (
        select a.to_id from dataset_alias a where a.from_id = reached.id
        union all select a.from_id from dataset_alias a where a.to_id = reached.id
        union all select d.b_id from alias_decision d where d.a_id = reached.id
        union all select d.a_id from alias_decision d where d.b_id = reached.id
      ) near(id)
    )
    select reached.id, n.name as namespace, d.name
      from reached
      left join dataset d on d.id = reached.id
      left join namespace n on n.id = d.namespace_id`.named('alias_neighbours');
}

/** Every dataset that any claim or decision names. */
export function aliasedDatasets(): Statement {
  return sql`
    select from_id as id from dataset_alias union select to_id from dataset_alias
    union select a_id from alias_decision union select b_id from alias_decision
    union select dataset_id from dataset_group`;
}

export type AliasEdgeRow = AliasEdge & { readonly producers: readonly string[] };

/** The claims among a closed set of datasets, each once, with all who make it. */
export function aliasEdges(ids: readonly Uuid[]): Statement {
  return sql`
    select kind, from_id as "from", to_id as "to", min(first_key::text) as "firstKey", max(last_key::text) as "lastKey",
           array_agg(producer order by producer) as producers
      from dataset_alias
     where from_id = any(${uuidArray(ids)}::uuid[])
     group by kind, from_id, to_id
     order by from_id, to_id, kind`.named('alias_edges');
}

export interface DecisionRow {
  readonly a: Uuid;
  readonly b: Uuid;
  readonly verdict: AliasDecision['verdict'] | 'clear';
  readonly reason: string;
  readonly author: string;
  readonly decided_at: Date;
}

const COLUMNS: Fragment = sql`a_id as a, b_id as b, verdict, reason, author, decided_at`;

/** The standing word on each pair of these datasets. */
export function aliasDecisions(ids: readonly Uuid[]): Statement {
  return sql`
    select * from (
      select distinct on (a_id, b_id) ${COLUMNS}
        from alias_decision where a_id = any(${uuidArray(ids)}::uuid[])
       order by a_id, b_id, id desc
    ) last
    where verdict <> 'clear'`.named('alias_decisions');
}

/** All that operators ever said about these datasets, the latest first. */
export function decisionHistory(ids: readonly Uuid[]): Statement {
  return sql`
    select ${COLUMNS} from alias_decision
     where a_id = any(${uuidArray(ids)}::uuid[]) or b_id = any(${uuidArray(ids)}::uuid[])
     order by id desc limit 1000`.named('alias_decision_history');
}

export interface ListedGroupRow {
  readonly id: Uuid;
  readonly namespace: string;
  readonly name: string;
  readonly aliases: readonly { readonly id: Uuid; readonly namespace: string; readonly name: string }[];
}

/** Datasets of several names, by the id of the name that stands for each; `after` continues behind one. */
export function listGroups(limit: number, after: Uuid | null): Statement {
  return sql`
    select head.canonical_id as id, coalesce(n.name, '') as namespace, coalesce(d.name, head.canonical_id::text) as name,
           (select jsonb_agg(jsonb_build_object('id', member.id, 'namespace', member_namespace.name, 'name', member.name)
                     order by member_namespace.name, member.name)
              from dataset_group g
              join dataset member on member.id = g.dataset_id
              join namespace member_namespace on member_namespace.id = member.namespace_id
             where g.canonical_id = head.canonical_id and g.dataset_id <> g.canonical_id) as aliases
      from (select distinct canonical_id from dataset_group
             where ${after}::uuid is null or canonical_id > ${after}::uuid
             order by canonical_id limit ${limit}) head
      left join dataset d on d.id = head.canonical_id
      left join namespace n on n.id = d.namespace_id
     order by head.canonical_id`;
}

/** Datasets of exactly that id or name, in one namespace when it is given; other names are not looked at. */
export function exactDatasets(id: Uuid | null, name: string, namespace: string | null): Statement {
  const asked =
    id === null
      ? sql`d.name = ${name} and (${namespace}::text is null or n.name = ${namespace}::text)`
      : sql`d.id = ${id}::uuid`;
  return sql`
    select d.id, n.name as namespace, d.name from dataset d join namespace n on n.id = d.namespace_id
     where ${asked} order by n.name limit 100`;
}

export interface NewDecision {
  readonly pairs: readonly (readonly [Uuid, Uuid])[];
  readonly verdict: DecisionRow['verdict'];
  readonly reason: string;
  readonly author: string;
  readonly decidedAt: Date;
}

/** Records an operator's word on pairs of datasets. */
export function addDecisions({ pairs, verdict, reason, author, decidedAt }: NewDecision): Statement {
  return sql`
    insert into alias_decision (a_id, b_id, verdict, reason, author, decided_at)
    select least(t.a, t.b), greatest(t.a, t.b), ${verdict}, ${reason}, ${author}, ${decidedAt}::timestamptz
      from unnest(
        ${uuidArray(pairs.map(([a]) => a))}::uuid[],
        ${uuidArray(pairs.map(([, b]) => b))}::uuid[]) as t(a, b)
     order by 1, 2`;
}

export interface WeighedEdge extends Pick<AliasEdge, 'kind' | 'from' | 'to'> {
  readonly withheld: Withheld | null;
}

/** Writes beside claims whether they join. */
export function markWithheld(edges: readonly WeighedEdge[]): Statement {
  return sql`
    update dataset_alias a set withheld = t.withheld
      from unnest(
        ${uuidArray(edges.map((edge) => edge.from))}::uuid[],
        ${uuidArray(edges.map((edge) => edge.to))}::uuid[],
        ${textArray(edges.map((edge) => edge.kind))}::text[],
        ${textArray(edges.map((edge) => edge.withheld))}::text[]) as t(from_id, to_id, kind, withheld)
     where a.from_id = t.from_id and a.to_id = t.to_id and a.kind = t.kind
       and a.withheld is distinct from t.withheld`.named('mark_withheld');
}

export interface WithheldRow extends WeighedEdge {
  readonly from_name: { readonly namespace: string; readonly name: string };
  readonly to_name: { readonly namespace: string; readonly name: string };
  readonly producers: readonly string[];
}

/** Claims that do not join, by their ends; `after` continues behind one. */
export function withheldClaims(
  limit: number,
  after: Pick<AliasEdge, 'from' | 'to' | 'kind'> | null,
): Statement {
  return sql`
    select held.*, jsonb_build_object('namespace', n.name, 'name', d.name) as from_name,
           jsonb_build_object('namespace', other_namespace.name, 'name', other.name) as to_name
      from (
        select from_id as "from", to_id as "to", kind, min(withheld) as withheld, array_agg(producer order by producer) as producers
          from dataset_alias
         where withheld is not null
           and (${after?.from ?? null}::uuid is null
                or (from_id, to_id, kind) > (${after?.from ?? null}::uuid, ${after?.to ?? null}::uuid, ${after?.kind ?? null}::text))
         group by from_id, to_id, kind
         order by from_id, to_id, kind
         limit ${limit}
      ) held
      join dataset d on d.id = held.from
      join namespace n on n.id = d.namespace_id
      join dataset other on other.id = held.to
      join namespace other_namespace on other_namespace.id = other.namespace_id
     order by held.from, held.to, held.kind`;
}

/** Forgets the groups of these datasets, before they are written anew. */
export function dropGroups(ids: readonly Uuid[]): Statement {
  return sql`delete from dataset_group where dataset_id = any(${uuidArray(ids)}::uuid[])`.named(
    'drop_groups',
  );
}

export function addGroups(rows: readonly GroupRow[]): Statement {
  return sql`
    insert into dataset_group (dataset_id, canonical_id)
    select * from unnest(
      ${uuidArray(rows.map((row) => row.dataset_id))}::uuid[],
      ${uuidArray(rows.map((row) => row.canonical_id))}::uuid[])`.named('add_groups');
}

/** The datasets whose group in the shadow is another than in the live model. */
export function regroupedInShadow(): Statement {
  return sql`
    select distinct dataset_id as id from (
      (table assay_model.dataset_group except table assay_model_next.dataset_group)
      union all
      (table assay_model_next.dataset_group except table assay_model.dataset_group)
    ) other`;
}

/** Has every partition of these datasets judged anew: their history is another now. */
export function judgeAnew(ids: readonly Uuid[], now: Date): Statement {
  return sql`
    with forgotten as (delete from verdict where dataset_id = any(${uuidArray(ids)}::uuid[])),
    unchecked as (delete from partition_check where dataset_id = any(${uuidArray(ids)}::uuid[])),
    -- Folded of the names together, and folded anew when judged; what was profiled was so under its own name.
    unfolded as (delete from partition_statistics where dataset_id = any(${uuidArray(ids)}::uuid[]) and not profiled)
    insert into evaluation_due (dataset_id, partition, due_at)
    select distinct rd.dataset_id, rd.partition, ${now}::timestamptz
      from run_dataset rd
     where rd.dataset_id = any(${uuidArray(ids)}::uuid[]) and rd.role <> 0 and rd.statistics is not null
     order by 1, 2
    on conflict (dataset_id, partition) do update set due_at = excluded.due_at, taken_until = null`.named(
    'judge_anew',
  );
}
