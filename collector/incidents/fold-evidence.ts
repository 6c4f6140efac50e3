import type { Evidence } from '#model/evidence.ts';
import { derivedId, type Uuid } from '#model/ids.ts';
import type { Attachment } from '#model/incident.ts';
import type { Database, Queryable } from '#store/database.ts';
import {
  assignEvidence,
  clearEvaluations,
  clearLate,
  clearRuns,
  clearVerdicts,
  evidenceAround,
  evidenceOfIncidents,
  oldestNewEvidence,
  type FoldedEvidenceRow,
} from '#store/evidence.ts';
import {
  addIncidentEvents,
  continuedIncidents,
  followMerges,
  incidentsById,
  putIncidents,
  staleIncidents,
  tryFoldingLock,
  waitIncidentLock,
  type IncidentRow,
} from '#store/incidents.ts';
import { clearLoads } from '#store/load-findings.ts';
import { clearObjectives } from '#store/objectives.ts';
import { clearChecks } from '#store/partition-checks.ts';
import { readsOfRuns, type RunReadRow } from '#store/incident-lineage.ts';
import { foldAlike } from './alike.ts';
import { FLAP_QUIET } from './conclude-state.ts';
import { CORRELATE, correlate } from './correlate.ts';
import { datasetFacts } from './dataset-facts.ts';
import { describeIncidents } from './describe-incidents.ts';
import { readLineageView } from './lineage-slice.ts';
import { pageTime } from './page-time.ts';
import { reconcile, REOPENS, type Entry, type Known, type Reconciled } from './reconcile.ts';

/** Incidents that are looked at anew in one pass because something of theirs was cleared. */
const STALE = 2000;

/**
 * Folds the evidence that is new, and what it may bear on, and concludes incidents whose evidence was cleared.
 * One pass at a time over all collectors. Resolves with how many incidents changed, null when another is at it.
 */
export async function foldEvidence(database: Database, now: Date): Promise<number | null> {
  return database.transaction(async (connection) => {
    const [lock] = await connection.rows<{ held: boolean }>(tryFoldingLock());
    if (lock?.held !== true) return null;
    await connection.rows(waitIncidentLock());
    for (const clear of [
      clearVerdicts,
      clearLate,
      clearEvaluations,
      clearChecks,
      clearRuns,
      clearObjectives,
      clearLoads,
    ])
      await connection.execute(clear(now));
    const [fresh] = await connection.rows<{ at: Date | null }>(oldestNewEvidence());
    const stale = await connection.rows<IncidentRow>(
      staleIncidents(now, new Date(now.getTime() - FLAP_QUIET), STALE),
    );
    const oldest = fresh?.at ?? null;
    if (oldest === null && stale.length === 0) return 0;
    return fold(connection, { oldest, stale, now });
  });
}

async function fold(
  connection: Queryable,
  {
    oldest,
    stale,
    now,
  }: { readonly oldest: Date | null; readonly stale: readonly IncidentRow[]; readonly now: Date },
): Promise<number> {
  // Only what was seen within the window before can be touched by it, and all that came after.
  const around =
    oldest === null
      ? []
      : await connection.rows<FoldedEvidenceRow>(
          evidenceAround(new Date(oldest.getTime() - CORRELATE.window)),
        );
  const view = await readLineageView(connection, [...new Set(around.map((row) => row.dataset_id))]);
  const reads = await readsBehind(connection, around);
  const alike = foldAlike(around.map((row) => evidenceOf(row, reads)));
  const groups = correlate(alike.first, view).map(alike.withOthers);
  const touched = new Set(around.flatMap((row) => row.incident_id ?? []));
  const roots = [...new Set(groups.map(({ root }) => root.datasetId))];
  const continued =
    roots.length === 0
      ? []
      : await connection.rows<IncidentRow>(
          continuedIncidents(roots, new Date((oldest ?? now).getTime() - REOPENS)),
        );
  const older = new Map(
    [...continued, ...stale].filter(({ id }) => !touched.has(id)).map((row) => [row.id, row]),
  );
  const rest =
    older.size === 0 ? [] : await connection.rows<FoldedEvidenceRow>(evidenceOfIncidents([...older.keys()]));
  const rows = [...around, ...rest];
  const stored = await storedIncidents(connection, rows, groups);
  const facts = await datasetFacts(connection, [
    ...rows.map((row) => row.dataset_id),
    ...roots,
    ...[...stored.values()].map((row) => row.root_id),
  ]);
  const outcome = reconcile([...groups, ...rebuilt(rest, older)], {
    known: new Map(rows.map((row) => [row.id, knownOf(row)])),
    stored,
    pageTime: (first) => pageTime(first, view),
    nameOf: (dataset) => facts.get(dataset)?.name ?? dataset,
    now,
  });
  return keep(connection, outcome, { rows, stored, now });
}

type Reads = ReadonlyMap<Uuid, NonNullable<Evidence['reads']>>;

/** What the runs behind evidence read, by run. */
async function readsBehind(
  connection: Queryable,
  rows: readonly Pick<FoldedEvidenceRow, 'run_id'>[],
): Promise<Reads> {
  const runs = [...new Set(rows.flatMap((row) => row.run_id ?? []))];
  const found = runs.length === 0 ? [] : await connection.rows<RunReadRow>(readsOfRuns(runs));
  return new Map(
    [...Map.groupBy(found, (row) => row.run_id)].map(([run, inputs]) => [
      run,
      Object.fromEntries(inputs.map((input) => [input.dataset_id, input.partitions])),
    ]),
  );
}

