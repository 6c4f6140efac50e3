import type { LandedBy } from '#model/expression.ts';

import { localInstant } from './time-zone.ts';
import { outcomeOf, type PreparedCondition } from './situation.ts';
import { printText } from './print-names.ts';
import { numberText } from './words.ts';

const DAY_MS = 86_400_000;

/**
 * The partition is published by its deadline: judged by the time of publication, not by the times in the data.
 * Nothing is due of a candidate, on other weekdays, or before the deadline.
 */
export function prepareLandedBy(condition: LandedBy): PreparedCondition {
  const { minute, zone, sameDay, weekdays } = condition;
  const clock = `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')} ${zone}`;
  const text = `landed_by ${printText(clock)}`;
  return {
    facts: [],
    pastFacts: [],
    history: 0,
    expected: `by ${clock}`,
    evaluate: ({ evidence }) => {
      const { partitionAt, landedAt, now } = evidence;
      const skipped = (why: string) =>
        ({ verdict: 'skipped', value: null, message: `${text}: ${why}` }) as const;
      if (landedAt === undefined) return skipped('a candidate has not landed yet');
      if (partitionAt === null) {
        const message = `${text} is unknown: the partition tells no day`;
        return { verdict: 'no_data', value: null, message };
      }
      const day = new Date(partitionAt.getTime() + (sameDay ? 0 : DAY_MS));
      if (!weekdays.includes(day.getUTCDay())) return skipped('nothing is due on this weekday');
      const deadline = localInstant(day, minute, zone);
      if (landedAt === null && now === undefined) {
        const message = `${text} is unknown: the time of evaluation is not known`;
        return { verdict: 'no_data', value: null, message };
      }
      const reached = landedAt ?? now ?? deadline;
      const late = (reached.getTime() - deadline.getTime()) / 1000;
      if (landedAt === null && late <= 0) return skipped(`not due before ${instantText(deadline)}`);
      const what = landedAt === null ? 'has not landed' : `landed at ${instantText(landedAt)}`;
      const by = `expected by ${instantText(deadline)} (${clock})`;
      const message = late > 0 ? `${what}, ${lateness(late)} late, ${by}` : `${what}, ${by}`;
      return outcomeOf(late <= 0, late, message, `by ${instantText(deadline)}`);
    },
  };
}

function instantText(at: Date): string {
  return `${at.toISOString().slice(0, 16)}Z`;
}

/** Seconds as people read them. */
function lateness(seconds: number): string {
  const call = {
    type: 'metric',
    metric: 'latency',
    columns: [],
    table: null,
    quantile: null,
    values: null,
    predicate: null,
    span: { offset: 0, length: 0 },
  } as const;
  return numberText(call, seconds, 3);
}
