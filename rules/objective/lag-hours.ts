import type { JudgedOccurrence, OccurrenceJudgement } from './judge.ts';
import { judgeLag, LAG_HOLD, type LagJudgement, type LagSample } from './lag.ts';

const HOUR = 3_600_000;
/** Samples that come less often than the hold asks for are expected as often as they came, up to this. */
const RAREST_SECONDS = 600;

/** What became of a stream: its hours, oldest first, and the hour in which the trouble began that lasts now. */
export interface JudgedStream {
  readonly hours: readonly JudgedOccurrence[];
  readonly brokenSince: Date | null;
  readonly latest: LagJudgement;
}

/**
 * Whether a stream kept up, hour by hour: an hour in which it was too far behind, stood still or told nothing is
 * broken. The last two are judged, and the one in which trouble began that still lasts, which alone stands for it.
 * @param brokenSince as the look before found it
 */
export function judgeStream(
  samples: readonly LagSample[],
  { seconds, since }: { readonly seconds: number; readonly since: Date },
  brokenSince: Date | null,
  now: Date,
): JudgedStream {
  const seen = samples.filter(({ at }) => at <= now).toSorted((a, b) => +a.at - +b.at);
  const promise = { ...LAG_HOLD, intervalSeconds: usualInterval(seen), seconds };
  // The first of those that are read have others before them that are not: alone they look better than it was.
  const from = seen.length >= LAG_HOLD.n ? seen[LAG_HOLD.n - 1] : seen[0];
  const judged = momentsOf(seen, promise.intervalSeconds, now)
    .filter((at) => from !== undefined && at >= from.at)
    .map((at) => ({ at, found: judgeLag(seen, promise, at) }));
  const latest = judgeLag(seen, promise, now);
  // Of one trouble that goes on from hour to hour the first hour tells.
  const lastGood = judged.findLast(({ found }) => !isBroken(found));
  const stretch = isBroken(latest)
    ? (judged.find(({ at, found }) => isBroken(found) && (!lastGood || at > lastGood.at))?.at ?? now)
    : null;
  const isKnown = brokenSince !== null && !(lastGood && lastGood.at > brokenSince);
  const standing = stretch === null ? null : isKnown ? brokenSince : stretch;
  const first = new Date(Math.max(+now - HOUR, +since));
  const starts = new Set(
    [brokenSince, standing, first, now].flatMap((at) => (at === null ? [] : [+hourOf(at)])),
  );
  return {
    latest,
    brokenSince: standing,
    hours: [...starts]
      .filter((start) => start + HOUR > +since && start <= +now)
      .toSorted((a, b) => a - b)
      .map((start) => hourJudgement(new Date(start), judged, { standing, before: brokenSince, latest, now })),
  };
}

type Moment = { readonly at: Date; readonly found: LagJudgement };

function hourJudgement(
  start: Date,
  judged: readonly Moment[],
  {
    standing,
    before,
    latest,
    now,
  }: {
    readonly standing: Date | null;
    /** When trouble began, as the look before found it: its samples may not be read any more. */
    readonly before: Date | null;
    readonly latest: LagJudgement;
    readonly now: Date;
  },
): JudgedOccurrence {
  const end = new Date(+start + HOUR);
  const inside = judged.filter(({ at }) => at >= start && at < end);
  // What began before and lasts is in every hour since, also where nothing is heard.
  const told = [standing, before].find((at) => at !== null && at >= start && at < end) ?? null;
  const broke =
    told ??
    (standing !== null && standing < start
      ? start
      : (inside.find(({ found }) => isBroken(found))?.at ?? null));
  const period = start.toISOString().slice(0, 13);
  const about = { period, partition: '', opensAt: start, dataTo: start };
  if (broke === null) {
    const message = `${period} kept up${inside.length === 0 ? ', as far as is known' : ''}`;
    const judgement: OccurrenceJudgement = { state: 'met', at: start, lateSeconds: null, message };
    return { occurrence: { ...about, dueAt: end, landedAt: end }, judgement };
  }
  const back = judged.find(({ at, found }) => at > broke && !isBroken(found))?.at ?? null;
  if (back === null || (standing !== null && standing <= broke)) {
    const state = latest.state === 'absent' ? 'cannot_tell' : 'missed';
    const message = `${state === 'missed' ? 'missed' : 'cannot tell'}: ${latest.message}`;
    const lateSeconds = (+now - +broke) / 1000;
    return {
      occurrence: { ...about, dueAt: broke, landedAt: null },
      judgement: { state, at: broke, lateSeconds, message },
    };
  }
  const lateSeconds = (+back - +broke) / 1000;
  return {
    occurrence: { ...about, dueAt: broke, landedAt: back },
    judgement: { state: 'late', at: back, lateSeconds, message: `${period} did not keep up for a while` },
  };
}

/** Samples, and the moments after which the next one is missing. */
function momentsOf(samples: readonly LagSample[], intervalSeconds: number, now: Date): Date[] {
  const patience = 2 * intervalSeconds * 1000 + 1;
  const found: Date[] = [];
  for (const [index, { at }] of samples.entries()) {
    found.push(at);
    const next = samples[index + 1]?.at ?? now;
    if (+next - +at > patience) found.push(new Date(+at + patience));
  }
  return found;
}

function usualInterval(samples: readonly LagSample[]): number {
  const gaps = samples
    .slice(1)
    .map(({ at }, index) => (+at - +(samples[index]?.at ?? at)) / 1000)
    .toSorted((a, b) => a - b);
  const median = gaps[Math.floor(gaps.length / 2)] ?? 60;
  return Math.min(RAREST_SECONDS, Math.max(LAG_HOLD.intervalSeconds, median));
}

function isBroken({ state }: LagJudgement): boolean {
  return state === 'lagging' || state === 'stuck' || state === 'absent';
}

function hourOf(at: Date): Date {
  return new Date(Math.floor(+at / HOUR) * HOUR);
}
