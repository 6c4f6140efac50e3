import type { Calendar } from '#model/detection.ts';
import { derivedId, type Uuid } from '#model/ids.ts';
import type { ObjectiveState } from '#model/objective.ts';
import { judgeOccurrence, minuteText, nextLook, type OccurrenceJudgement } from '#rules/objective/judge.ts';
import type { Landing } from '#rules/objective/landing.ts';
import { occurrencesOf, type Occurrence } from '#rules/objective/occurrence.ts';
import { spanText } from '#rules/objective/promise.ts';
import type { Prediction } from '#rules/objective/predict.ts';
import type { JudgedObjective, JudgedPeriod, TakenObjectiveRow } from '#store/objectives.ts';

/** What is due later than this is looked at again in any case: late news may correct it. */
const DAY = 86_400_000;
/** A gap that later data followed is not waited for any longer. */
const GIVEN_UP = 14 * DAY;
const UNKNOWN_AGAIN = 6 * 3_600_000;

/** What one promise is judged by. */
export interface Evidence {
  readonly landings: readonly Landing[];
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
  { landings, silent, predict }: Evidence,
  now: Date,
  calendar: Calendar,
): JudgedPromise {
  const { dataset_id: datasetId, name, promise, settled_before: settledBefore } = row;
  const since = settledBefore !== null && settledBefore > row.since ? settledBefore : row.since;
  const found = occurrencesOf({ promise, landings, since, now, calendar });
  const about = { datasetId, name };
  if (found.status === 'cannot_tell') {
    const nextAt = new Date(+now + UNKNOWN_AGAIN);
    return {
      objective: { ...about, state: 'cannot_tell', why: found.why, nextAt, settledBefore },
      periods: [],
    };
  }
  const judged = found.occurrences.map((occurrence) => ({
    occurrence,
    judgement: judgeOccurrence(
      occurrence,
      now,
      occurrence.landedAt === null && now > occurrence.dueAt ? silent : null,
    ),
  }));
  const latest = judged.findLastIndex(({ occurrence }) => occurrence.landedAt !== null);
  const next = judged.find(
    ({ occurrence, judgement }, index) =>
      judgement.state === 'waiting' && occurrence.opensAt <= now && index > latest,
  );
  const prediction = next ? predict(next.occurrence) : null;
  const periods = judged.map(({ occurrence, judgement }, index) => {
    const open = judgement.state === 'missed' || judgement.state === 'cannot_tell';
    const stands = open && index > latest;
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
      nextAt: nextLook(judged, now, prediction && !prediction.willMiss ? prediction.warnAt : null),
      settledBefore: settled(judged, latest, now) ?? settledBefore,
    },
    periods,
  };
}

function standing(
  judged: readonly { readonly judgement: OccurrenceJudgement }[],
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
function settled(
  judged: readonly { readonly occurrence: Occurrence; readonly judgement: OccurrenceJudgement }[],
  latest: number,
  now: Date,
): Date | null {
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
