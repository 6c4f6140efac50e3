import { NO_CONSTRAINTS } from '#model/contract-column.ts';
import type { ColumnConstraints, ContractColumn, SourcePosition } from '#model/contract.ts';
import type { Node } from 'yaml';

import { parseColumnType } from './column-type.ts';
import { type Constraint, CONSTRAINTS, parseConstraint } from './constraint.ts';
import type { ContractSource, Field } from './source.ts';

/** A column with the places that its derived checks point to. */
export interface LocatedColumn {
  readonly column: ContractColumn;
  readonly primaryKeyAt: SourcePosition | null;
  readonly requiredAt: SourcePosition | null;
  readonly constraints: readonly { readonly constraint: Constraint; readonly at: SourcePosition }[];
}

const KEYS = ['name', 'type', 'primary_key', 'required', 'pii', 'description', 'constraints'] as const;

/** Reads the list `schema`. */
export function parseSchema(source: ContractSource, field: Field): readonly LocatedColumn[] {
  const columns = new Map<string, LocatedColumn>();
  for (const item of source.items(field, '- name: "order_id"')) {
    const column = parseColumn(source, item);
    if (column === null) continue;
    const { name } = column.column;
    if (columns.has(name)) source.report(item, `The column ${name} occurs twice`, 'Remove one of the two.');
    else columns.set(name, column);
  }
  return [...columns.values()];
}

function parseColumn(source: ContractSource, item: Node): LocatedColumn | null {
  const fields = source.fields(item, KEYS, 'A column');
  if (fields === null) return null;
  const nameField = fields.get('name');
  const name =
    nameField === undefined
      ? source.report(item, 'A column has no name', 'For example: - name: "order_id".')
      : parseName(source, nameField);
  const type = parseType(source, item, fields.get('type'), name);
  const primaryKey = parseFlag(source, fields.get('primary_key'));
  const required = parseFlag(source, fields.get('required'));
  const pii = parsePii(source, fields.get('pii'));
  const descriptionField = fields.get('description');
  const description =
    descriptionField === undefined ? null : source.text(descriptionField, 'description: "Amount in yen"');
  const constraints = parseConstraints(source, fields.get('constraints'), type?.numeric ?? true);
  if (name === null || type === null) return null;
  return {
    column: {
      ...PLAIN_COLUMN,
      name,
      type: type.text,
      primaryKey: primaryKey !== null,
      required: required !== null,
      pii,
      description: description?.value ?? null,
      constraints: valuesOf(constraints.map(({ constraint }) => constraint)),
      position: source.positionOf(item),
    },
    primaryKeyAt: primaryKey,
    requiredAt: required,
    constraints,
  };
}

/** A column of which nothing is stated. */
const PLAIN_COLUMN = {
  logicalType: null,
  physicalType: null,
  physicalName: null,
  businessName: null,
  primaryKeyPosition: null,
  partitionPosition: null,
  unique: false,
  classification: null,
  masking: null,
  encryptedName: null,
  critical: false,
  retention: null,
  format: null,
  zoned: null,
  timezone: null,
  unit: null,
  currency: null,
  encoding: null,
  tags: [],
  examples: [],
  properties: [],
  items: null,
  relationships: [],
  carried: {},
} as const;

function valuesOf(constraints: readonly Constraint[]): ColumnConstraints {
  const valueOf = (name: Constraint['name']): number | null =>
    constraints.find((constraint) => constraint.name === name)?.value ?? null;
  return { ...NO_CONSTRAINTS, minimum: valueOf('min_value'), maximum: valueOf('max_value') };
}

function parseName(source: ContractSource, field: Field): string | null {
  const text = source.text(field, 'name: "order_id"');
  if (text === null || !/\p{Cc}/u.test(text.value)) return text?.value ?? null;
  return source.report(
    text.scalar,
    'The name of a column contains a control character',
    'Write the name that the table has.',
  );
}

function parseType(
  source: ContractSource,
  item: Node,
  field: Field | undefined,
  name: string | null,
): { text: string; numeric: boolean } | null {
  if (field === undefined)
    return source.report(
      item,
      `The column ${name ?? ''} has no type`.replace('  ', ' '),
      'For example: type: "string".',
    );
  const text = source.text(field, 'type: "string"');
  if (text === null) return null;
  const parsed = parseColumnType(text.value);
  if (parsed.status === 'error')
    return source.reportIn(text.scalar, parsed.offset, parsed.message, parsed.mend);
  return { text: text.value.trim(), numeric: parsed.kind === 'number' };
}

/** The place of a flag that is set; null when it is absent, false or not a flag. */
function parseFlag(source: ContractSource, field: Field | undefined): SourcePosition | null {
  if (field === undefined || source.flag(field) !== true) return null;
  return source.positionOf(field.value ?? field.key);
}

function parsePii(source: ContractSource, field: Field | undefined): string | false {
  if (field === undefined) return false;
  const scalar = source.scalar(field, 'true, false or a kind of personal data', 'pii: email');
  if (scalar === null) return false;
  if (typeof scalar.value === 'boolean') return scalar.value ? 'personal' : false;
  if (typeof scalar.value === 'string' && /^[A-Za-z][A-Za-z0-9_.-]*$/.test(scalar.value)) return scalar.value;
  source.report(
    scalar,
    `pii must be true, false or a kind of personal data, found ${String(scalar.value)}`,
    'Write one word: pii: email.',
  );
  return false;
}

function parseConstraints(
  source: ContractSource,
  field: Field | undefined,
  numeric: boolean,
): LocatedColumn['constraints'] {
  if (field === undefined) return [];
  const found: { constraint: Constraint; at: SourcePosition }[] = [];
  for (const item of source.items(field, 'constraints: ["min_value(0)"]')) {
    const text = source.text({ ...field, name: 'a constraint', value: item }, '"min_value(0)"');
    if (text === null) continue;
    const parsed = parseConstraint(text.value);
    if (parsed.status === 'error') source.reportIn(text.scalar, 0, parsed.message, parsed.mend);
    else if (!numeric)
      source.report(
        text.scalar,
        `${parsed.constraint.name} needs a numeric column`,
        'Remove the constraint, or change the type of the column.',
      );
    else if (found.some(({ constraint }) => constraint.name === parsed.constraint.name))
      source.report(
        text.scalar,
        `The constraint ${parsed.constraint.name} occurs twice`,
        'Keep the stricter one.',
      );
    else found.push({ constraint: parsed.constraint, at: source.positionIn(text.scalar, 0) });
  }
  const low = found.find(({ constraint }) => constraint.name === CONSTRAINTS[0])?.constraint.value;
  const high = found.find(({ constraint }) => constraint.name === CONSTRAINTS[1])?.constraint.value;
  if (low !== undefined && high !== undefined && low > high)
    source.report(field.key, 'min_value is above max_value: no value can pass', 'Swap the two numbers.');
  return found;
}
