import { setTimeout as sleep } from 'node:timers/promises';
import type { Calendar } from '#model/detection.ts';
import type { Judgement } from '#model/judgement.ts';
import type { Database } from '#store/database.ts';
import { withSpan } from '#collector/span.ts';
import { takeDue, type TakenPartition } from '#store/due.ts';
import { groupsOf, type GroupRow } from '#store/groups.ts';
import { StatisticsLayouts } from '#store/statistics-layouts.ts';
import type { CheckedPartition } from '#store/partition-checks.ts';
import { agreementsOf, contractsIn } from './agreed.ts';
import { circumstancesAmong } from './circumstances.ts';
import { checkJudged } from './contract-checks.ts';
import { evidenceOf } from './evidence.ts';
import { Fleet } from './fleet.ts';
import { foldStatistics } from './fold-statistics.ts';
import { liveDatasets, tellLate, watchFreshness } from './freshness-watch.ts';
import { judgePartition } from './judge.ts';
import { keepJudgements } from './keep.ts';
import { OpenRuns } from './open-runs.ts';
import { otherEvidence } from './other-evidence.ts';
import { otherFindings, type CostRates } from './other-findings.ts';
import { absentBefore, partitionFindings } from './partition-findings.ts';
import { profileEvidence } from './profile-evidence.ts';
import { identityOf, subjectsOf } from './subjects.ts';

export interface MonitorOptions {
  readonly database: Database;
  readonly now: () => Date;
  /** Why a partition must stay out of baselines (its latest evaluation failed), by partition key. */
  readonly excludedOf: (
    datasetIds: readonly string[],
  ) => Promise<ReadonlyMap<string, ReadonlyMap<string, string>>>;
  /** Holidays; none unless told. */
  readonly calendar?: Calendar;
  /** What runs cost; without prices only their use is judged. */
  readonly cost?: CostRates | undefined;
  readonly onVerdicts?: (judgements: readonly Judgement[]) => void;
  /** Told what contracts said of the partitions of a batch. */
  readonly onChecked?: (checked: readonly CheckedPartition[]) => void;
  readonly onError?: (error: unknown) => void;
  /** Milliseconds between looks when nothing is waiting. */
  readonly pause?: number;
  /** True while events wait to be stored: then the monitor leaves most of the time to them. */
  readonly busy?: () => boolean;
}

const NO_HOLIDAYS: Calendar = () => null;

const BATCH = 256;
/** Under load it takes few at a time as well: a long statement of its own would hold up commits. */
const BATCH_UNDER_LOAD = 16;
/** Under load the monitor rests this many times as long as it worked: acknowledgements come first. */
const REST_UNDER_LOAD = 9;
const LEASE = 60_000;
/** Milliseconds between two looks for datasets that became late. */
const LATE_LOOKS = 60_000;

/**
 * Looks at what changed: takes due partitions, judges them against their history and stores the verdicts.
 * Any number of collectors may run one; a partition is with one of them at a time, and a crash gives it back.
 */
export class Monitor {
  readonly #options: MonitorOptions;
  readonly #fleet: Fleet;
  readonly #openRuns: OpenRuns;
  readonly #layouts = new StatisticsLayouts();
  #toldAt = 0;
  #stopped = false;
  #wake: () => void = () => {};
  #loop: Promise<void> | null = null;

  constructor(options: MonitorOptions) {
    this.#options = options;
    this.#fleet = new Fleet(options.database);
    this.#openRuns = new OpenRuns(options.database);
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
    const { database, now, excludedOf, cost, calendar = NO_HOLIDAYS } = this.#options;
    const groups = await database.rows<GroupRow>(groupsOf([...new Set(taken.map((due) => due.datasetId))]));
    const subjects = subjectsOf(taken, groups);
    const agreements = await agreementsOf(
      database,
      subjects.map(({ datasetId }) => datasetId),
    );
    const agreed = contractsIn(agreements);
    const reach = (id: string): number => agreements.get(id)?.reach ?? 0;
    const evidence = await evidenceOf(database, subjects, excludedOf, now(), reach);
    await this.#fleet.refresh(now());
    const circumstances = await circumstancesAmong(
      database,
      evidence.judged.filter(({ datasetId }) => agreed.has(datasetId)),
    );
    const profiles = await profileEvidence(database, evidence.judged, this.#layouts);
    const others = await otherEvidence(database, evidence.judged, agreed, circumstances);
    const checked = checkJudged(evidence.judged, { agreements, circumstances, calendar });
    const judgements = [
      ...evidence.judged.flatMap((one) => {
        const profile = profiles.get(identityOf(one.datasetId, one.partition)) ?? null;
        const subject = { ...one, calendar, tier: agreed.get(one.datasetId)?.tier ?? 3, profile };
        return [...judgePartition(subject), ...partitionFindings(subject)];
      }),
      ...others.flatMap((other) => otherFindings(other, cost)),
    ].map((one) => this.#fleet.weigh(one));
    // Before the partitions are done with: after a crash both are made again.
    await foldStatistics(database, subjects, evidence.own);
    const absent = evidence.judged.flatMap((one) => absentBefore({ ...one, calendar }));
    const said = { taken, groups, subjects, evidence, judgements, absent, checked, reach };
    await keepJudgements(database, said, now());
    const fresh = await watchFreshness(database, liveDatasets(evidence.judged), now(), calendar);
    this.#options.onVerdicts?.([...judgements, ...absent, ...fresh]);
    this.#options.onChecked?.(checked);
    return taken.length;
  }

  /** Judges until nothing is due. */
  async settle(): Promise<void> {
    while ((await this.step()) > 0);
  }

  /** Tells what became late since the last look and runs that hang, of which no event tells. */
  async #tellLate(): Promise<void> {
    const { database, now, calendar = NO_HOLIDAYS, onVerdicts } = this.#options;
    if (now().getTime() - this.#toldAt < LATE_LOOKS) return;
    this.#toldAt = now().getTime();
    const late = await tellLate(database, now(), calendar);
    onVerdicts?.([...late, ...(await this.#openRuns.look(now()))]);
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      try {
        await this.#tellLate();
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
