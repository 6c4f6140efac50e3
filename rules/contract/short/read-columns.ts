import type { ContractColumn, SourcePosition } from '#model/contract.ts';
import type { Node } from 'yaml';

import { parseColumnType, type TypeKind } from '../column-type.ts';
import type { LocatedColumn } from '../derived-checks.ts';
import { logicalTypeOf } from '../logical-type.ts';
import { PLAIN_COLUMN, tableName } from '../plain-column.ts';
import type { ContractSource, Field, Fields } from '../source.ts';
import { readConstraints } from './read-constraints.ts';
import { ColumnForm, keysOf, PII_KIND } from './short-form.ts';
import { optionalText, read, readTags } from './read-fields.ts';

const KEYS = keysOf(ColumnForm);

/** Reads the list `schema`. */
export function readColumns(source: ContractSource, field: Field): readonly LocatedColumn[] {
  const columns = new Map<string, LocatedColumn>();
  const inTable = new Set<string>();
  for (const item of source.items(field, '- name: "order_id"')) {
    const column = readColumn(source, item);
    if (column === null) continue;
    const { name } = column.column;
    const stored = tableName(column.column);
    if (columns.has(name)) source.report(item, `The column ${name} occurs twice`, 'Remove one of the two.');
    else if (inTable.has(stored))
      source.report(
        item,
        `Two columns are called ${stored} in the table`,
        'Change the physical_name of one of them.',
      );
    else columns.set(name, column);
    inTable.add(stored);
  }
  return [...columns.values()];
}

function readColumn(source: ContractSource, item: Node): LocatedColumn | null {
  const fields = source.fields(item, KEYS, 'A column');
  if (fields === null) return null;
  const nameField = fields.get('name');
  const name =
    nameField === undefined
      ? source.report(item, 'A column has no name', 'For example: - name: "order_id".')
      : readName(source, nameField);
  const type = readType(source, item, fields.get('type'), name);
  const primaryKey = readFlag(source, fields.get('primary_key'));
  const required = readFlag(source, fields.get('required'));
  const unique = readFlag(source, fields.get('unique'));
  const critical = readFlag(source, fields.get('critical'));
  const pii = readPii(source, fields.get('pii'));
  const constraints = readConstraints(source, fields.get('constraints'), type?.kind ?? null);
  const rest = readTexts(source, fields);
  if (name === null || type === null) return null;
  const requiredAt = required ?? constraints.notNullAt;
  const uniqueAt = unique ?? constraints.uniqueAt;
  return {
    column: {
      ...PLAIN_COLUMN,
      ...rest,
      name,
      type: type.text,
      logicalType: logicalTypeOf(type.text),
      physicalType: type.text,
      primaryKey: primaryKey !== null,
      required: requiredAt !== null,
      unique: uniqueAt !== null,
      critical: critical !== null,
      pii,
      constraints: constraints.values,
      position: source.positionOf(item),
    },
    places: {
      ...constraints.places,
      ...(primaryKey !== null && { primaryKey }),
      ...(requiredAt !== null && { required: requiredAt }),
      ...(uniqueAt !== null && { unique: uniqueAt }),
    },
  };
}

function readTexts(source: ContractSource, fields: Fields): Partial<ContractColumn> {
  const text = (key: string, example: string): string | null =>
    optionalText(source, fields, key, `${key}: ${example}`);
  return {
    description: text('description', '"Amount in yen"'),
    classification: text('classification', 'restricted'),
    masking: text('masking', 'sha256'),
    encryptedName: text('encrypted_name', 'email_encrypted'),
    retention: text('retention', '"24 months"'),
    format: text('format', 'email'),
    unit: text('unit', 'kg'),
    currency: read(fields, 'currency', (field) => readCurrency(source, field)),
    timezone: text('timezone', 'Europe/Berlin'),
    physicalName: text('physical_name', 'ord_id'),
    businessName: text('business_name', '"Order number"'),
    tags: readTags(source, fields),
  };
}

function readCurrency(source: ContractSource, field: Field): string | null {
  const text = source.text(field, 'currency: EUR');
  if (text === null || /^[A-Z]{3}$/.test(text.value)) return text?.value ?? null;
  return source.report(
    text.scalar,
    `"${text.value}" is not a currency`,
    'Write the three letters of ISO 4217: currency: EUR.',
  );
}

function readName(source: ContractSource, field: Field): string | null {
  const text = source.text(field, 'name: "order_id"');
  if (text === null || !/\p{Cc}/u.test(text.value)) return text?.value ?? null;
  return source.report(
    text.scalar,
    'The name of a column contains a control character',
    'Write the name that the table has.',
  );
}

function readType(
  source: ContractSource,
  item: Node,
  field: Field | undefined,
  name: string | null,
): { readonly text: string; readonly kind: TypeKind } | null {
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
  return { text: text.value.trim(), kind: parsed.kind };
}

/** The place of a flag that is set; null when it is absent, false or not a flag. */
function readFlag(source: ContractSource, field: Field | undefined): SourcePosition | null {
  if (field === undefined || source.flag(field) !== true) return null;
  return source.positionOf(field.value ?? field.key);
}

function readPii(source: ContractSource, field: Field | undefined): string | false {
  if (field === undefined) return false;
  const scalar = source.scalar(field, 'true, false or a kind of personal data', 'pii: email');
  if (scalar === null) return false;
  if (typeof scalar.value === 'boolean') return scalar.value ? 'personal' : false;
  if (typeof scalar.value === 'string' && PII_KIND.test(scalar.value)) return scalar.value;
  source.report(
    scalar,
    `pii must be true, false or a kind of personal data, found ${String(scalar.value)}`,
    'Write one word: pii: email.',
  );
  return false;
}
