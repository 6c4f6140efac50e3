import type { Contract, Deadline, Objective } from '#model/contract.ts';
import { formatDuration } from '../contract/duration.ts';
import type { ChangeList, Place } from './change-list.ts';
import { isSame } from './value-key.ts';

/** B10: freshness, latency, retention, duration, lag and the deadline of a dataset. */
export function compareObjectives(list: ChangeList, place: Place, before: Contract, after: Contract): void {
  const left = [...objectivesOf(after)];
  for (const was of objectivesOf(before)) {
    const index = left.findIndex(({ kind, column }) => kind === was.kind && column === was.column);
    const near = index === -1 ? left.findIndex(({ kind }) => kind === was.kind) : index;
    const [is] = near === -1 ? [] : left.splice(near, 1);
    compareObjective(list, place, was, is ?? null);
  }
  for (const is of left) compareObjective(list, place, null, is);
  compareDeadline(list, place, before.deadline, after.deadline);
}

/** The watermark is what a promise is measured on anyway. */
function objectivesOf(contract: Contract): readonly Objective[] {
  const watermark = contract.partition?.watermark ?? null;
  const stated = contract.objectives.map((objective) =>
    objective.column === watermark ? { ...objective, column: null } : objective,
  );
  if (contract.slaSeconds === null || stated.some(({ kind }) => kind === 'freshness' || kind === 'latency'))
    return stated;
  const { position, slaSeconds: seconds } = contract;
  return [{ kind: 'freshness', seconds, column: null, position }, ...stated];
}

function compareObjective(
  list: ChangeList,
  place: Place,
  before: Objective | null,
  after: Objective | null,
): void {
  const one = before ?? after;
  if (one === null || (before?.seconds === after?.seconds && before?.column === after?.column)) return;
  const moved = before !== null && after !== null && before.column !== after.column;
  const [was, is] = [before?.seconds ?? null, after?.seconds ?? null];
  // Readers need the history, so that a shorter retention takes something away.
  const looser = one.kind === 'retention' ? (is ?? 0) < (was ?? 0) : (is ?? Infinity) > (was ?? Infinity);
  const breaks = before !== null && (moved || looser);
  list.add(place, {
    rule: 'B10',
    class: breaks ? 'MAJOR' : 'MINOR',
    at: `objectives/${one.kind}`,
    before: was,
    after: is,
    position: after?.position ?? place.position,
    message: moved
      ? `The ${one.kind} of ${place.name} is measured on ${after.column ?? 'its own times'}, it was on ${before.column ?? 'its own times'}`
      : `The ${one.kind} of ${place.name} is ${said(is)}, it was ${said(was)}`,
    mend: breaks ? 'A weakened promise: raise the major version.' : 'Raise the minor version.',
  });
}

function said(seconds: number | null): string {
  return seconds === null ? 'not promised' : formatDuration(seconds);
}

function compareDeadline(
  list: ChangeList,
  place: Place,
  before: Deadline | null,
  after: Deadline | null,
): void {
  if (isSame(before, after)) return;
  const add = (breaks: boolean, message: string): void =>
    list.add(place, {
      rule: 'B10',
      class: breaks ? 'MAJOR' : 'MINOR',
      at: 'deadline',
      before: before?.text ?? null,
      after: after?.text ?? null,
      message,
      mend: breaks ? 'A weakened promise: raise the major version.' : 'Raise the minor version.',
    });
  if (before === null) return add(false, `${place.name} has a deadline now: ${after?.text ?? ''}`);
  if (after === null) return add(true, `${place.name} has no deadline any more (it was ${before.text})`);
  const later = after.zone !== before.zone || after.minute > before.minute;
  const fewer = before.weekdays.some((day) => !after.weekdays.includes(day));
  const sameMeaning =
    after.zone === before.zone && after.minute === before.minute && isSame(after.weekdays, before.weekdays);
  if (!sameMeaning)
    add(later || fewer, `The deadline of ${place.name} changes from ${before.text} to ${after.text}`);
}
