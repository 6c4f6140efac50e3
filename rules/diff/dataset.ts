import type { Contract, PartitionRule } from '#model/contract.ts';
import { pointerPart, type ChangeList, type Place } from './change-list.ts';
import { compareChecks } from './checks.ts';
import { compareColumns } from './columns.ts';
import { withEnforcement } from './enforcement.ts';
import type { DatasetPair } from './match-datasets.ts';
import { sorted } from './meaning.ts';
import { compareObjectives } from './objectives.ts';
import { compareRelationships } from './relationships.ts';
import { isSame } from './value-key.ts';

export function datasetPlace(contract: Contract, position: Contract['position'] | null): Place {
  return {
    path: `/datasets/${pointerPart(contract.logicalName)}`,
    dataset: contract.dataset,
    column: null,
    name: contract.logicalName,
    position,
  };
}

/** Compares two versions of one dataset's contract. */
export function compareDataset(list: ChangeList, pair: DatasetPair): void {
  const { renamedBy } = pair;
  const [before, after] = [withEnforcement(pair.before), withEnforcement(pair.after)];
  const place = datasetPlace(before, after.position);
  if (renamedBy !== null) renamed(list, place, before, after, renamedBy);
  else if (before.dataset !== after.dataset && (before.physicalName ?? null) === (after.physicalName ?? null))
    moved(list, place, 'dataset', before.dataset, after.dataset);
  const matched = compareColumns(list, place, before.columns, after.columns);
  compareKey(
    list,
    place,
    before,
    after,
    new Map(matched.pairs.map((pair) => [pair.before.name, pair.after.name])),
  );
  comparePartition(list, place, before.partition, after.partition);
  comparePlaces(list, place, before, after);
  compareObjectives(list, place, before, after);
  compareChecks(list, place, before, after);
  comparePolicies(list, place, before, after);
  compareRelationships(list, place, before.relationships, after.relationships);
  list.compare(place, 'description', before.description, after.description);
  list.compare(place, 'tags', sorted(before.tags), sorted(after.tags));
  list.compare(place, 'tier', before.tier, after.tier, 'B18');
  list.compare(place, 'carried', before.carried, after.carried);
  if (before.positional !== after.positional)
    list.add(place, {
      rule: 'B16',
      class: before.positional ? 'MAJOR' : 'MINOR',
      at: 'positional',
      before: before.positional,
      after: after.positional,
      message: `The order of the columns of ${place.name} is ${before.positional ? 'no longer' : 'now'} promised`,
      mend: before.positional ? 'Raise the major version.' : 'Raise the minor version.',
    });
}

function renamed(
  list: ChangeList,
  place: Place,
  before: Contract,
  after: Contract,
  renamedBy: 'alias' | 'likeness',
): void {
  const kept = renamedBy === 'alias';
  list.add(place, {
    rule: 'B1',
    class: kept ? 'MINOR' : 'MAJOR',
    at: 'name',
    before: before.logicalName,
    after: after.logicalName,
    message: kept
      ? `${before.logicalName} is renamed to ${after.logicalName}, the old name stays as an alias`
      : `${before.logicalName} is gone; by its columns ${after.logicalName} seems to be its new name`,
    mend: kept
      ? 'Raise the minor version; readers should change to the new name.'
      : 'Keep a view of the old name until nobody reads it, or raise the major version.',
  });
}

/** The primary key of several columns is one promise (B5). */
function compareKey(
  list: ChangeList,
  place: Place,
  before: Contract,
  after: Contract,
  newNames: ReadonlyMap<string, string>,
): void {
  const was = keyOf(before).map((name) => newNames.get(name) ?? name);
  const is = keyOf(after);
  if (isSame(was, is)) return;
  const reordered = isSame([...was].sort(), [...is].sort());
  const added = was.length === 0;
  list.add(place, {
    rule: 'B5',
    class: reordered || (added && !list.options.otherWriters) ? 'MINOR' : 'MAJOR',
    at: 'primary_key',
    before: keyOf(before),
    after: is,
    message: added
      ? `${place.name} now has the primary key (${is.join(', ')})`
      : is.length === 0
        ? `${place.name} no longer has the primary key (${was.join(', ')})`
        : `The primary key of ${place.name} changes from (${was.join(', ')}) to (${is.join(', ')})`,
    mend:
      reordered || added
        ? 'Raise the minor version.'
        : 'A row now stands for something else: raise the major version.',
  });
}

