import type { Judgement } from '#model/judgement.ts';
import { marksInForce } from '#model/mark.ts';
import { seriesPattern } from '#model/partition.ts';
import { putBackfills, type Backfill } from '#store/backfills.ts';
import type { Database } from '#store/database.ts';
import { finishDue, markDueLater, markReached, type TakenPartition } from '#store/due.ts';
import { addScores, type Score } from '#store/fleet-samples.ts';
import type { GroupRow } from '#store/groups.ts';
import { dropPartitionChecks, putPartitionChecks, type CheckedPartition } from '#store/partition-checks.ts';
import { dropVerdicts, putAbsent, putVerdicts, type ShownFinding } from '#store/verdicts.ts';
import type { Evidence } from './evidence.ts';
import { scoreOf } from './fleet.ts';
import { reachOf } from './reach.ts';
import { ORDINARY_PARTITIONS } from './standing.ts';
import { identityOf, underAllNames, type DueSubject } from './subjects.ts';

export interface Judged {
  readonly taken: readonly TakenPartition[];
  readonly groups: readonly GroupRow[];
  readonly subjects: readonly DueSubject[];
  readonly evidence: Evidence;
  readonly judgements: readonly Judgement[];
  /** Of partitions that are not there. */
  readonly absent: readonly Judgement[];
  /** What contracts say of partitions. */
  readonly checked: readonly CheckedPartition[];
  /** How many partitions before one of a dataset the checks of its contract look at. */
  readonly reach: (datasetId: string) => number;
}

/** Stores what was said in place of what was said before, and asks for what follows from it. One transaction. */
export async function keepJudgements(
  database: Database,
  { taken, groups, subjects, evidence, judgements, absent, checked, reach }: Judged,
  now: Date,
): Promise<void> {
  const stated = new Map(
    evidence.judged.map(({ datasetId, partition, stated: by }) => [identityOf(datasetId, partition), by]),
  );
  const changed = subjects
    .filter((subject) => subject.changed)
    .map(({ datasetId, partition }) => ({
      datasetId,
      partition,
      pattern: seriesPattern(partition),
      reach: Math.max(reachOf(partition), reach(datasetId)),
      takenAt: stated.get(identityOf(datasetId, partition))?.takenAt ?? null,
    }));
  const backfills = backfillsOf(evidence);
  const scores = scoresOf(evidence, judgements);
  await database.transaction(async (connection) => {
    const named = underAllNames(subjects, groups);
    const shown = await connection.rows<ShownFinding>(dropVerdicts(named));
    await connection.execute(dropPartitionChecks(named));
    if (checked.length > 0) await connection.execute(putPartitionChecks(checked, now));
    if (judgements.length > 0)
      await connection.execute(putVerdicts(withShown(judgements, shown, groups), now));
    if (absent.length > 0) await connection.execute(putAbsent(absent, now));
    if (scores.length > 0) await connection.execute(addScores(scores));
    if (backfills.length > 0) await connection.execute(putBackfills(backfills));
    if (changed.length > 0) await connection.execute(markReached(changed, subjects, now));
    await connection.execute(finishDue(taken));
    if (evidence.growing.length > 0) await connection.execute(markDueLater(evidence.growing));
  });
}

/** What is not young opens nothing, and what it found before stays a finding as long as it is anomalous. */
function withShown(
  judgements: readonly Judgement[],
  shown: readonly ShownFinding[],
  groups: readonly GroupRow[],
): Judgement[] {
  const canonical = new Map(groups.map((row) => [row.dataset_id, row.canonical_id]));
  const key = (...parts: readonly string[]): string => JSON.stringify(parts);
  const open = new Set(
    shown.map((row) =>
      key(canonical.get(row.dataset_id) ?? row.dataset_id, row.partition, row.metric, row.detector),
    ),
  );
  return judgements.map((one) => ({
    ...one,
    finding:
      one.finding ||
      (one.standing !== 'young' &&
        one.status === 'anomalous' &&
        open.has(key(one.datasetId, one.partition, one.metric, one.detector))),
  }));
}

function scoresOf({ judged }: Evidence, judgements: readonly Judgement[]): Score[] {
  const subjects = new Map(
    judged.map((subject) => [identityOf(subject.datasetId, subject.partition), subject]),
  );
  return judgements.flatMap((judgement) => {
    const subject = subjects.get(identityOf(judgement.datasetId, judgement.partition));
    if (!subject) return [];
    const isIncident = marksInForce(subject.marks, judgement.metric, judgement.partition).some(
      ({ kind, partition }) => kind === 'incident' && partition === judgement.partition,
    );
    return scoreOf(judgement, subject.stated.takenAt, isIncident) ?? [];
  });
}

function backfillsOf({ judged }: Evidence): Backfill[] {
  const found = new Map<string, Backfill>();
  for (const { datasetId, stated } of judged) {
    const { runId, takenAt, ofRun, runOldest, runNewest } = stated;
    if (ofRun <= ORDINARY_PARTITIONS || runOldest === null || runNewest === null) continue;
    found.set(identityOf(datasetId, runId), {
      datasetId,
      runId,
      partitions: ofRun,
      oldest: runOldest,
      newest: runNewest,
      statedAt: takenAt,
    });
  }
  return [...found.values()];
}
