import type { AuditEntry, ChainedEntry, ChainHead } from '#model/audit.ts';
import type { Uuid } from '#model/ids.ts';
import { ADVISORY_LOCKS } from './advisory-locks.ts';
import { sql, type Statement } from './sql.ts';

// Acts write their rows by triggers (migration audit); only what no table tells is added here.

export type NewAct = Pick<AuditEntry, 'actor' | 'action' | 'subject' | 'subjectId'> & {
  readonly detail: Readonly<Record<string, unknown>>;
};

export function addAct({ actor, action, subject, subjectId, detail }: NewAct): Statement {
  return sql`
    insert into audit (actor, action, subject, subject_id, detail)
    values (${actor}, ${action}, ${subject}, ${subjectId}, ${JSON.stringify(detail)})`.named('add_act');
}

/** True when nobody else is chaining; held until the transaction ends. */
export function claimAudit(): Statement {
  return sql`select pg_try_advisory_xact_lock(${ADVISORY_LOCKS.audit}::bigint) as claimed`;
}

export function hasUnchained(): Statement {
  return sql`select exists (select from audit where position is null) as waiting`.named('has_unchained');
}

/** The last place of the chain; no row before the first. */
export function chainHead(): Statement {
  return sql`
    select position, hash from audit where position is not null order by position desc limit 1`.named(
    'chain_head',
  );
}

const COLUMNS = sql`id, at, actor, action, subject, subject_id as "subjectId", dataset_id as "datasetId", detail`;

/** What is not chained yet, in the order in which it was written. */
export function unchainedActs(limit: number): Statement {
  return sql`select ${COLUMNS} from audit where position is null order by id limit ${limit}`.named(
    'unchained_acts',
  );
}

export function placeActs(entries: readonly ChainedEntry[]): Statement {
  return sql`
    update audit set position = t.position, hash = t.hash
      from unnest(${entries.map(({ id }) => id)}::bigint[], ${entries.map(({ position }) => position)}::bigint[],
                  ${entries.map(({ hash }) => hash)}::text[]) as t(id, position, hash)
     where audit.id = t.id and audit.position is null`;
}

/** Which acts are meant; what is null does not matter. */
export interface AuditFilter {
  readonly actor: string | null;
  /** The whole action, or its beginning up to a dot: `waiver`. */
  readonly action: string | null;
  /** Id of what it was done to, or of the evaluation that it was about. */
  readonly subjectId: string | null;
  readonly datasetId: Uuid | null;
  readonly since: Date | null;
  readonly until: Date | null;
}

/** Acts of the chain: from the beginning behind a place, or from the end before one. */
export function listAudit(
  filter: AuditFilter,
  page: { readonly order: 'first' | 'last'; readonly from: number | null; readonly limit: number },
): Statement {
  const { actor, action, subjectId, datasetId, since, until } = filter;
  const kept = sql`
    position is not null
    and (${actor}::text is null or actor = ${actor})
    and (${action}::text is null or action = ${action} or starts_with(action, ${action} || '.'))
    and (${subjectId}::text is null or subject_id = ${subjectId})
    and (${datasetId}::uuid is null or dataset_id = ${datasetId})
    and (${since}::timestamptz is null or at >= ${since})
    and (${until}::timestamptz is null or at < ${until})`;
  return page.order === 'first'
    ? sql`select ${COLUMNS}, position, hash from audit where ${kept} and position > ${page.from ?? 0}::bigint
           order by position limit ${page.limit}`
    : sql`select ${COLUMNS}, position, hash from audit where ${kept} and (${page.from}::bigint is null or position < ${page.from}::bigint)
           order by position desc limit ${page.limit}`;
}

/** What was done about one evaluation: decisions, waivers and publications, from the first on. */
export function actsAbout(evaluationId: Uuid, limit: number): Statement {
  return sql`
    select ${COLUMNS} from audit
     where subject_id = any(array(
             select ${evaluationId}::uuid union all
             select id from waiver where evaluation_id = ${evaluationId} union all
             select id from publication where evaluation_id = ${evaluationId})::text[])
     order by id limit ${limit}`.named('acts_about');
}

/** Evaluations whose stored results are not those on which their last decision was taken. */
export function changedEvidence(limit: number): Statement {
  return sql`
    select evaluation_id::uuid as "evaluationId", position from (
      select distinct on (subject_id) subject_id as evaluation_id, position, detail::jsonb ->> 'evidence' as digest
        from audit where action = 'gate.decided' order by subject_id, id desc
    ) as last
     where digest is not null
       and exists (select from evaluation e where e.id = last.evaluation_id::uuid)
       and digest is distinct from assay.evidence_digest(last.evaluation_id::uuid)
     order by position limit ${limit}`;
}

/** As the two statements above give a row. */
export type AuditRow = ChainedEntry;
export type ActRow = Omit<AuditEntry, 'position'>;
export type HeadRow = ChainHead;