function keyOf({ columns }: Contract): readonly string[] {
  const key = columns.filter(({ primaryKey }) => primaryKey);
  const placed = key.every(({ primaryKeyPosition }) => primaryKeyPosition !== null);
  // Without stated places the order of the columns is not a promise of its own.
  return placed
    ? key.sort((a, b) => (a.primaryKeyPosition ?? 0) - (b.primaryKeyPosition ?? 0)).map(({ name }) => name)
    : key.map(({ name }) => name).sort();
}

/** B8. */
function comparePartition(
  list: ChangeList,
  place: Place,
  before: PartitionRule | null,
  after: PartitionRule | null,
): void {
  if (before === null && after === null) return;
  if (before === null || after === null || !isSame(before.columns, after.columns)) {
    const said = (rule: PartitionRule | null): string =>
      rule === null ? 'nothing' : rule.columns.join(', ');
    return list.add(place, {
      rule: 'B8',
      class: before === null ? 'MINOR' : 'MAJOR',
      at: 'partition/columns',
      before: before && [...before.columns],
      after: after && [...after.columns],
      message: `${place.name} is partitioned by ${said(after)}, it was by ${said(before)}`,
      mend:
        before === null
          ? 'Raise the minor version.'
          : 'Readers of partitions and paths break: raise the major version.',
    });
  }
  if (before.grain !== after.grain)
    list.add(place, {
      rule: 'B8',
      class: before.grain === null ? 'MINOR' : 'MAJOR',
      at: 'partition/grain',
      before: before.grain,
      after: after.grain,
      message: `A partition of ${place.name} is ${after.grain ?? 'of no stated length'}, it was ${before.grain ?? 'unstated'}`,
      mend:
        before.grain === null
          ? 'Raise the minor version.'
          : 'Schedules by partition break: raise the major version.',
    });
  if (before.watermark !== after.watermark)
    list.add(place, {
      rule: 'B8',
      class: 'MINOR',
      at: 'partition/watermark',
      before: before.watermark,
      after: after.watermark,
      message: `How late ${place.name} is, is now measured on ${after.watermark ?? 'its own times'}, it was on ${before.watermark ?? 'its own times'}`,
      mend: 'Raise the minor version, or the major one if the new column says less.',
    });
}

/** B9: where the data is found. */
function comparePlaces(list: ChangeList, place: Place, before: Contract, after: Contract): void {
  moved(list, place, 'namespace', before.namespace, after.namespace);
  moved(list, place, 'physical_name', before.physicalName, after.physicalName);
  moved(list, place, 'publish_to', before.gate.publishTo, after.gate.publishTo);
  if (before.physicalType === after.physicalType) return;
  list.add(place, {
    rule: 'B9',
    class: 'MINOR',
    at: 'physical_type',
    before: before.physicalType,
    after: after.physicalType,
    message: `${place.name} is a ${after.physicalType ?? 'thing of no stated kind'}, it was a ${before.physicalType ?? 'thing of no stated kind'}`,
    mend: 'Raise the minor version; check who writes to it or reads its files.',
  });
}

function moved(
  list: ChangeList,
  place: Place,
  at: string,
  before: string | null,
  after: string | null,
): void {
  if (before === after) return;
  const stated = before === null;
  list.add(place, {
    rule: 'B9',
    class: stated ? 'MINOR' : 'MAJOR',
    at,
    before,
    after,
    message: `The ${at.replaceAll('_', ' ')} of ${place.name} ${stated ? `is stated now: ${after ?? ''}` : `changes from ${before} to ${after ?? 'none'}`}`,
    mend: stated
      ? 'Raise the minor version.'
      : 'Fill both places until nobody reads the old one (state it as a second server), or raise the major version.',
  });
}

/** The gate's own promises (B11). */
function comparePolicies(list: ChangeList, place: Place, before: Contract, after: Contract): void {
  for (const [at, was, is, what] of [
    ['empty_partition', before.gate.emptyPartition, after.gate.emptyPartition, 'An empty partition'],
    [
      'on_error',
      before.gate.onError ?? 'block',
      after.gate.onError ?? 'block',
      'A partition whose checks cannot run',
    ],
  ] as const) {
    if (was === is) continue;
    const weaker = is === 'allow';
    list.add(place, {
      rule: 'B11',
      class: weaker ? 'MAJOR' : 'MINOR',
      at: `gate/${at}`,
      before: was,
      after: is,
      message: `${what} of ${place.name} is ${weaker ? 'now published' : 'no longer published'}`,
      mend: weaker ? 'A weakened promise: raise the major version.' : 'Raise the minor version.',
    });
  }
}
