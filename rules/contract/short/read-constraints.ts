import { NO_CONSTRAINTS } from '#model/contract-column.ts';
import type { ColumnConstraints, SourcePosition } from '#model/contract.ts';
import type { Scalar } from 'yaml';

import type { TypeKind } from '../column-type.ts';
import type { LocatedColumn } from '../derived-checks.ts';
import type { ContractSource, Field } from '../source.ts';
import { parseConstraint, type Constraint, type ConstraintWord } from './constraint.ts';

export interface ReadConstraints {
  readonly values: ColumnConstraints;
  readonly places: LocatedColumn['places'];
  readonly notNullAt: SourcePosition | null;
  readonly uniqueAt: SourcePosition | null;
}

/** The fields of the model by the words of the short form; the other words are flags of the column. */
const FIELDS = {
  min_value: 'minimum',
  max_value: 'maximum',
  above: 'exclusiveMinimum',
  below: 'exclusiveMaximum',
  multiple_of: 'multipleOf',
  min_length: 'minLength',
  max_length: 'maxLength',
  pattern: 'pattern',
  one_of: 'oneOf',
} as const satisfies Partial<Record<ConstraintWord, keyof ColumnConstraints>>;

/** Pairs that no value could keep when the first is above the second. */
const PAIRS = [
  ['min_value', 'max_value', false],
  ['min_value', 'below', true],
  ['above', 'max_value', true],
  ['above', 'below', true],
  ['min_length', 'max_length', false],
] as const;

/** Reads `constraints`; `kind` is that of the column's type, null when the type could not be read. */
export function readConstraints(
  source: ContractSource,
  field: Field | undefined,
  kind: TypeKind | null,
): ReadConstraints {
  if (field === undefined) return { values: NO_CONSTRAINTS, places: {}, notNullAt: null, uniqueAt: null };
  const found = new Map<ConstraintWord, { readonly constraint: Constraint; readonly at: SourcePosition }>();
  for (const item of source.items(field, 'constraints: ["min_value(0)"]')) {
    const text = source.text({ ...field, name: 'a constraint', value: item }, '"min_value(0)"');
    if (text === null) continue;
    const parsed = parseConstraint(text.value);
    if (parsed.status === 'error') source.reportIn(text.scalar, 0, parsed.message, parsed.mend);
    else if (found.has(parsed.constraint.name))
      source.report(
        text.scalar,
        `The constraint ${parsed.constraint.name} occurs twice`,
        'Keep the stricter one.',
      );
    else if (kind === null || suits(source, text.scalar, parsed.constraint, kind))
      found.set(parsed.constraint.name, {
        constraint: parsed.constraint,
        at: source.positionIn(text.scalar, 0),
      });
  }
  const valueOf = (name: ConstraintWord): unknown => found.get(name)?.constraint.values[0];
  for (const [low, high, exclusive] of PAIRS) {
    const [from, to] = [valueOf(low), valueOf(high)];
    const crossed =
      typeof from === 'number' && typeof to === 'number' ? (exclusive ? from >= to : from > to) : false;
    if (crossed)
      source.report(field.key, `${low} is above ${high}: no value can pass`, 'Swap the two numbers.');
  }
  return collect(found);
}

function collect(
  found: ReadonlyMap<ConstraintWord, { readonly constraint: Constraint; readonly at: SourcePosition }>,
): ReadConstraints {
  let values = NO_CONSTRAINTS;
  const places: Partial<Record<keyof LocatedColumn['places'], SourcePosition>> = {};
  for (const [word, { constraint, at }] of found) {
    if (word === 'not_null' || word === 'unique') continue;
    const name = FIELDS[word];
    values = { ...values, [name]: word === 'one_of' ? constraint.values : (constraint.values[0] ?? null) };
    places[name] = at;
  }
  return {
    values,
    places,
    notNullAt: found.get('not_null')?.at ?? null,
    uniqueAt: found.get('unique')?.at ?? null,
  };
}

/** Whether a constraint makes sense on a column of this kind; reported when not. */
function suits(
  source: ContractSource,
  scalar: Scalar,
  { name, values }: Constraint,
  kind: TypeKind,
): boolean {
  const [first] = values;
  const wanted = wantedKind(name, first);
  if (wanted === null || wanted === kind) return true;
  source.report(
    scalar,
    `${name} needs a ${WORDS[wanted]} column`,
    'Remove the constraint, or change the type of the column.',
  );
  return false;
}

const WORDS = { number: 'numeric', time: 'date or time', text: 'text' } as const;

function wantedKind(
  name: ConstraintWord,
  value: string | number | boolean | undefined,
): keyof typeof WORDS | null {
  switch (name) {
    case 'min_value':
    case 'max_value':
    case 'above':
    case 'below':
      return typeof value === 'string' ? 'time' : 'number';
    case 'multiple_of':
      return 'number';
    case 'min_length':
    case 'max_length':
    case 'pattern':
      return 'text';
    default:
      return null;
  }
}
