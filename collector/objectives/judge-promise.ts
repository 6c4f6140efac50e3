import type { Calendar } from '#model/detection.ts';
import { derivedId, type Uuid } from '#model/ids.ts';
import type { ObjectiveState } from '#model/objective.ts';
import { judgeOccurrence, minuteText, nextLook, type JudgedOccurrence } from '#rules/objective/judge.ts';
import type { LagSample } from '#rules/objective/lag.ts';
import { judgeStream } from '#rules/objective/lag-hours.ts';
import { grainOf, type Landing } from '#rules/objective/landing.ts';
import { judgeLevels, type LevelSample } from '#rules/objective/levels.ts';
import { occurrencesOf, type Occurrence } from '#rules/objective/occurrence.ts';
import { judgeRuns, type RunTime } from '#rules/objective/runs.ts';
import { spanText } from '#rules/objective/promise.ts';
import type { Prediction } from '#rules/objective/predict.ts';
import type { JudgedObjective, JudgedPeriod, TakenObjectiveRow } from '#store/objectives.ts';

/** What is due later than this is looked at again in any case: late news may correct it. */
const DAY = 86_400_000;
/** A gap that later data followed is not waited for any longer. */
const GIVEN_UP = 14 * DAY;
const UNKNOWN_AGAIN = 6 * 3_600_000;
/** Streams are looked at this often, by how far they may be behind. */
const OFTEN_MS = 15_000;
const SELDOM_MS = 300_000;
/** A stream that was promised just now has so long for its first sample. */
const FIRST_SAMPLE_MS = 600_000;

/** What one promise is judged by. */
export interface Evidence {
  readonly landings: readonly Landing[];
  /** Runs that write it; empty unless the promise is about them. */
  readonly runs: readonly RunTime[];
  /** What its time column reached, or still held; empty where nobody measured it. */
  readonly levels: readonly LevelSample[];
  /** How far the stream came; empty unless the promise is about that. */
  readonly progress: readonly LagSample[];
  /** Why nobody can tell; null when events come as usual. */
  readonly silent: string | null;
  /** When the data of an occurrence will be there; null when that is not known. */
  readonly predict: (occurrence: Occurrence) => NamedPrediction | null;
}

export interface NamedPrediction extends Prediction {
  /** What everything waits for. */
  readonly blockingId: Uuid | null;
  readonly blocking: string;
}

export interface JudgedPromise {
  readonly objective: JudgedObjective;
  readonly periods: readonly JudgedPeriod[];
}

/** Judges a promise by what is known at a moment. Pure: whoever looks late finds the same, dated the same. */
export function judgePromise(
  row: TakenObjectiveRow,
  evidence: Evidence,
  now: Date,
  calendar: Calendar,
): JudgedPromise {
  const { dataset_id: datasetId, name, settled_before: settledBefore } = row;
  const about = { datasetId, name };
  const found = judgedOf(row, evidence, now, calendar);
  if (found.status === 'cannot_tell') {
    const nextAt = new Date(+now + (found.againAfter ?? UNKNOWN_AGAIN));
    return {
      objective: { ...about, state: 'cannot_tell', why: found.why, nextAt, settledBefore },
      periods: [],
    };
  }
  const { judged } = found;
  const latest = judged.findLastIndex(({ occurrence }) => occurrence.landedAt !== null);
  const next = judged.find(
    ({ occurrence, judgement }, index) =>
      judgement.state === 'waiting' && occurrence.opensAt <= now && index > latest,
  );
  const prediction = next && row.promise.kind !== 'retention' ? evidence.predict(next.occurrence) : null;
  const periods = judged.map(({ occurrence, judgement }, index) => {
    const open = judgement.state === 'missed' || judgement.state === 'cannot_tell';
    const stands = open && (found.stream === undefined ? index > latest : found.stream.home === index);
    const warned = next?.occurrence === occurrence && prediction?.willMiss === true ? prediction : null;
    return {
      ...about,
      period: occurrence.period,
      partition: occurrence.partition,
      dueAt: occurrence.dueAt,
      state: judgement.state,
      landedAt: occurrence.landedAt,
      lateSeconds: judgement.state === 'late' ? judgement.lateSeconds : null,
      message: judgement.message,
      missedAlarm: stands
        ? derivedId('evidence', 'objective', datasetId, name, occurrence.period, 'missed')
        : null,
      predictedAt: warned ? now : null,
      expectedAt: warned ? warned.expectedAt : null,
      blockingId: warned ? warned.blockingId : null,
      warning: warned ? warningText(occurrence, warned) : null,
      warningAlarm: warned
        ? derivedId('evidence', 'objective', datasetId, name, occurrence.period, 'at risk')
        : null,
    };
  });
  return {
    objective: {
      ...about,
      ...standing(judged, latest, periods),
      nextAt: found.stream
        ? new Date(+now + found.stream.againAfter)
        : nextLook(judged, now, prediction && !prediction.willMiss ? prediction.warnAt : null),
      settledBefore: found.stream
        ? found.stream.brokenSince
        : (settled(judged, latest, now) ?? settledBefore),
    },
    periods,
  };
}

