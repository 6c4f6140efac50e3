import type { Relationship } from '#model/contract.ts';
import type { ChangeList, Place } from './change-list.ts';
import { isSame } from './value-key.ts';

/** B20. Relationships are the same that begin at the same columns. */
export function compareRelationships(
  list: ChangeList,
  place: Place,
  before: readonly Relationship[],
  after: readonly Relationship[],
): void {
  const left = [...after];
  for (const was of before) {
    const exact = left.findIndex(
      (one) => targetOf(one) === targetOf(was) && isSame(one.columns, was.columns),
    );
    const near = exact === -1 ? left.findIndex((one) => isSame(one.columns, was.columns)) : exact;
    const [is] = near === -1 ? [] : left.splice(near, 1);
    compareOne(list, place, was, is ?? null);
  }
  for (const is of left) compareOne(list, place, null, is);
}

function compareOne(
  list: ChangeList,
  place: Place,
  before: Relationship | null,
  after: Relationship | null,
): void {
  const [was, is] = [before && targetOf(before), after && targetOf(after)];
  const one = before ?? after;
  if (one === null) return;
  const at = `relationships/${one.columns.join('+')}`;
  const from = one.columns.join(', ');
  if (was === is && before && after) {
    if (before.enforced !== after.enforced)
      list.add(place, {
        rule: 'B20',
        class: before.enforced ? 'MAJOR' : 'MINOR',
        at,
        before: before.enforced,
        after: after.enforced,
        position: after.position,
        message: `That ${from} of ${place.name} is found in ${was ?? ''} is ${before.enforced ? 'no longer' : 'now'} checked`,
        mend: before.enforced ? 'Check it again, or raise the major version.' : 'Raise the minor version.',
      });
    return list.compare(place, `${at}/carried`, before.carried, after.carried);
  }
  const breaks = before?.enforced ?? false;
  list.add(place, {
    rule: 'B20',
    class: breaks ? 'MAJOR' : 'MINOR',
    at,
    before: was,
    after: is,
    position: after?.position ?? place.position,
    message:
      was === null
        ? `${from} of ${place.name} now refers to ${is ?? ''}`
        : is === null
          ? `${from} of ${place.name} no longer refers to ${was}`
          : `${from} of ${place.name} refers to ${is} and no longer to ${was}`,
    mend: breaks ? 'Joins by it find other rows: raise the major version.' : 'Raise the minor version.',
  });
}

function targetOf({ table, otherColumns }: Relationship): string {
  return `${table}(${otherColumns.join(', ')})`;
}
