import type { Uuid } from '#model/ids.ts';
import { textArray, uuidArray } from './binary-array.ts';
import type { AskedPartition } from './detector-evidence.ts';
import { writerOf } from './evidence-facts.ts';
import { namesOf } from './groups.ts';
import { sql, type Fragment, type Statement } from './sql.ts';

// What stands beside findings when they are read: other tables on the same day, and who wrote the data.

/** Tables of the same place that are looked at. */
const SIBLINGS = 60;

function asked(partitions: readonly AskedPartition[]): Fragment {
  return sql`
    select * from unnest(
      ${uuidArray(partitions.map((one) => one.datasetId))}::uuid[],
      ${textArray(partitions.map((one) => one.partition))}::text[]) as t(dataset_id, partition)`;
}

export interface SiblingsRow {
  readonly dataset_id: Uuid;
  readonly partition: string;
  /** Row counts of the same partition in tables of the same place, as parts of what was expected; itself among them. */
  readonly siblings: readonly { readonly dataset: string; readonly ratio: number | null }[];
}

/** Of each partition the tables beside its dataset: those of its namespace whose names begin alike up to the last dot or slash. */
export function siblingsOf(partitions: readonly AskedPartition[]): Statement {
  return sql`
    with asked as materialized (${asked(partitions)}), own as materialized (
      select asked.*, d.namespace_id, regexp_replace(d.name, '[^./]*$', '') as place
        from asked join dataset d on d.id = asked.dataset_id
    ), place as materialized (
      select distinct namespace_id, place from own
    ), member as materialized (
      select place.namespace_id, place.place, near.id, near.name
        from place
       cross join lateral (
               select d.id, d.name from dataset d
                where d.namespace_id = place.namespace_id and regexp_replace(d.name, '[^./]*$', '') = place.place
                limit ${SIBLINGS}
             ) near
    )
    select own.dataset_id, own.partition,
           jsonb_agg(jsonb_build_object('dataset', member.name, 'ratio', v.value / nullif(v.mean, 0)) order by member.name) as siblings
      from own
      join member using (namespace_id, place)
      join verdict v
        on v.dataset_id = member.id and v.partition = own.partition and v.metric = 'row_count' and v.detector in ('adaptive', 'hourly')
     group by own.dataset_id, own.partition`.named('siblings_of');
}

export interface FindingWriterRow {
  readonly dataset_id: Uuid;
  readonly partition: string;
  readonly run_id: Uuid;
  readonly made_at: Date;
}

/** The completed run that wrote each partition last; no row where none did. */
export function findingWriters(partitions: readonly AskedPartition[]): Statement {
  return sql`
    select asked.dataset_id, asked.partition, writer.id as run_id, writer.made_at
      from (${asked(partitions)}) asked
     cross join lateral (${writerOf(namesOf(sql`asked.dataset_id`), sql`asked.partition`)}) writer`.named(
    'finding_writers',
  );
}
