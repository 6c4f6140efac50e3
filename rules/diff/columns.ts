import type { ContractColumn } from '#model/contract.ts';
import { compareAccess } from './access.ts';
import type { ChangeList, Place } from './change-list.ts';
import { pointerPart } from './change-list.ts';
import { compareMeaning } from './meaning.ts';
import { matchColumns, type ColumnPair, type MatchedColumns } from './match-columns.ts';
import { compareOrder } from './order.ts';
import { compareRelationships } from './relationships.ts';
import { typeRelation } from './type-relation.ts';
import { compareValues } from './values.ts';

/** Compares the columns of a dataset, or those inside a column (B1 to B4, B15, and all that stands at a column). */
export function compareColumns(
  list: ChangeList,
  parent: Place,
  before: readonly ContractColumn[],
  after: readonly ContractColumn[],
): MatchedColumns {
  const matched = matchColumns(before, after);
  for (const column of matched.removed) removed(list, parent, column);
  for (const column of matched.added) added(list, parent, column);
  for (const pair of matched.pairs) comparePair(list, parent, pair);
  compareOrder(list, parent, matched, before, after);
  return matched;
}

function placeOf(parent: Place, name: string, column: ContractColumn | null): Place {
  const inner = parent.column === null ? name : name === '' ? parent.column : `${parent.column}.${name}`;
  const part = name === '' ? 'items' : `columns/${pointerPart(name)}`;
  return {
    path: `${parent.path}/${part}`,
    dataset: parent.dataset,
    column: inner,
    name: name === '' ? `an element of ${parent.name}` : `${parent.name}.${name}`,
    position: column?.position ?? parent.position,
  };
}

function removed(list: ChangeList, parent: Place, column: ContractColumn): void {
  list.add(placeOf(parent, column.name, null), {
    rule: 'B1',
    class: 'MAJOR',
    before: column.type,
    message: `${parent.name}.${column.name} is removed`,
    mend: 'Keep the column until nobody reads it, or raise the major version.',
  });
}

function added(list: ChangeList, parent: Place, column: ContractColumn): void {
  const must = column.required || column.primaryKey;
  const breaks = must && (list.options.otherWriters ?? false);
  list.add(placeOf(parent, column.name, column), {
    rule: 'B15',
    class: breaks ? 'MAJOR' : 'MINOR',
    after: column.type,
    message: `${parent.name}.${column.name} is added${must ? ' and required' : ''}`,
    mend: breaks
      ? 'Make it optional until all writers fill it, or raise the major version.'
      : 'Raise the minor version.',
  });
}

function comparePair(list: ChangeList, parent: Place, pair: ColumnPair): void {
  const { before, after } = pair;
  const place = placeOf(parent, before.name, after);
  if (pair.renamedBy !== null) renamed(list, place, pair);
  compareTypes(list, place, before, after);
  compareNullability(list, place, before, after);
  compareMeaning(list, place, before, after);
  compareValues(list, place, before, after);
  compareAccess(list, place, before, after);
  compareRelationships(list, place, before.relationships, after.relationships);
  if (before.properties.length > 0 || after.properties.length > 0)
    compareColumns(list, place, before.properties, after.properties);
  compareItems(list, place, before.items, after.items);
}

function compareItems(
  list: ChangeList,
  place: Place,
  before: ContractColumn | null,
  after: ContractColumn | null,
): void {
  if (before === null && after === null) return;
  if (before !== null && after !== null) return comparePair(list, place, { before, after, renamedBy: null });
  const gone = after === null;
  list.add(placeOf(place, '', after), {
    rule: gone ? 'B2' : 'B3',
    class: gone ? 'MAJOR' : 'MINOR',
    before: before?.type ?? null,
    after: after?.type ?? null,
    message: `What ${place.name} consists of is ${gone ? 'no longer stated' : 'stated now'}`,
    mend: gone ? 'State it again, or raise the major version.' : 'Raise the minor version.',
  });
}

