import { type ColumnType, columnType } from './column-type.ts';

/** How a type stands to an earlier one: `widened` holds every earlier value, `narrowed` is held by it. */
export type TypeChange = 'same' | 'widened' | 'narrowed' | 'retyped';

/** Compares two types as engines write them. A type that is not known is the same or another one. */
export function typeChange(before: string, after: string): TypeChange {
  const [one, other] = [columnType(before), columnType(after)];
  const up = holds(other, one);
  const down = holds(one, other);
  if (up && down) return 'same';
  if (up) return 'widened';
  return down ? 'narrowed' : 'retyped';
}

/**
 * Whether `wide` holds every value of `narrow` as a value of its own kind. A text could hold anything as
 * text, but then it is no number any more: that is another type.
 */
function holds(wide: ColumnType, narrow: ColumnType): boolean {
  switch (wide.family) {
    case 'integer':
      return (
        narrow.family === 'integer' &&
        (wide.unsigned === narrow.unsigned
          ? wide.bits >= narrow.bits
          : narrow.unsigned && wide.bits > narrow.bits)
      );
    case 'decimal':
      if (narrow.family === 'integer') return wide.whole >= digitsOf(narrow.bits);
      return narrow.family === 'decimal' && wide.whole >= narrow.whole && wide.scale >= narrow.scale;
    case 'float':
      if (narrow.family === 'integer') return wide.bits >= narrow.bits - (narrow.unsigned ? 0 : 1);
      return narrow.family === 'float' && wide.bits >= narrow.bits;
    case 'text':
    case 'binary':
      return narrow.family === wide.family && wide.length >= narrow.length;
    case 'timestamp':
      if (narrow.family === 'date') return !wide.zoned;
      return narrow.family === 'timestamp' && wide.zoned === narrow.zoned && wide.digits >= narrow.digits;
    case 'time':
      return narrow.family === 'time' && wide.digits >= narrow.digits;
    case 'list':
      return (
        narrow.family === 'list' &&
        wide.parts.length === narrow.parts.length &&
        wide.parts.every((part, at) => holds(part, narrow.parts[at] ?? part))
      );
    case 'struct':
      return narrow.family === 'struct' && holdsFields(wide.fields, narrow.fields);
    case 'other':
      return narrow.family === 'other' && narrow.text === wide.text;
    default:
      return narrow.family === wide.family;
  }
}

function holdsFields(
  wide: ReadonlyMap<string, ColumnType>,
  narrow: ReadonlyMap<string, ColumnType>,
): boolean {
  return [...narrow].every(([name, type]) => {
    const same = wide.get(name);
    return same !== undefined && holds(same, type);
  });
}

/** Decimal digits of the largest integer of so many bits. */
function digitsOf(bits: number): number {
  return Math.ceil(bits * Math.log10(2));
}
