import { setTimeout as sleep } from 'node:timers/promises';
import type { Finding } from '#model/finding.ts';
import type { HistoryPoint } from '#model/measurement.ts';
import type { Database } from '#store/database.ts';
import { withSpan } from '#collector/span.ts';
import { finishDue, takeDue, type DuePartition, type TakenPartition } from '#store/due.ts';
import { groupsOf, type GroupRow } from '#store/groups.ts';
import { historyOf, seriesUpTo, type SeriesRow } from '#store/measurements.ts';
import { dropVerdicts, putVerdicts } from '#store/verdicts.ts';
import { HISTORY, judgePartition } from './judge.ts';

export interface MonitorOptions {
  readonly database: Database;
  readonly now: () => Date;
  /** Why a partition must stay out of baselines (its latest evaluation failed), by partition key. */
  readonly excludedOf: (
    datasetIds: readonly string[],
  ) => Promise<ReadonlyMap<string, ReadonlyMap<string, string>>>;
  readonly onVerdicts?: (findings: readonly Finding[]) => void;
  readonly onError?: (error: unknown) => void;
  /** Milliseconds between looks when nothing is waiting. */
  readonly pause?: number;
  /** True while events wait to be stored: then the monitor leaves most of the time to them. */
  readonly busy?: () => boolean;
}

const BATCH = 256;
/** Under load it takes few at a time as well: a long statement of its own would hold up commits. */
const BATCH_UNDER_LOAD = 16;
/** Under load the monitor rests this many times as long as it worked: acknowledgements come first. */
const REST_UNDER_LOAD = 9;
const LEASE = 60_000;

/**
 * Looks at what changed: takes due partitions, judges them against their history and stores the verdicts.
 * Any number of collectors may run one; a partition is with one of them at a time, and a crash gives it back.
 */
export class Monitor {
  readonly #options: MonitorOptions;
  #stopped = false;
  #wake: () => void = () => {};
  #loop: Promise<void> | null = null;

  constructor(options: MonitorOptions) {
    this.#options = options;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  /** Something became due: look now. */
  wake(): void {
    this.#wake();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake();
    await this.#loop;
  }

  /** Judges one batch; resolves with how many partitions it held. */
  async step(): Promise<number> {
    const { database, now } = this.#options;
    const taken = await database.rows<TakenPartition>(
      takeDue(this.#options.busy?.() ? BATCH_UNDER_LOAD : BATCH, now(), new Date(now().getTime() + LEASE)),
    );
    if (taken.length === 0) return 0;
    return withSpan('detector evaluate', { 'assay.partitions': taken.length }, () => this.#judge(taken));
  }

  async #judge(taken: readonly TakenPartition[]): Promise<number> {
    const { database, now } = this.#options;
    const groups = await database.rows<GroupRow>(groupsOf([...new Set(taken.map((due) => due.datasetId))]));
    const subjects = subjectsOf(taken, groups);
    const rows = await database.rows<SeriesRow>(seriesUpTo(subjects, HISTORY + 1));
    const excluded = await this.#options.excludedOf([...new Set(subjects.map((due) => due.datasetId))]);
    const findings = subjects.flatMap((due) =>
      judgePartition(due.datasetId, pointsOf(due, rows, excluded.get(due.datasetId))),
    );
    await database.transaction(async (connection) => {
      await connection.execute(dropVerdicts(underAllNames(subjects, groups)));
      if (findings.length > 0) await connection.execute(putVerdicts(findings, now()));
      await connection.execute(finishDue(taken));
    });
    this.#options.onVerdicts?.(findings);
    return taken.length;
  }

  /** Judges until nothing is due. */
  async settle(): Promise<void> {
    while ((await this.step()) > 0);
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      try {
        const begin = performance.now();
        if ((await this.step()) > 0) {
          if (this.#options.busy?.()) await sleep((performance.now() - begin) * REST_UNDER_LOAD);
          continue;
        }
      } catch (error) {
        this.#options.onError?.(error);
      }
      await this.#rest();
    }
  }

  async #rest(): Promise<void> {
    if (this.#stopped) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.#options.pause ?? 500);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** What is judged: a dataset of several names once, under the name that stands for it. */
function subjectsOf(taken: readonly TakenPartition[], groups: readonly GroupRow[]): DuePartition[] {
  const canonical = new Map(groups.map((row) => [row.dataset_id, row.canonical_id]));
  const subjects = new Map<string, DuePartition>();
  for (const due of taken) {
    const datasetId = canonical.get(due.datasetId) ?? due.datasetId;
    subjects.set(`${datasetId}${due.partition}`, { datasetId, partition: due.partition });
  }
  return [...subjects.values()];
}

function underAllNames(subjects: readonly DuePartition[], groups: readonly GroupRow[]): DuePartition[] {
  const names = new Map<string, string[]>();
  for (const row of groups)
    names.set(row.canonical_id, [...(names.get(row.canonical_id) ?? []), row.dataset_id]);
  return subjects.flatMap(({ datasetId, partition }) =>
    (names.get(datasetId) ?? [datasetId]).map((name) => ({ datasetId: name, partition })),
  );
}

function pointsOf(
  due: DuePartition,
  rows: readonly SeriesRow[],
  excluded: ReadonlyMap<string, string> | undefined,
): HistoryPoint[] {
  const own = rows.filter((row) => row.dataset_id === due.datasetId && row.bound === due.partition);
  const points = historyOf(own, (partition) =>
    partition === due.partition ? null : (excluded?.get(partition) ?? null),
  );
  // Without facts of its own (its run failed meanwhile) there is nothing to judge.
  return points.at(-1)?.partition === due.partition ? points : [];
}