function renamed(list: ChangeList, place: Place, { before, after, renamedBy }: ColumnPair): void {
  const kept = renamedBy === 'alias';
  list.add(place, {
    rule: 'B1',
    class: kept ? 'MINOR' : 'MAJOR',
    at: 'name',
    before: before.name,
    after: after.name,
    message:
      renamedBy === 'likeness'
        ? `${place.name} is gone; by its type and name ${after.name} seems to be its new name`
        : `${place.name} is renamed to ${after.name}${kept ? ', the old name stays as an alias' : ''}`,
    mend: kept
      ? 'Raise the minor version; readers should change to the new name.'
      : `Keep ${before.name} beside it until nobody reads it, or raise the major version.`,
  });
}

/** B2 and B3. The physical type decides where both state one. */
function compareTypes(list: ChangeList, place: Place, before: ContractColumn, after: ContractColumn): void {
  const relation = relationOf(before, after);
  if (relation === 'same') return;
  const wider = relation === 'wider' || relation === 'stated';
  const strict = wider && relation !== 'stated' && (list.options.strict ?? false);
  const was = before.type === '' ? 'unstated' : before.type;
  const is = after.type === '' ? 'unstated' : after.type;
  const how =
    relation === 'wider'
      ? 'widens'
      : relation === 'narrower'
        ? 'is narrowed'
        : relation === 'stated'
          ? 'is stated now,'
          : 'changes';
  const [from, to] = was === is ? [before.logicalType ?? was, after.logicalType ?? is] : [was, is];
  list.add(place, {
    rule: wider ? 'B3' : 'B2',
    class: wider && !strict ? 'MINOR' : 'MAJOR',
    at: 'type',
    before: from,
    after: to,
    message: `The type of ${place.name} ${how} from ${from} to ${to}`,
    mend: !wider
      ? 'Add a column of the new type beside it, or raise the major version.'
      : strict
        ? 'Change the readers with fixed types first, or raise the major version.'
        : 'Raise the minor version; check readers with fixed types, like loaders.',
    notice: wider && !strict && relation === 'wider' ? 'strict consumers' : null,
  });
}

function relationOf(
  before: ContractColumn,
  after: ContractColumn,
): 'same' | 'wider' | 'narrower' | 'other' | 'stated' {
  const bothPhysical = (before.physicalType === null) === (after.physicalType === null);
  if (bothPhysical && before.type !== '' && after.type !== '') {
    const relation = typeRelation(before.type, after.type);
    if (relation !== 'same') return relation;
  }
  if (before.type !== '' && after.type === '') return 'other';
  if (before.type === '' && after.type !== '') return 'stated';
  const [was, is] = [before.logicalType, after.logicalType];
  if (was === null || is === null || was === is) return bothPhysical ? 'same' : looseStatement(before, after);
  return was === 'integer' && is === 'number'
    ? 'wider'
    : was === 'number' && is === 'integer'
      ? 'narrower'
      : 'other';
}

/** A physical type beside the same logical one promises more, its removal less. */
function looseStatement(before: ContractColumn, after: ContractColumn): 'stated' | 'other' | 'same' {
  if (before.physicalType === null) return after.physicalType === null ? 'same' : 'stated';
  return typeRelation(before.type, after.type) === 'same' ? 'same' : 'other';
}

function compareNullability(
  list: ChangeList,
  place: Place,
  before: ContractColumn,
  after: ContractColumn,
): void {
  const [was, is] = [before.required || before.primaryKey, after.required || after.primaryKey];
  if (was === is) return;
  const breaks = was || (list.options.otherWriters ?? false);
  list.add(place, {
    rule: 'B4',
    class: breaks ? 'MAJOR' : 'MINOR',
    at: 'required',
    before: was,
    after: is,
    message: was ? `${place.name} may now be null` : `${place.name} may no longer be null`,
    mend: was
      ? 'Fill it with a value that says "unknown", or raise the major version.'
      : breaks
        ? 'Let all writers fill it first, or raise the major version.'
        : 'Raise the minor version.',
  });
}
