import type { ColumnConstraints, ContractColumn } from '#model/contract.ts';

import { printColumn, printOperandColumn, printText } from '../expression/print-names.ts';
import { tableName } from './plain-column.ts';

export type ConstraintName = keyof ColumnConstraints | 'format';

/** A constraint as a check of our language, or why it cannot be one. */
export type ConstraintCheck =
  | { readonly name: ConstraintName; readonly text: string }
  | {
      readonly name: ConstraintName;
      readonly text: null;
      /** `multipleOf 0.5 of amount`. */
      readonly words: string;
      /** One sentence. */
      readonly reason: string;
    };

/** Formats by the words that contracts use for them; ODCS calls a URL uri. */
const FORMATS: Readonly<Record<string, string>> = {
  email: 'email',
  uuid: 'uuid',
  uri: 'url',
  url: 'url',
  hostname: 'hostname',
  ipv4: 'ipv4',
  ipv6: 'ipv6',
};

/** The checks that a column's constraints stand for. Bounds of numbers need the statistics only. */
export function constraintChecks(column: ContractColumn): readonly ConstraintCheck[] {
  const { constraints, format } = column;
  const name = printColumn(tableName(column));
  const operand = printOperandColumn(tableName(column));
  const checks: ConstraintCheck[] = [];
  for (const [bound, metric, operator] of BOUNDS) {
    const value = constraints[bound];
    if (typeof value === 'number')
      checks.push({ name: bound, text: `${metric}(${name}) ${operator} ${value}` });
    else if (value !== null) checks.push(timeBound(column, bound, operator, value));
  }
  if (constraints.minLength !== null)
    checks.push({ name: 'minLength', text: `min_length(${name}) >= ${constraints.minLength}` });
  if (constraints.maxLength !== null)
    checks.push({ name: 'maxLength', text: `max_length(${name}) <= ${constraints.maxLength}` });
  if (constraints.pattern !== null)
    checks.push({ name: 'pattern', text: `${operand} matches ${printText(constraints.pattern)}` });
  if (constraints.oneOf !== null)
    checks.push({ name: 'oneOf', text: `${operand} in ${printValues(constraints.oneOf)}` });
  if (constraints.multipleOf !== null)
    checks.push({
      name: 'multipleOf',
      text: null,
      words: `${column.name} is a multiple of ${constraints.multipleOf}`,
      reason: 'Assay has no check for multiples; write one as sql.',
    });
  const known = format !== null && Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined;
  if (known !== undefined && (column.logicalType === 'string' || column.logicalType === null))
    checks.push({ name: 'format', text: `${operand} is ${known}` });
  return checks;
}

const BOUNDS = [
  ['minimum', 'min', '>='],
  ['exclusiveMinimum', 'min', '>'],
  ['maximum', 'max', '<='],
  ['exclusiveMaximum', 'max', '<'],
] as const;

const DAY = /^\d{4}-\d\d-\d\d$/;
const MOMENT = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)\s*(Z|[+-]\d\d:?\d\d)?$/i;

function timeBound(
  column: ContractColumn,
  bound: ConstraintName,
  operator: string,
  value: string,
): ConstraintCheck {
  const name = printOperandColumn(tableName(column));
  if (DAY.test(value)) return { name: bound, text: `${name} ${operator} date '${value}'` };
  const [, day, time, zone] = MOMENT.exec(value) ?? [];
  // A time without a zone is meant in UTC, unless the column states its own.
  if (day !== undefined && (zone !== undefined || column.timezone === null))
    return { name: bound, text: `${name} ${operator} timestamp '${day}T${time ?? ''}${zone ?? 'Z'}'` };
  return {
    name: bound,
    text: null,
    words: `${column.name} ${operator} ${value}`,
    reason: `Assay compares with days and with times that carry their zone; "${value}" is neither.`,
  };
}

/** `('paid', 5, true)`. */
export function printValues(values: readonly (string | number | boolean)[]): string {
  return `(${values.map((value) => (typeof value === 'string' ? printText(value) : String(value))).join(', ')})`;
}
