import { readType, type TypeTree } from './type-tree.ts';
import { isSame } from './value-key.ts';

/**
 * wider: every old value fits into the new type and reads the same. narrower: every new value fits into the old one.
 * other: neither, or the type cannot be read.
 */
export type TypeRelation = 'same' | 'wider' | 'narrower' | 'other';

/** Whole numbers by their decimal digits, and whether a double holds all of them exactly. */
const DIGITS: Readonly<Record<string, number>> = {
  tinyint: 3,
  smallint: 5,
  integer: 10,
  bigint: 19,
  largeint: 39,
};
const EXACT_IN_DOUBLE = 10;
const FLOATS = ['float', 'double'];
const TIMES = ['timestamp', 'timestamptz', 'timestamp_ntz', 'time'];

/** Compares two types as they are written in contracts. */
export function typeRelation(before: string, after: string): TypeRelation {
  const [was, is] = [readType(before), readType(after)];
  if (was === null || is === null) return squeezed(before) === squeezed(after) ? 'same' : 'other';
  return ofTrees(was, is);
}

function squeezed(text: string): string {
  return text.toLowerCase().replaceAll(/\s+/g, '');
}

function ofTrees(before: TypeTree, after: TypeTree): TypeRelation {
  if (isSame(before, after)) return 'same';
  if (before.parts.length > 0 || after.parts.length > 0) return ofNested(before, after);
  if (fits(before, after)) return 'wider';
  return fits(after, before) ? 'narrower' : 'other';
}

/** Whether each value of one plain type is a value of another. */
function fits(small: TypeTree, large: TypeTree): boolean {
  const digits = DIGITS[small.name];
  if (digits !== undefined) {
    const more = DIGITS[large.name];
    if (more !== undefined) return digits <= more;
    if (large.name === 'decimal') return digits <= wholeDigits(large);
    return large.name === 'double' && digits <= EXACT_IN_DOUBLE;
  }
  if (small.name === 'decimal' && large.name === 'decimal')
    return (
      small.numbers.length > 0 &&
      wholeDigits(small) <= wholeDigits(large) &&
      (small.numbers[1] ?? 0) <= (large.numbers[1] ?? 0)
    );
  if (FLOATS.includes(small.name)) return FLOATS.indexOf(small.name) < FLOATS.indexOf(large.name);
  if (small.name === 'varchar' || small.name === 'char')
    return (
      large.name === 'string' ||
      (large.name === 'varchar' && (small.numbers[0] ?? 1) <= (large.numbers[0] ?? 1))
    );
  if (TIMES.includes(small.name) || small.name === 'binary')
    // Without a number they hold as much as the store can.
    return small.name === large.name && (large.numbers[0] ?? Infinity) >= (small.numbers[0] ?? Infinity);
  return false;
}

/** Digits before the point; a decimal without numbers means something else in each store. */
function wholeDigits({ numbers }: TypeTree): number {
  return numbers.length === 0 ? 0 : (numbers[0] ?? 0) - (numbers[1] ?? 0);
}

/** Arrays, maps and structs: as their parts. A struct is wider with more fields; their order does not count. */
function ofNested(before: TypeTree, after: TypeTree): TypeRelation {
  if (before.name !== after.name) return 'other';
  // `array` alone promises nothing of what is in it.
  if (before.parts.length === 0) return 'wider';
  if (after.parts.length === 0) return 'narrower';
  if (before.name !== 'struct')
    return before.parts.length === after.parts.length
      ? all(before.parts.map((part, index) => ofParts(part.type, after.parts[index]?.type)))
      : 'other';
  const [was, is] = [fieldsOf(before), fieldsOf(after)];
  const relations = [...was].map(([name, type]) => ofParts(type, is.get(name)));
  const added = [...is.keys()].some((name) => !was.has(name));
  return all(added ? [...relations, 'wider'] : relations);
}

function ofParts(before: TypeTree, after: TypeTree | undefined): TypeRelation {
  return after === undefined ? 'narrower' : ofTrees(before, after);
}

function fieldsOf(struct: TypeTree): ReadonlyMap<string, TypeTree> {
  return new Map(struct.parts.map(({ name, type }, index) => [name ?? String(index), type]));
}

function all(relations: readonly TypeRelation[]): TypeRelation {
  const different = new Set(relations.filter((relation) => relation !== 'same'));
  if (different.size > 1) return 'other';
  return [...different][0] ?? 'same';
}
