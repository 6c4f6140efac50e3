import type { ContractColumn } from '#model/contract.ts';
import type { Json } from '#model/json.ts';
import type { ChangeList, Place } from './change-list.ts';

const MEANINGS = ['unit', 'timezone', 'zoned', 'currency', 'encoding', 'format'] as const;

/** B7, uniqueness (B5), the name in the store (B9), and what only documents (B19). */
export function compareMeaning(
  list: ChangeList,
  place: Place,
  before: ContractColumn,
  after: ContractColumn,
): void {
  for (const at of MEANINGS) compareOne(list, place, at, before[at], after[at]);
  if (before.unique !== after.unique)
    list.add(place, {
      rule: 'B5',
      class: before.unique ? 'MAJOR' : 'MINOR',
      at: 'unique',
      before: before.unique,
      after: after.unique,
      message: `${place.name} is ${before.unique ? 'no longer' : 'now'} unique`,
      mend: before.unique
        ? 'Joins by it may now multiply rows: raise the major version.'
        : 'Raise the minor version.',
    });
  const [was, is] = [before.physicalName ?? before.name, after.physicalName ?? after.name];
  // A rename without physical names is reported as such.
  if (was !== is && (before.physicalName !== null || after.physicalName !== null))
    list.add(place, {
      rule: 'B9',
      class: 'MAJOR',
      at: 'physical_name',
      before: was,
      after: is,
      message: `${place.name} is now the column ${is} of the table, no longer ${was}`,
      mend: 'Fill both columns until nobody reads the old one, or raise the major version.',
    });
  list.compare(place, 'description', before.description, after.description);
  list.compare(place, 'business_name', before.businessName, after.businessName);
  list.compare(place, 'tags', sorted(before.tags), sorted(after.tags));
  list.compare(place, 'examples', before.examples, after.examples);
  list.compare(place, 'critical', before.critical, after.critical);
  list.compare(place, 'carried', before.carried, after.carried);
}

function compareOne(
  list: ChangeList,
  place: Place,
  at: (typeof MEANINGS)[number],
  before: string | boolean | null,
  after: string | boolean | null,
): void {
  if (before === after) return;
  const stated = before === null;
  const name = at === 'zoned' ? 'time zone' : at;
  list.add(place, {
    rule: 'B7',
    class: stated ? 'MINOR' : 'MAJOR',
    at,
    before,
    after,
    message: `The ${name} of ${place.name} ${stated ? `is stated now: ${String(after)}` : after === null ? `is no longer stated (it was ${String(before)})` : `changes from ${String(before)} to ${String(after)}`}`,
    mend: stated
      ? 'Raise the minor version; if the values change as well, it is a major one.'
      : 'Add a column with the new meaning beside it, or raise the major version.',
  });
}

export function sorted(values: readonly string[]): Json {
  return [...values].sort();
}
