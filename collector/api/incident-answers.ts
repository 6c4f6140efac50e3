import { becauseWords, type IncidentDetail } from '#collector/incidents/show.ts';
import type { IncidentRow, ShownEvidenceRow } from '#store/incidents.ts';
import type * as schema from './schema/incidents.ts';

// Rows as the API shows them: camelCase, times as ISO 8601.

/** The evidence that stands for an incident, and the names of its root. */
interface Shown {
  readonly namespace: string | null;
  readonly dataset: string | null;
  readonly partition: string;
  readonly subject: string;
  readonly summary: string;
}

export function incidentItem(row: IncidentRow, shown: Shown): schema.IncidentItem {
  return {
    id: row.id,
    state: row.state,
    severity: row.severity,
    kind: row.kind,
    root: {
      datasetId: row.root_id,
      namespace: shown.namespace,
      dataset: shown.dataset ?? row.root_id,
      how: row.root_how,
    },
    tier: row.tier,
    owner: row.owner,
    partition: shown.partition,
    subject: shown.subject,
    summary: shown.summary,
    openedAt: row.opened_at.toISOString(),
    lastAt: row.last_at.toISOString(),
    resolvedAt: moment(row.resolved_at),
    resolution: row.resolution,
    acknowledgedBy: row.acknowledged_by,
    snoozedUntil: moment(row.snoozed_until),
    assignee: row.assignee,
    reopened: row.reopened.length,
    evidenceCount: row.evidence,
    standing: row.standing,
    datasets: row.datasets,
    impactedCount: row.impacted_count,
    dedupKey: row.fingerprint,
    version: row.version,
    mergedInto: row.merged_into,
  };
}

export function incidentDetail(detail: IncidentDetail): schema.IncidentDetail {
  const { row, root, evidence, impacted, held, timeline } = detail;
  const head = evidence.find(({ id }) => id === row.head_id) ?? evidence[0];
  return {
    incident: incidentItem(row, {
      namespace: root?.namespace ?? null,
      dataset: root?.name ?? null,
      partition: head?.partition ?? '',
      subject: head?.subject ?? '',
      summary: head?.summary ?? '',
    }),
    evidence: evidence.map((piece) => evidenceItem(piece, detail)),
    blastRadius: {
      datasets: impacted.map(({ id, namespace, name, owner, tier }) => ({
        id,
        namespace,
        name,
        owner,
        tier,
      })),
      datasetCount: row.impacted_count,
      owners: [...row.owners],
      held: held.map((one) => ({
        evaluationId: one.evaluation_id,
        datasetId: one.dataset_id,
        dataset: one.dataset,
        partition: one.partition,
        decidedAt: moment(one.decided_at),
      })),
    },
    changes: [...row.changes],
    runbook: head ? detail.runbookOf({ ...head, dataset_id: row.root_id }) : null,
    timeline: timeline.map(({ incident_id: incidentId, at, ...event }) => ({
      ...event,
      at: at.toISOString(),
      incidentId,
    })),
  };
}

function evidenceItem(
  row: ShownEvidenceRow,
  { nameOf, runbookOf }: Pick<IncidentDetail, 'nameOf' | 'runbookOf'>,
): schema.EvidenceItem {
  return {
    id: row.id,
    source: row.source,
    kind: row.kind,
    severity: row.severity,
    datasetId: row.dataset_id,
    namespace: row.namespace,
    dataset: row.dataset ?? row.dataset_id,
    partition: row.partition,
    subject: row.subject,
    summary: row.summary,
    value: row.value,
    expected: row.expected,
    hint: row.hint,
    direction: row.direction,
    ownFault: row.own_fault,
    at: row.at.toISOString(),
    madeAt: moment(row.made_at),
    runId: row.run_id,
    evaluationId: row.evaluation_id,
    because: {
      type: row.because?.type ?? 'first',
      likelihood: row.because?.likelihood ?? null,
      message: becauseWords(row.because, nameOf),
    },
    clearedAt: moment(row.cleared_at),
    runbook: runbookOf(row),
  };
}

function moment(at: Date | null): string | null {
  return at?.toISOString() ?? null;
}
