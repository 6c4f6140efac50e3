import { HIGHEST_KEY, LOWEST_KEY, orderKey } from '#model/order-key.ts';
import { LOST_POLICY } from '#model/lost-run.ts';
import type { Uuid } from '#model/ids.ts';
import type { Database, Queryable } from '#store/database.ts';
import { putEvidence, type EvidenceRow } from '#store/evidence.ts';
import {
  evaluationFacts,
  failedRuns,
  lateFacts,
  lostRuns,
  noteReadUntil,
  readUntil,
  takeFailedRuns,
  verdictFacts,
  type EvaluationFactRow,
  type FailedRunRow,
  type LateFactRow,
  type VerdictFactRow,
} from '#store/evidence-facts.ts';
import { checkFacts, retellChecks, type CheckFactRow } from '#store/partition-checks.ts';
import { loadFacts, type LoadFindingRow } from '#store/load-findings.ts';
import { objectiveFacts, type ObjectiveFactRow } from '#store/objectives.ts';
import { datasetFacts } from './dataset-facts.ts';
import {
  evidenceOfCheck,
  evidenceOfEvaluation,
  evidenceOfLateness,
  evidenceOfLoad,
  evidenceOfObjective,
  evidenceOfRun,
  evidenceOfVerdict,
  LONGEST,
  type TierOf,
} from './evidence-rows.ts';

/** Facts that are read at a time: memory does not grow with how many there are. */
const BATCH = 5000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Facts are looked for from so long before the last look on: their transactions may have been under way. */
const OVERLAP = 2 * MINUTE;
/** The first look goes so far back: what was found before nobody waits for any more. */
const FIRST_LOOK = 24 * HOUR;
/** Silent runs are looked for every so often, among those that began within so many hours. */
const LOST_EVERY = 10 * MINUTE;
const LOST_BACK = 72 * HOUR;

/** Facts of one kind that are not noted, and what evidence they are. */
interface Source<Row> {
  readonly read: () => Promise<readonly Row[]>;
  readonly evidenceOf: (row: Row, tierOf: TierOf) => EvidenceRow;
}

/** Notes what is evidence by now and was not noted. Resolves with how many facts were read. */
export async function gatherEvidence(database: Database, now: Date): Promise<number> {
  const verdictsSince = await lookedSince(database, 'verdict', now);
  const evaluationsSince = await lookedSince(database, 'evaluation', now);
  const checksSince = await lookedSince(database, 'check', now);
  const found = [
    await gatherAll(database, now, {
      read: () => database.rows<VerdictFactRow>(verdictFacts(verdictsSince, BATCH)),
      evidenceOf: evidenceOfVerdict,
    }),
    await gatherAll(database, now, {
      read: () => database.rows<EvaluationFactRow>(evaluationFacts(evaluationsSince, BATCH)),
      evidenceOf: evidenceOfEvaluation,
    }),
    await gatherAll(database, now, {
      read: () => database.rows<CheckFactRow>(checkFacts(checksSince, BATCH)),
      evidenceOf: evidenceOfCheck,
    }),
    await gatherAll(database, now, {
      read: () => database.rows<LateFactRow>(lateFacts(BATCH)),
      evidenceOf: evidenceOfLateness,
    }),
    await gatherAll(database, now, {
      read: () => database.rows<LoadFindingRow>(loadFacts(new Date(now.getTime() - FIRST_LOOK), BATCH)),
      evidenceOf: evidenceOfLoad,
    }),
    await gatherAll(database, now, {
      read: () => database.rows<ObjectiveFactRow>(objectiveFacts(BATCH)),
      evidenceOf: evidenceOfObjective,
    }),
    await gatherFailedRuns(database, now),
    await gatherLostRuns(database, now),
  ];
  await database.execute(noteReadUntil('verdict', now));
  await database.execute(noteReadUntil('evaluation', now));
  await database.execute(noteReadUntil('check', now));
  await database.execute(retellChecks(LONGEST));
  return found.reduce((sum, count) => sum + count, 0);
}

/** From when on a source is read: from a little before it was read the last time. */
async function lookedSince(database: Database, source: string, now: Date): Promise<Date> {
  const [before] = await database.rows<{ read_until: Date }>(readUntil(source));
  if (!before) return new Date(now.getTime() - FIRST_LOOK);
  return new Date(Math.min(before.read_until.getTime(), now.getTime()) - OVERLAP);
}

async function gatherAll<Row extends { readonly dataset_id: Uuid }>(
  database: Database,
  now: Date,
  { read, evidenceOf }: Source<Row>,
): Promise<number> {
  let found = 0;
  for (;;) {
    const rows = await read();
    if (rows.length > 0) await note(database, rows, evidenceOf, now);
    found += rows.length;
    if (rows.length < BATCH) return found;
  }
}

async function note<Row extends { readonly dataset_id: Uuid }>(
  connection: Queryable,
  rows: readonly Row[],
  evidenceOf: (row: Row, tierOf: TierOf) => EvidenceRow,
  now: Date,
): Promise<void> {
  const facts = await datasetFacts(
    connection,
    rows.map((row) => row.dataset_id),
  );
  const tierOf: TierOf = (id) => facts.get(id)?.tier ?? 3;
  // A statement must not meet the same id twice.
  const pieces = new Map(rows.map((row) => evidenceOf(row, tierOf)).map((piece) => [piece.id, piece]));
  await connection.execute(putEvidence([...pieces.values()], now));
}

/** What ingest noted is taken in the transaction that notes the evidence: a crash loses nothing. */
async function gatherFailedRuns(database: Database, now: Date): Promise<number> {
  let found = 0;
  for (;;) {
    const taken = await database.transaction(async (connection) => {
      const due = await connection.rows<{ run_id: Uuid }>(takeFailedRuns(BATCH));
      if (due.length === 0) return 0;
      const rows = await connection.rows<FailedRunRow>(failedRuns(due.map((row) => row.run_id)));
      if (rows.length > 0) await note(connection, rows, evidenceOfRun, now);
      return due.length;
    });
    found += taken;
    if (taken < BATCH) return found;
  }
}

async function gatherLostRuns(database: Database, now: Date): Promise<number> {
  const [before] = await database.rows<{ read_until: Date }>(readUntil('lost'));
  if (before && now.getTime() - before.read_until.getTime() < LOST_EVERY) return 0;
  const silentFor = LOST_POLICY.floorSeconds * 1000;
  const from = keyAt(new Date(now.getTime() - LOST_BACK), LOWEST_KEY);
  const to = keyAt(new Date(now.getTime() - silentFor), HIGHEST_KEY);
  const rows = await database.rows<FailedRunRow>(lostRuns(from, to, BATCH, now));
  if (rows.length > 0) await note(database, rows, evidenceOfRun, now);
  await database.execute(noteReadUntil('lost', now));
  return rows.length;
}

function keyAt(at: Date, eventId: Uuid): Uuid {
  return orderKey({ milliseconds: at.getTime(), nanoseconds: 0, zoned: true }, 'START', eventId);
}
