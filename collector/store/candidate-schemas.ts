import { derivedId, type Uuid } from '#model/ids.ts';
import { namesOf } from './groups.ts';
import { sql, type Statement } from './sql.ts';

/** Columns in their order, with their types as the warehouse writes them. */
export type CandidateColumns = readonly { readonly name: string; readonly type: string }[];

/** Keeps the columns that an evaluation found; the same columns are kept once. */
export function putCandidateSchema(evaluationId: Uuid, columns: CandidateColumns): Statement {
  const list = JSON.stringify(columns.map(({ name, type }) => [name, type]));
  const id = derivedId('candidate schema', list);
  return sql`
    with kept as (
      insert into candidate_schema (id, columns) values (${id}, ${list}::jsonb) on conflict do nothing
    )
    update evaluation set candidate_schema_id = ${id}::uuid where id = ${evaluationId}`.named(
    'put_candidate_schema',
  );
}

export interface CandidateSchemaRow {
  readonly partition: string;
  /** Name and type of each. */
  readonly columns: readonly (readonly [name: string, type: string])[];
}

/**
 * The columns of the last candidate that failed nothing or was let through all the same: of the partition nearest
 * below this one, or of the dataset as a whole. One that was held back is nothing to compare with, or trying
 * again would make it right.
 */
export function lastCandidateSchema(datasetId: Uuid, partition: string): Statement {
  return sql`
    select e.partition, s.columns
      from evaluation e join candidate_schema s on s.id = e.candidate_schema_id
     where e.dataset_id = any(${namesOf(sql`${datasetId}::uuid`)}) and (e.excluded is null or e.decision = 'allow')
       and (e.partition < ${partition} or ${partition} = '' and e.partition = '')
     order by e.partition desc, e.requested_at desc, e.id desc
     limit 1`.named('last_candidate_schema');
}