async function storedIncidents(
  connection: Queryable,
  rows: readonly FoldedEvidenceRow[],
  groups: readonly Entry[],
): Promise<ReadonlyMap<Uuid, IncidentRow>> {
  const ids = new Set([
    ...rows.flatMap((row) => row.incident_id ?? []),
    ...[...rows.map((row) => row.group_key), ...groups.map(({ key }) => key)].flatMap((key) =>
      key === null ? [] : derivedId('incident', key),
    ),
  ]);
  const found = await connection.rows<IncidentRow>(incidentsById([...ids]));
  return new Map(found.map((row) => [row.id, row]));
}

/** Groups that were folded long ago, as they were. */
function rebuilt(rows: readonly FoldedEvidenceRow[], incidents: ReadonlyMap<Uuid, IncidentRow>): Entry[] {
  const entries: Entry[] = [];
  for (const [key, own] of Map.groupBy(rows, (row) => row.group_key)) {
    const incident = incidents.get(own[0]?.incident_id ?? '');
    if (key === null || !incident) continue;
    const attachments: Attachment[] = own
      .map((row) => ({ evidence: evidenceOf(row), because: row.because ?? { type: 'first' as const } }))
      .sort(
        (a, b) =>
          a.evidence.at.getTime() - b.evidence.at.getTime() || (a.evidence.id < b.evidence.id ? -1 : 1),
      );
    const [first] = attachments;
    const last = attachments.at(-1);
    if (!first || !last) continue;
    entries.push({
      key,
      root: { datasetId: incident.root_id, how: incident.root_how },
      attachments,
      openedAt: first.evidence.at,
      lastAt: last.evidence.at,
    });
  }
  return entries;
}

/** Writes what changed, and nothing else. */
async function keep(
  connection: Queryable,
  { incidents, assignments, events }: Reconciled,
  {
    rows,
    stored,
    now,
  }: {
    readonly rows: readonly FoldedEvidenceRow[];
    readonly stored: ReadonlyMap<Uuid, IncidentRow>;
    readonly now: Date;
  },
): Promise<number> {
  const evidence = new Map(rows.map((row) => [row.id, row]));
  const changed = incidents.filter((row) => !isSame(row, stored.get(row.id)));
  const moved = changed.filter((row) => row.state !== 'merged' && isMoved(row, stored.get(row.id)));
  const writes = new Map(
    moved.flatMap((row) => {
      const head = evidence.get(row.head_id);
      return head && head.run_id !== null && head.dataset_id === row.root_id
        ? [[row.id, { runId: head.run_id, at: head.at }] as const]
        : [];
    }),
  );
  const subjects = new Map(
    moved.flatMap((row) => {
      const head = evidence.get(row.head_id);
      return head && head.dataset_id === row.root_id ? [[row.id, head.subject] as const] : [];
    }),
  );
  const described = new Map(
    (await describeIncidents(connection, moved, writes, subjects)).map((row) => [row.id, row]),
  );
  const written = changed.map((row) => described.get(row.id) ?? row);
  if (written.length > 0) await connection.execute(putIncidents(written));
  const assigned = assignments.filter((one) => {
    const row = evidence.get(one.evidenceId);
    return (
      row?.incident_id !== one.incidentId ||
      row.group_key !== one.groupKey ||
      JSON.stringify(row.because) !== JSON.stringify(one.because)
    );
  });
  if (assigned.length > 0) await connection.execute(assignEvidence(assigned));
  const merges = written.flatMap(({ id, merged_into: into }) => (into === null ? [] : { from: id, into }));
  if (merges.length > 0) await connection.execute(followMerges(merges));
  if (events.length > 0) await connection.execute(addIncidentEvents(events, now));
  return written.length;
}

/** Whether whom it touches is to be looked up anew. */
function isMoved(row: IncidentRow, before: IncidentRow | undefined): boolean {
  return before === undefined || before.root_id !== row.root_id || before.head_id !== row.head_id;
}

function isSame(row: IncidentRow, before: IncidentRow | undefined): boolean {
  if (before === undefined) return false;
  const { updated_at: _, ...now } = row;
  const { updated_at: __, ...then } = before;
  return JSON.stringify(sorted(now)) === JSON.stringify(sorted(then));
}

function sorted(row: object): [string, unknown][] {
  return Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1));
}

function knownOf(row: FoldedEvidenceRow): Known {
  return { clearedAt: row.cleared_at, incidentId: row.incident_id };
}

/** As the fold looks at it; its summary is read when somebody is told. */
function evidenceOf(row: FoldedEvidenceRow, reads: Reads = new Map()): Evidence {
  const read = row.run_id === null ? undefined : reads.get(row.run_id);
  return {
    ...(read && { reads: read }),
    id: row.id,
    datasetId: row.dataset_id,
    partition: row.partition,
    kind: row.kind,
    severity: row.severity,
    at: row.at,
    madeAt: row.made_at,
    direction: row.direction,
    summary: '',
    subject: row.subject,
    ownFault: row.own_fault,
  };
}
