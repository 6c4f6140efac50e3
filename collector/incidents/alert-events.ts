import { Problem } from '#collector/problems.ts';
import { pagingP } from '#detectors/fleet/triage.ts';
import type { AlertDataset, AlertEvent, AlertSeverity, AlertState } from '#model/alert.ts';
import type { AlertPage, AlertSource, IncidentActions } from '#model/alert-source.ts';
import type { EvidenceSeverity } from '#model/evidence.ts';
import type { Outcome } from '#model/ports.ts';
import type { Database } from '#store/database.ts';
import {
  evidenceById,
  incidentsAfterPosition,
  incidentsThatPage,
  numberUntold,
  waitIncidentLock,
  type IncidentRow,
  type ListedIncidentRow,
  type ShownEvidenceRow,
  type TellableIncidentRow,
} from '#store/incidents.ts';
import { actOnIncident, type Act } from './act.ts';
import { ownedFacts, ownerOf, type DatasetFacts } from './dataset-facts.ts';
import { runbookOf, type RunbookRule } from './runbook.ts';
import { heldBy } from './describe-incidents.ts';

const HOUR = 3_600_000;
/** A receiver that forgets hears again before this. */
const VALID = 26 * HOUR;
/** Datasets below that an event names; the others are counted. */
const NAMED = 25;

const SEVERITIES: Readonly<Record<EvidenceSeverity, AlertSeverity>> = {
  notice: 'info',
  warning: 'warning',
  critical: 'critical',
};

export interface IncidentAlertOptions {
  readonly database: Database;
  readonly now: () => Date;
  /** Where people reach the pages: `https://assay.example.com`; '' gives paths. */
  readonly baseUrl?: string;
  /** What assay.yaml says is to be done about what. */
  readonly runbooks?: readonly RunbookRule[];
}

/** Incidents as alerting asks for them, and as people act on them from messages. */
export function incidentAlerts(options: IncidentAlertOptions): AlertSource & IncidentActions {
  const { database } = options;
  const act = async (id: string, what: Act, by: string, now: Date): Promise<Outcome<null>> => {
    try {
      await actOnIncident(database, id, what, by, now);
      return { status: 'success', value: null };
    } catch (error) {
      if (error instanceof Problem && error.status < 500) return { status: 'failure', reason: error.message };
      throw error;
    }
  };
  return {
    eventsSince: (cursor, limit) => alertEventsSince(options, cursor, limit),
    acknowledge: (id, by, now) => act(id, { type: 'acknowledge' }, by, now),
    snooze: (id, by, until, now) => act(id, { type: 'snooze', until }, by, now),
    resolve: (id, by, as, now) =>
      act(id, { type: 'resolve', how: as, reason: 'said in answer to a message' }, by, now),
  };
}

/**
 * What is to be told: incidents whose version is newer than the one that was told, once their time to page has
 * come, each by its last version. From the same position it is the same again, or newer. A handful of statements.
 */
export async function alertEventsSince(
  { database, now, baseUrl = '', runbooks = [] }: IncidentAlertOptions,
  cursor: string | null,
  limit: number,
): Promise<AlertPage> {
  const at = now();
  await database.transaction(async (connection) => {
    await connection.rows(waitIncidentLock());
    await connection.execute(numberUntold(at));
  });
  const rows = await database.rows<TellableIncidentRow>(incidentsAfterPosition(Number(cursor ?? 0), limit));
  if (rows.length === 0) return { events: [], cursor };
  const heads = new Map(
    (await database.rows<ShownEvidenceRow>(evidenceById(rows.map((row) => row.head_id)))).map((head) => [
      head.id,
      head,
    ]),
  );
  const facts = await ownedFacts(
    database,
    rows.flatMap((row) => [row.root_id, ...row.impacted.slice(0, NAMED)]),
  );
  const held = await heldBy(database, rows);
  const paging = await database.rows<{ id: string }>(
    incidentsThatPage(
      rows.map(({ id }) => id),
      rows.map(({ tier }) => pagingP(tier)),
    ),
  );
  const pages = new Set(paging.map(({ id }) => id));
  const events = rows.map((row) =>
    eventOf(row, {
      head: heads.get(row.head_id) ?? null,
      facts,
      held: held.get(row.id)?.length ?? 0,
      pages: pages.has(row.id),
      runbook: runbookOf(row, facts.get(row.root_id) ?? null, runbooks),
      baseUrl,
      now: at,
    }),
  );
  return { events, cursor: String(rows.at(-1)?.alert_position ?? cursor) };
}

interface About {
  readonly head: ShownEvidenceRow | null;
  readonly facts: ReadonlyMap<string, DatasetFacts>;
  readonly held: number;
  /** Whether anything of it is rare enough, at its tier, to wake somebody. */
  readonly pages: boolean;
  readonly runbook: string | null;
  readonly baseUrl: string;
  readonly now: Date;
}

function eventOf(
  row: ListedIncidentRow,
  { head, facts, held, pages, runbook, baseUrl, now }: About,
): AlertEvent {
  const subject = head?.dataset_id === row.root_id ? head.subject : null;
  const owner = ownerOf(facts.get(row.root_id), subject);
  const root = { ...datasetOf(row.root_id, facts), owner };
  return {
    incidentId: row.id,
    dedupKey: row.fingerprint,
    version: row.version,
    state: stateOf(row),
    severity: SEVERITIES[row.severity],
    kind: row.kind,
    urgency: pages ? urgencyOf(row) : 'notice',
    root,
    partition: row.partition,
    subject: row.subject,
    summary: summaryOf(row, root),
    value: head?.value ?? null,
    expected: head?.expected ?? null,
    hint: head?.hint ?? null,
    impacted: row.impacted.slice(0, NAMED).map((id) => datasetOf(id, facts)),
    impactedCount: row.impacted_count,
    heldPublications: held,
    changes: row.changes,
    startsAt: row.opened_at,
    updatedAt: row.updated_at,
    validUntil: new Date(now.getTime() + VALID),
    links: {
      incident: `${baseUrl}/incidents/${row.id}`,
      dataset: `${baseUrl}/datasets/${row.root_id}`,
      lineage: `${baseUrl}/lineage/${row.root_id}`,
      runbook,
    },
  };
}

/** Somebody must act on what is critical, and on what is not where somebody promised something. */
function urgencyOf({ severity, tier }: IncidentRow): AlertEvent['urgency'] {
  return severity === 'critical' || (severity === 'warning' && tier < 3) ? 'page' : 'notice';
}

function stateOf({ state }: IncidentRow): AlertState {
  if (state === 'resolved' || state === 'merged') return 'resolved';
  return state === 'acknowledged' ? 'acknowledged' : 'firing';
}

function summaryOf(row: ListedIncidentRow, root: AlertDataset): string {
  if (row.state === 'merged') return `${root.name}: belongs to another incident, ${row.merged_into ?? ''}`;
  if (row.root_how === 'suspected')
    return `${root.name} is suspected: ${row.datasets} datasets made from it are bad; ${row.summary}`;
  const more = row.datasets > 1 ? `; with it ${row.datasets - 1} more` : '';
  return `${root.name}: ${row.summary}${more}`;
}

function datasetOf(id: string, facts: ReadonlyMap<string, DatasetFacts>): AlertDataset {
  const known = facts.get(id);
  if (!known)
    return { id, namespace: '', name: id, tier: 3, owner: null, domain: null, layer: null, tags: [] };
  // Kept with the alert: what to do is said once, among the links.
  const { runbook: _, checkRunbooks: __, checkOwners: ___, ...dataset } = known;
  return dataset;
}
