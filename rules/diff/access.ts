import type { ContractColumn } from '#model/contract.ts';
import type { ChangeList, Place } from './change-list.ts';
import { durationSeconds } from './duration-text.ts';

/** How secret, ascending; words of one line mean the same. */
const LEVELS = [
  ['public', 'open', 'unclassified'],
  ['internal', 'official'],
  ['confidential', 'sensitive', 'private'],
  ['restricted', 'secret', 'highly confidential', 'highly restricted'],
];

/** B12, B13 and B14, and how long a column is kept (B10). */
export function compareAccess(
  list: ChangeList,
  place: Place,
  before: ContractColumn,
  after: ContractColumn,
): void {
  compareClassification(list, place, before.classification, after.classification);
  comparePii(list, place, before.pii, after.pii);
  compareProtection(list, place, 'masking', before.masking, after.masking);
  compareProtection(list, place, 'encrypted_name', before.encryptedName, after.encryptedName);
  compareRetention(list, place, before.retention, after.retention);
}

function compareClassification(
  list: ChangeList,
  place: Place,
  before: string | null,
  after: string | null,
): void {
  if (before === after) return;
  const [was, is] = [levelOf(before), levelOf(after)];
  if (was === is && was !== null) return list.compare(place, 'classification', before, after);
  const raised = was !== null && is !== null && is > was;
  const unknown = was === null || is === null;
  list.add(place, {
    rule: raised ? 'B12' : 'B13',
    class: raised ? 'MAJOR' : 'MINOR',
    at: 'classification',
    before,
    after,
    approval: !raised,
    notice: 'compliance',
    message: `${place.name} is classified ${after ?? 'no more'}, it was ${before ?? 'not classified'}${unknown ? '; which of the two protects more cannot be told' : ''}`,
    mend: raised
      ? 'Readers without the right lose the column: tell them and raise the major version.'
      : 'Let the data protection officer agree, and record it among the accepted breaks.',
  });
}

/** Not classified at all is taken as public. */
function levelOf(classification: string | null): number | null {
  if (classification === null) return 0;
  const level = LEVELS.findIndex((words) => words.includes(classification.trim().toLowerCase()));
  return level === -1 ? null : level;
}

function comparePii(list: ChangeList, place: Place, before: string | false, after: string | false): void {
  if (before === after) return;
  const added = before === false;
  list.add(place, {
    rule: added ? 'B12' : 'B13',
    class: added ? 'MAJOR' : 'MINOR',
    at: 'pii',
    before,
    after,
    approval: !added,
    notice: 'compliance',
    message: added
      ? `${place.name} is now personal data (${String(after)})`
      : after === false
        ? `${place.name} is no longer said to be personal data (it was ${before})`
        : `${place.name} is another kind of personal data: ${after}, it was ${before}`,
    mend: added
      ? 'Readers without the right lose the column: tell them and raise the major version.'
      : 'Let the data protection officer agree, and record it among the accepted breaks.',
  });
}

function compareProtection(
  list: ChangeList,
  place: Place,
  at: 'masking' | 'encrypted_name',
  before: string | null,
  after: string | null,
): void {
  if (before === after) return;
  const what = at === 'masking' ? 'masking' : 'encryption';
  list.add(place, {
    rule: 'B14',
    class: 'MAJOR',
    at,
    before,
    after,
    approval: true,
    notice: 'compliance',
    message: `The ${what} of ${place.name} changes from ${before ?? 'none'} to ${after ?? 'none'}`,
    mend: 'Raise the major version, and let the data protection officer agree: record it among the accepted breaks.',
  });
}

function compareRetention(list: ChangeList, place: Place, before: string | null, after: string | null): void {
  if (before === after) return;
  const [was, is] = [durationSeconds(before), durationSeconds(after)];
  if (was !== null && was === is) return list.compare(place, 'retention', before, after);
  const longer = before === null || (was !== null && is !== null && is > was);
  list.add(place, {
    rule: 'B10',
    class: longer ? 'MINOR' : 'MAJOR',
    at: 'retention',
    before,
    after,
    message: `${place.name} is kept for ${after ?? 'an unstated time'}, it was ${before ?? 'unstated'}`,
    mend: longer ? 'Raise the minor version.' : 'Readers lose the older values: raise the major version.',
    notice: longer && before !== null ? 'compliance' : null,
  });
}
