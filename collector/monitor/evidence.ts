import type { Standing } from '#model/judgement.ts';
import type { StatedMark } from '#model/mark.ts';
import type { HistoryPoint } from '#model/measurement.ts';
import { seriesPattern } from '#model/partition.ts';
import type { Database } from '#store/database.ts';
import { standingMarks, statedMark, type MarkRow } from '#store/marks.ts';
import { historyOf, seriesOver, type SeriesRow } from '#store/measurements.ts';
import { statedBeside, type StatedPartitionRow } from '#store/partition-statements.ts';
import { reachOf } from './reach.ts';
import { spansOf, type Span } from './spans.ts';
import { growsUntil, standingOf } from './standing.ts';
import { identityOf, type DueSubject } from './subjects.ts';

/** Why a partition must stay out of baselines, by dataset and partition key. */
export type ExcludedOf = (
  datasetIds: readonly string[],
) => Promise<ReadonlyMap<string, ReadonlyMap<string, string>>>;

/** A partition with all that it is judged by. */
export interface JudgedSubject extends DueSubject {
  /** Oldest first, itself last: as far back as verdicts depend on. */
  readonly points: readonly HistoryPoint[];
  /** The same as far back as the checks of its contract look, or as verdicts do where that is further. */
  readonly past: readonly HistoryPoint[];
  readonly marks: readonly StatedMark[];
  readonly standing: Standing;
  readonly stated: StatedBy;
}

export interface StatedBy {
  readonly runId: string;
  readonly takenAt: Date;
  /** The newest partition that was known then. */
  readonly newest: string;
  readonly ofRun: number;
  readonly runOldest: string | null;
  readonly runNewest: string | null;
}

export interface Evidence {
  /** Those that can be judged now. */
  readonly judged: readonly JudgedSubject[];
  /** Those that still grow, and until when. */
  readonly growing: readonly (DueSubject & { readonly at: Date })[];
  /** What is measured of the asked partitions themselves, each once; no row where nothing counts. */
  readonly own: readonly SeriesRow[];
}

/**
 * Reads what these partitions are judged by: their histories, marks, and how they were stated. Three statements.
 * @param checksReach how many partitions before one of a dataset its contract's checks look at
 */
export async function evidenceOf(
  database: Database,
  subjects: readonly DueSubject[],
  excludedOf: ExcludedOf,
  now: Date,
  checksReach: (datasetId: string) => number = () => 0,
): Promise<Evidence> {
  const spans = spansOf(subjects).map((span) => ({
    ...span,
    reach: Math.max(span.reach, checksReach(span.datasetId)),
  }));
  const datasetIds = [...new Set(subjects.map((due) => due.datasetId))];
  const [rows, excluded, markRows] = await Promise.all([
    database.rows<SeriesRow>(seriesOver(spans)),
    excludedOf(datasetIds),
    database.rows<MarkRow>(standingMarks(datasetIds)),
  ]);
  const found = new Map<string, Omit<JudgedSubject, 'standing' | 'marks' | 'stated'> & Statement>();
  const growing: (DueSubject & { at: Date })[] = [];
  const due = new Map(subjects.map((subject) => [identityOf(subject.datasetId, subject.partition), subject]));
  for (const { span, points, statements } of histories(spans, rows, excluded)) {
    for (const partition of span.partitions) {
      const subject = due.get(identityOf(span.datasetId, partition));
      const end = points.findIndex((point) => point.partition === partition);
      const statement = statements[end];
      // Without facts of its own (its run failed meanwhile) there is nothing to judge.
      if (!subject || !statement) continue;
      const begin = Math.max(0, end - reachOf(partition));
      const until = growsUntil(partition, statements.slice(begin, end), now);
      if (until !== null) growing.push({ ...subject, at: until });
      else {
        const own = upTo(points, begin, end);
        const first = Math.max(0, end - checksReach(span.datasetId));
        found.set(identityOf(span.datasetId, partition), {
          ...subject,
          ...statement,
          points: own,
          past: first < begin ? upTo(points, first, end) : own,
        });
      }
    }
  }
  const beside = await readBeside(database, [...found.values()]);
  const marks = Map.groupBy(markRows, (row) => row.dataset_id);
  return {
    growing,
    own: ownRows(rows, due),
    judged: [...found.values()].map(({ runId, takenAt, ...subject }) => {
      const row = beside.get(identityOf(subject.datasetId, subject.partition));
      const stated: StatedBy = {
        runId,
        takenAt,
        newest: row?.newest ?? subject.partition,
        ofRun: row?.of_run ?? 0,
        runOldest: row?.run_oldest ?? null,
        runNewest: row?.run_newest ?? null,
      };
      return {
        ...subject,
        stated,
        standing: standingOf(subject.partition, stated),
        marks: (marks.get(subject.datasetId) ?? []).map(statedMark),
      };
    }),
  };
}

/** What a partition failed by is no reason to leave itself out. */
function upTo(points: readonly HistoryPoint[], begin: number, end: number): HistoryPoint[] {
  return points
    .slice(begin, end + 1)
    .map((point, index) => (index === end - begin ? { ...point, excluded: null } : point));
}

/** Overlapping spans may tell a partition twice. */
function ownRows(rows: readonly SeriesRow[], due: ReadonlyMap<string, DueSubject>): SeriesRow[] {
  const own = new Map<string, SeriesRow>();
  for (const row of rows) {
    const identity = identityOf(row.dataset_id, row.partition);
    if (due.has(identity)) own.set(identity, { ...row, bound: null });
  }
  return [...own.values()];
}

/** Who stated what counts of a partition, and when. */
interface Statement {
  readonly partition: string;
  readonly runId: string;
  readonly takenAt: Date;
}

interface History {
  readonly span: Span;
  /** Oldest first. */
  readonly points: readonly HistoryPoint[];
  readonly statements: readonly Statement[];
}

function histories(
  spans: readonly Span[],
  rows: readonly SeriesRow[],
  excluded: Awaited<ReturnType<ExcludedOf>>,
): History[] {
  const keyOf = (datasetId: string, bound: string | null, pattern: string): string =>
    JSON.stringify([datasetId, bound, pattern]);
  const bySpan = Map.groupBy(rows, (row) => keyOf(row.dataset_id, row.bound, row.pattern));
  return spans.map((span) => {
    const own = (bySpan.get(keyOf(span.datasetId, span.from, span.pattern)) ?? []).filter(
      ({ partition }) => seriesPattern(partition) === span.pattern,
    );
    const reasons = excluded.get(span.datasetId);
    return {
      span,
      points: historyOf(own, (partition) => reasons?.get(partition) ?? null),
      statements: own.map(statementOf).toReversed(),
    };
  });
}

/** The row count's statement stands for the partition's; else the latest of all facts. */
function statementOf({ partition, facts }: SeriesRow): Statement {
  const told = facts['row_count'] ? [facts['row_count']] : Object.values(facts);
  let latest = told[0];
  for (const fact of told) if ((fact.takenAt ?? '') > (latest?.takenAt ?? '')) latest = fact;
  return { partition, runId: latest?.runId ?? '', takenAt: new Date(latest?.takenAt ?? 0) };
}

async function readBeside(
  database: Database,
  found: readonly (Statement & { readonly datasetId: string })[],
): Promise<ReadonlyMap<string, StatedPartitionRow>> {
  if (found.length === 0) return new Map();
  const rows = await database.rows<StatedPartitionRow>(
    statedBeside(found.map((one) => ({ ...one, pattern: seriesPattern(one.partition) }))),
  );
  return new Map(rows.map((row) => [identityOf(row.dataset_id, row.partition), row]));
}
