import type { Uuid } from '#model/ids.ts';
import type { Queryable } from '#store/database.ts';
import type { HeldRow } from '#store/incident-lineage.ts';
import {
  incidentTimeline,
  shownEvidence,
  type IncidentEventRow,
  type IncidentRow,
  type ShownEvidenceRow,
} from '#store/incidents.ts';
import { ownedFacts, type DatasetFacts } from './dataset-facts.ts';
import { runbookOf, type RunbookRule, type Troubled } from './runbook.ts';
import { heldBy } from './describe-incidents.ts';

/** Evidence and events that are shown of one incident; more are counted. */
const EVIDENCE = 500;
const EVENTS = 500;

/** Everything about one incident. */
export interface IncidentDetail {
  readonly row: IncidentRow;
  readonly root: DatasetFacts | null;
  /** The first of it. */
  readonly evidence: readonly ShownEvidenceRow[];
  /** Nearest first. */
  readonly impacted: readonly DatasetFacts[];
  readonly held: readonly HeldRow[];
  readonly timeline: readonly IncidentEventRow[];
  readonly nameOf: (dataset: Uuid) => string;
  /** What is to be done about a piece of it; null when nobody says. */
  readonly runbookOf: (piece: Troubled) => string | null;
}

/** Reads all that explains an incident. */
export async function showIncident(
  connection: Queryable,
  row: IncidentRow,
  runbooks: readonly RunbookRule[] = [],
): Promise<IncidentDetail> {
  const evidence = await connection.rows<ShownEvidenceRow>(shownEvidence(row.id, EVIDENCE));
  const suspected = evidence.flatMap(({ because }) => because?.datasetId ?? []);
  const [facts, held, timeline] = await Promise.all([
    ownedFacts(connection, [
      row.root_id,
      ...row.impacted,
      ...suspected,
      ...evidence.map((one) => one.dataset_id),
    ]),
    heldBy(connection, [row]),
    connection.rows<IncidentEventRow>(incidentTimeline(row.id, EVENTS)),
  ]);
  return {
    row,
    root: facts.get(row.root_id) ?? null,
    evidence,
    impacted: row.impacted.flatMap((id) => facts.get(id) ?? []),
    held: held.get(row.id) ?? [],
    timeline,
    nameOf: (dataset) => facts.get(dataset)?.name ?? dataset,
    runbookOf: (piece) => runbookOf(piece, facts.get(piece.dataset_id) ?? null, runbooks),
  };
}

/** Why a piece of evidence lies in its incident, in a sentence. */
export function becauseWords(
  because: ShownEvidenceRow['because'],
  nameOf: (dataset: Uuid) => string,
): string {
  switch (because?.type) {
    case 'same_dataset':
      return 'the same dataset is bad already';
    case 'downstream':
      return `made from what is bad above it; that explains it with a likelihood of ${Math.round((because.likelihood ?? 0) * 100)} %`;
    case 'upstream':
      return 'what was seen before is made from it: the root moved here';
    case 'shared_input':
      return `shares the silent input ${because.datasetId === undefined ? '' : nameOf(because.datasetId)} with what was seen before`;
    default:
      return 'the first that was seen';
  }
}
