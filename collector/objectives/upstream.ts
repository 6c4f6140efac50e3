import type { Uuid } from '#model/ids.ts';
import { cadenceOf, partitionTime } from '#model/partition.ts';
import { periodAt } from '#rules/objective/period.ts';
import { predict, type Step } from '#rules/objective/predict.ts';
import type { Occurrence } from '#rules/objective/occurrence.ts';
import { spanText } from '#rules/objective/promise.ts';
import type { Database } from '#store/database.ts';
import { makingOf, upstreamOf, type MakingRow, type UpstreamRow } from '#store/objective-runs.ts';
import type { NamedPrediction } from './judge-promise.ts';

/** Edges that are followed upwards for all targets of a batch; who has more above is foreseen by what is seen. */
const MOST_EDGES = 20_000;
/** Runs that tell how long something usually takes: a month of days. */
const RUNS = 30;

/** What is above datasets, and how far it has come. Two statements, whatever the number. */
export class Upstream {
  readonly #making = new Map<Uuid, MakingRow>();
  readonly #inputs = new Map<Uuid, Map<Uuid, Set<Uuid>>>();
  readonly #own = new Map<Uuid, Uuid>();
  readonly #now: Date;

  private constructor(now: Date) {
    this.#now = now;
  }

  static async read(database: Database, datasetIds: readonly Uuid[], now: Date): Promise<Upstream> {
    const upstream = new Upstream(now);
    if (datasetIds.length === 0) return upstream;
    const edges = await database.rows<UpstreamRow>(upstreamOf(datasetIds, MOST_EDGES));
    const ids = new Set<Uuid>();
    for (const { target_id: target, id, input_id: input } of edges) {
      ids.add(id);
      const of = upstream.#inputs.get(target) ?? new Map<Uuid, Set<Uuid>>();
      upstream.#inputs.set(target, of);
      const inputs = of.get(id) ?? new Set<Uuid>();
      of.set(id, inputs);
      if (input === null) upstream.#own.set(target, id);
      else inputs.add(input);
      if (input !== null) ids.add(input);
    }
    for (const row of await database.rows<MakingRow>(makingOf([...ids], RUNS, now)))
      upstream.#making.set(row.dataset_id, row);
    return upstream;
  }

  /** Whether what an occurrence waits for will be there in time; null when that is not known. */
  predict(target: Uuid, occurrence: Occurrence): NamedPrediction | null {
    const own = this.#own.get(target);
    const inputs = this.#inputs.get(target);
    if (own === undefined || inputs === undefined) return null;
    const steps = new Map<string, Step>();
    for (const id of new Set([...inputs.keys(), ...[...inputs.values()].flatMap((some) => [...some])])) {
      const row = this.#making.get(id);
      if (!row) continue;
      steps.set(id, {
        id,
        landed: id !== own && hasLanded(row, occurrence),
        usual: row.usual,
        runningSince: row.running_since,
        inputs: [...(inputs.get(id) ?? [])],
      });
    }
    const found = predict(own, steps, occurrence.dueAt, this.#now);
    if (found === null) return null;
    const [first = own] = found.path;
    const row = this.#making.get(first);
    return {
      ...found,
      blockingId: first === own ? null : (row?.dataset_id ?? null),
      blocking: this.#reason(first, own),
    };
  }

  #reason(first: string, own: Uuid): string {
    const row = this.#making.get(first);
    const running = row?.running_since ?? null;
    const what =
      running === null ? 'has not begun' : `is being made for ${spanText((+this.#now - +running) / 1000)}`;
    return first === own ? `it ${what}` : `it waits for ${row?.name ?? first}, which ${what}`;
  }
}

/** Its data reaches as far as that of the occurrence. What no run makes is there when it is there. */
function hasLanded(
  { newest, last_at: lastAt, usual, running_since: running }: MakingRow,
  { dataTo }: Occurrence,
): boolean {
  if (newest === null || lastAt === null) return usual.length === 0 && running === null;
  const time = partitionTime(newest);
  if (time === null) return lastAt > dataTo;
  const cadence = cadenceOf(newest);
  const grain = cadence === 'hourly' ? 'hour' : cadence === 'daily' ? 'day' : 'month';
  return periodAt(time, grain).end >= dataTo;
}
