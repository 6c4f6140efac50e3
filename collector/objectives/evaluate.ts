import type { Calendar } from '#model/detection.ts';
import type { Uuid } from '#model/ids.ts';
import { silence } from '#rules/objective/heartbeat.ts';
import type { Landing } from '#rules/objective/landing.ts';
import { MOST_LANDINGS } from '#rules/objective/occurrence.ts';
import type { Database } from '#store/database.ts';
import { heardAround, landedOf, type HeardRow, type LandedRow } from '#store/objective-runs.ts';
import {
  keepObjectives,
  putObjectivePeriods,
  takeObjectives,
  type TakenObjectiveRow,
} from '#store/objectives.ts';
import { judgePromise, type JudgedPromise } from './judge-promise.ts';
import { readMeasured } from './measured.ts';
import { Upstream } from './upstream.ts';

/** Promises that are looked at together. */
const BATCH = 256;
/** So long whoever took promises has them for itself. */
const LEASE = 120_000;

/**
 * Looks at the promises that are due for a look, a batch of them. Resolves with what was found. Five statements, one
 * more for each kind that needs it, and one transaction, whatever the number; what a crash leaves undone is done after the lease, and dated the same.
 */
export async function evaluateObjectives(
  database: Database,
  now: Date,
  calendar: Calendar,
  limit = BATCH,
): Promise<JudgedPromise[]> {
  const taken = await database.rows<TakenObjectiveRow>(takeObjectives(limit, now, new Date(+now + LEASE)));
  if (taken.length === 0) return [];
  const ids = [...new Set(taken.map((row) => row.dataset_id))];
  const landings = new Map(
    (await database.rows<LandedRow>(landedOf(ids, MOST_LANDINGS))).map((row) => [
      row.dataset_id,
      landingsIn(row),
    ]),
  );
  const measured = await readMeasured(database, taken, now);
  const judge = (
    row: TakenObjectiveRow,
    silent: ReadonlyMap<Uuid, string | null>,
    upstream: Upstream | null,
  ) =>
    judgePromise(
      row,
      {
        landings: landings.get(row.dataset_id) ?? [],
        ...measured(row),
        silent: silent.get(row.dataset_id) ?? null,
        predict: (occurrence) => upstream?.predict(row.dataset_id, occurrence) ?? null,
      },
      now,
      calendar,
    );
  const first = taken.map((row) => judge(row, new Map(), null));
  const missed = idsOf(first, ({ state }) => state === 'missed');
  const waiting = idsOf(first, ({ state }) => state === 'waiting');
  const heard = missed.length === 0 ? [] : await database.rows<HeardRow>(heardAround(missed));
  const upstream = await Upstream.read(database, waiting, now);
  const silent = new Map(
    heard.flatMap(({ dataset_ids: silentIds, times }) => {
      const why = silence(times, now);
      return silentIds.map((id) => [id, why] as const);
    }),
  );
  const again = new Set([...missed, ...waiting]);
  const judged = taken.map((row, index) =>
    again.has(row.dataset_id) ? judge(row, silent, upstream) : (first[index] ?? judge(row, silent, upstream)),
  );
  await database.transaction(async (connection) => {
    await connection.execute(putObjectivePeriods(judged.flatMap(({ periods }) => periods)));
    await connection.execute(
      keepObjectives(
        judged.map(({ objective }) => objective),
        now,
      ),
    );
  });
  return judged;
}

function idsOf(
  judged: readonly JudgedPromise[],
  wanted: (period: JudgedPromise['periods'][number]) => boolean,
): Uuid[] {
  return [
    ...new Set(
      judged.flatMap(({ objective, periods }) => (periods.some(wanted) ? [objective.datasetId] : [])),
    ),
  ];
}

/** Where the gate publishes a dataset, what it published has landed, and not what a run wrote. */
function landingsIn({ partitions, times, published }: LandedRow): Landing[] {
  const gated = published.includes(true);
  return partitions.flatMap((partition, index) => {
    const at = times[index];
    return at === undefined || (gated && published[index] !== true) ? [] : [{ partition, at: new Date(at) }];
  });
}
