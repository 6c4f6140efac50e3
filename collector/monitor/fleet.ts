import { fitTail, pValue, type Tail } from '#detectors/fleet/tail.ts';
import type { Judgement } from '#model/judgement.ts';
import { cadenceOf } from '#model/partition.ts';
import type { Database } from '#store/database.ts';
import { dropSamples, readSamples, type SampleRow, type Score } from '#store/fleet-samples.ts';

const DAY = 86_400_000;
/** Days of scores that say what is ordinary. */
const SAMPLE_DAYS = 90;
/** Milliseconds after which the samples are read anew: they change slowly. */
const FRESH = 5 * 60_000;

/** What is ordinary in each class of metrics, over all datasets. */
export class Fleet {
  readonly #database: Database;
  #tails: ReadonlyMap<string, Tail> = new Map();
  #readAt = -Infinity;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Reads the samples when they are old. */
  async refresh(now: Date): Promise<void> {
    if (Math.abs(now.getTime() - this.#readAt) < FRESH) return;
    const since = new Date(now.getTime() - SAMPLE_DAYS * DAY).toISOString().slice(0, 10);
    await this.#database.execute(dropSamples(since));
    const rows = await this.#database.rows<SampleRow>(readSamples(since));
    this.#tails = new Map(rows.map((row) => [row.class, fitTail(row.scores)]));
    this.#readAt = now.getTime();
  }

  /** The same judgement with how rare its distance is in its class; what was not measured in z stays as it is. */
  weigh(judgement: Judgement): Judgement {
    const z = judgement.detection?.z ?? null;
    if (z === null) return judgement;
    const tail = this.#tails.get(classOf(judgement)) ?? UNKNOWN;
    return { ...judgement, p: pValue(tail, z) };
  }
}

const UNKNOWN = fitTail([]);

/** What a judgement adds to the samples; null where it has no z. @param isIncident somebody marked it as bad data. */
export function scoreOf(judgement: Judgement, statedAt: Date, isIncident: boolean): Score | null {
  const { datasetId, partition, metric, detection, standing } = judgement;
  if (detection?.z === null || detection?.z === undefined || standing !== 'young') return null;
  return {
    metricClass: classOf(judgement),
    day: statedAt.toISOString().slice(0, 10),
    key: JSON.stringify([datasetId, partition, metric]),
    z: isIncident ? null : detection.z,
  };
}

function classOf({ partition, kind }: Pick<Judgement, 'partition' | 'kind'>): string {
  return `${cadenceOf(partition)} ${kind}`;
}
