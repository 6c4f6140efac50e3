import type { AlertDataset, AlertEvent, AlertSeverity, AlertState } from '#model/alert.ts';
import type { EvidenceSeverity } from '#model/evidence.ts';
import type { Queryable } from '#store/database.ts';
import {
  evidenceById,
  incidentsById,
  markIncidentsTold,
  untoldIncidents,
  type IncidentRow,
  type ListedIncidentRow,
  type ShownEvidenceRow,
} from '#store/incidents.ts';
import { datasetFacts, type DatasetFacts } from './dataset-facts.ts';
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

export interface AlertEventOptions {
  readonly limit: number;
  readonly now: Date;
  /** Where people reach the pages: `https://assay.example.com`; '' gives paths. */
  readonly baseUrl?: string;
}

/**
 * What is to be told: incidents whose version is newer than the one that was handed on, once their time to page
 * has come, the one that waits longest first. The same again until `markAlertEventsTold`; whoever plans
 * deliveries does both in one transaction. Four statements.
 */
export async function alertEventsSince(
  connection: Queryable,
  { limit, now, baseUrl = '' }: AlertEventOptions,
): Promise<AlertEvent[]> {
  const rows = await connection.rows<ListedIncidentRow>(untoldIncidents(limit, now));
  if (rows.length === 0) return [];
  const survivors = await survivorsOf(connection, rows);
  // Under one key: to close the one would close the other.
  const silent = rows.filter((row) => {
    const into = row.merged_into === null ? undefined : survivors.get(row.merged_into);
    return into !== undefined && into.fingerprint === row.fingerprint;
  });
  if (silent.length > 0) await connection.execute(markIncidentsTold(silent));
  const told = rows.filter((row) => !silent.includes(row));
  const heads = new Map(
    (await connection.rows<ShownEvidenceRow>(evidenceById(told.map((row) => row.head_id)))).map((head) => [
      head.id,
      head,
    ]),
  );
  const facts = await datasetFacts(
    connection,
    told.flatMap((row) => [row.root_id, ...row.impacted.slice(0, NAMED)]),
  );
  const held = await heldBy(connection, told);
  return told.map((row) =>
    eventOf(row, {
      head: heads.get(row.head_id) ?? null,
      facts,
      held: held.get(row.id)?.length ?? 0,
      baseUrl,
      now,
    }),
  );
}

/** These were handed on: they come again when there is something new of them. */
export async function markAlertEventsTold(
  connection: Queryable,
  events: readonly Pick<AlertEvent, 'incidentId' | 'version'>[],
): Promise<void> {
  if (events.length === 0) return;
  await connection.execute(
    markIncidentsTold(events.map(({ incidentId, version }) => ({ id: incidentId, version }))),
  );
}

async function survivorsOf(
  connection: Queryable,
  rows: readonly IncidentRow[],
): Promise<ReadonlyMap<string, IncidentRow>> {
  const ids = rows.flatMap((row) => row.merged_into ?? []);
  const found = ids.length === 0 ? [] : await connection.rows<IncidentRow>(incidentsById(ids));
  return new Map(found.map((row) => [row.id, row]));
}

interface About {
  readonly head: ShownEvidenceRow | null;
  readonly facts: ReadonlyMap<string, DatasetFacts>;
  readonly held: number;
  readonly baseUrl: string;
  readonly now: Date;
}

function eventOf(row: ListedIncidentRow, { head, facts, held, baseUrl, now }: About): AlertEvent {
  const root = datasetOf(row.root_id, facts);
  return {
    incidentId: row.id,
    dedupKey: row.fingerprint,
    version: row.version,
    state: stateOf(row),
    severity: SEVERITIES[row.severity],
    kind: row.kind,
    urgency: urgencyOf(row),
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
      dataset: `${baseUrl}/?dataset=${row.root_id}`,
      lineage: `${baseUrl}/api/v2/lineage?dataset=${row.root_id}`,
      runbook: null,
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
  return (
    facts.get(id) ?? {
      id,
      namespace: '',
      name: id,
      tier: 3,
      owner: null,
      domain: null,
      layer: null,
      tags: [],
    }
  );
}