/** What is known of a promise. */
type Found =
  | { readonly status: 'cannot_tell'; readonly why: string; readonly againAfter?: number }
  | {
      readonly status: 'known';
      readonly judged: readonly JudgedOccurrence[];
      /** Of a stream: the hour that stands for the trouble, -1 for none; when it began; milliseconds to the next look. */
      readonly stream?: {
        readonly home: number;
        readonly brokenSince: Date | null;
        readonly againAfter: number;
      };
    };

function judgedOf(
  { promise, since: made, settled_before: settledBefore }: TakenObjectiveRow,
  { landings, silent, runs, levels, progress }: Evidence,
  now: Date,
  calendar: Calendar,
): Found {
  const since = settledBefore !== null && settledBefore > made ? settledBefore : made;
  if (promise.kind === 'lag') {
    const { hours, brokenSince } = judgeStream(progress, { ...promise, since: made }, settledBefore, now);
    const againAfter = Math.min(SELDOM_MS, Math.max(OFTEN_MS, promise.seconds * 250));
    if (progress.length === 0 && +now - +made < FIRST_SAMPLE_MS)
      return { status: 'cannot_tell', why: 'no sample of how far it came has been sent', againAfter };
    const home =
      brokenSince === null ? -1 : hours.findIndex(({ occurrence }) => +occurrence.dueAt === +brokenSince);
    return { status: 'known', judged: hours, stream: { home, brokenSince, againAfter } };
  }
  if (promise.kind === 'duration')
    return runs.length === 0
      ? { status: 'cannot_tell', why: 'no run that writes it is known' }
      : { status: 'known', judged: judgeRuns(runs, { ...promise, since }, now) };
  const isWhole = promise.grain === null && grainOf(landings) === null;
  if (promise.kind !== 'landed_by' && isWhole && levels.length > 0) {
    const of = promise.kind === 'retention' ? 'oldest' : 'newest';
    return { status: 'known', judged: judgeLevels(levels, of, { ...promise, since }, now) };
  }
  const found = occurrencesOf({ promise, landings, since, now, calendar });
  if (found.status === 'cannot_tell') return found;
  return {
    status: 'known',
    judged: found.occurrences.map((occurrence) => ({
      occurrence,
      judgement: judgeOccurrence(
        occurrence,
        now,
        occurrence.landedAt === null && now > occurrence.dueAt ? silent : null,
      ),
    })),
  };
}

function standing(
  judged: readonly JudgedOccurrence[],
  latest: number,
  periods: readonly JudgedPeriod[],
): { readonly state: ObjectiveState; readonly why: string | null } {
  const missed = periods.find(({ missedAlarm }) => missedAlarm !== null);
  if (missed)
    return { state: missed.state === 'cannot_tell' ? 'cannot_tell' : 'missed', why: missed.message };
  const warned = periods.find(({ warningAlarm }) => warningAlarm !== null);
  if (warned) return { state: 'at_risk', why: warned.warning };
  return { state: latest >= 0 && latest === judged.length - 1 ? 'met' : 'waiting', why: null };
}

/** Until when all that was due is settled, and need not be looked at again; null when nothing is. */
function settled(judged: readonly JudgedOccurrence[], latest: number, now: Date): Date | null {
  let until: Date | null = null;
  for (const [index, { occurrence, judgement }] of judged.entries()) {
    const age = +now - +occurrence.dueAt;
    const done = judgement.state === 'met' || judgement.state === 'late';
    if (age < DAY || !(done || (index < latest && age > GIVEN_UP))) break;
    until = occurrence.dueAt;
  }
  return until;
}

function warningText({ period, dueAt }: Occurrence, { expectedAt, blocking }: NamedPrediction): string {
  const late = spanText((+expectedAt - +dueAt) / 1000);
  return `will be missed: ${period} is due ${minuteText(dueAt)} and expected ${late} later at the earliest; ${blocking}`;
}
