import { printColumn, printOperandColumn, printText } from '../../expression/print-names.ts';
import { printValues } from '../constraint-checks.ts';
import { mapAt, plain, textAt, textsAt, valueAt, type LocatedMap } from '../located.ts';
import { operatorsOf, type LibraryMetric, type Operator } from './quality-shape.ts';

/** A library check in our language, or why it cannot be said there. */
export type LibraryCheck =
  | { readonly text: string; readonly reason: null }
  /** The reason is one sentence. */
  | { readonly text: null; readonly reason: string };

const SIGNS: Readonly<Partial<Record<Operator, string>>> = {
  mustBe: '=',
  mustNotBe: '!=',
  mustBeGreaterThan: '>',
  mustBeGreaterOrEqualTo: '>=',
  mustBeLessThan: '<',
  mustBeLessOrEqualTo: '<=',
};

/** What an operator asks of a number: `between 1 and 5`, `= 0`; null when its value is no number. */
export function thresholdText(item: LocatedMap, unit: '' | '%'): string | null {
  const [operator] = operatorsOf(item);
  const value = operator === undefined ? null : valueAt(item, operator);
  if (operator === undefined || value === null) return null;
  const numbers = (value.kind === 'list' ? value.items : [value]).map(plain);
  if (!numbers.every((number): number is number => typeof number === 'number')) return null;
  const [first, second] = numbers;
  const sign = SIGNS[operator];
  if (sign !== undefined) return value.kind === 'scalar' ? `${sign} ${first}${unit}` : null;
  if (first === undefined || second === undefined) return null;
  // The standard's text calls the ends exclusive, its schema and its tools do not: both are included here.
  const [low, high] = first <= second ? [first, second] : [second, first];
  return `${operator === 'mustBeBetween' ? 'between' : 'not between'} ${low}${unit} and ${high}${unit}`;
}

/**
 * Puts a check of the standard's library into our language; `column` is its name in the table, `nameOf` gives
 * those of other columns. `unit: percent` counts 0 to 100.
 */
export function libraryCheck(
  metric: LibraryMetric,
  item: LocatedMap,
  column: string | null,
  nameOf: (property: string) => string,
): LibraryCheck {
  const unit = textAt(item, 'unit');
  const percent = unit !== null && /^(?:percent|%)$/i.test(unit);
  if (unit !== null && !percent && !/^rows?$/i.test(unit))
    return refused(`Assay knows the units rows and percent, not "${unit}".`);
  const threshold = thresholdText(item, percent ? '%' : '');
  if (threshold === null) return refused('The value it must be is no number.');
  if (metric === 'rowCount')
    return percent ? refused('A row count in per cent says nothing.') : accepted(`row_count ${threshold}`);
  const word = percent ? 'percentage' : 'count';
  if (metric === 'duplicateValues') return duplicateCheck(item, column, nameOf, word, threshold);
  if (column === null) return refused(`${metric} is a metric of a property, not of a whole table.`);
  const name = printColumn(column);
  if (metric === 'nullValues') return accepted(`null_${word}(${name}) ${threshold}`);
  return metric === 'missingValues'
    ? missingCheck(item, name, word, threshold)
    : invalidCheck(item, printOperandColumn(column), word, threshold);
}

function duplicateCheck(
  item: LocatedMap,
  column: string | null,
  nameOf: (property: string) => string,
  word: string,
  threshold: string,
): LibraryCheck {
  const listed = argumentsOf(item, 'properties').flatMap((name) => (typeof name === 'string' ? [name] : []));
  const columns = column === null || listed.length > 0 ? listed.map(nameOf) : [column];
  if (columns.length === 0)
    return refused('duplicateValues of a table needs its columns: arguments: {properties: [a, b]}.');
  return accepted(`duplicate_${word}(${columns.map(printColumn).join(', ')}) ${threshold}`);
}

function missingCheck(item: LocatedMap, name: string, word: string, threshold: string): LibraryCheck {
  // Null always counts as missing; the list may name it.
  const values = argumentsOf(item, 'missingValues').filter((value) => value !== null);
  return values.length === 0
    ? accepted(`null_${word}(${name}) ${threshold}`)
    : accepted(`missing_${word}(${name}, [${printValues(values).slice(1, -1)}]) ${threshold}`);
}

function invalidCheck(item: LocatedMap, name: string, word: string, threshold: string): LibraryCheck {
  const stated = mapAt(item, 'arguments');
  // A null is neither valid nor invalid.
  const values = argumentsOf(item, 'validValues').filter((value) => value !== null);
  const pattern = stated && textAt(stated, 'pattern');
  const conditions = [
    ...(values.length === 0 ? [] : [`${name} in ${printValues(values)}`]),
    ...(pattern === null ? [] : [`${name} matches ${printText(pattern)}`]),
  ];
  return conditions.length === 0
    ? refused('invalidValues needs what is valid: arguments: {validValues: [...]} or {pattern: ...}.')
    : accepted(`invalid_${word}(${conditions.join(' and ')}) ${threshold}`);
}

function argumentsOf(item: LocatedMap, name: string): readonly (string | number | boolean | null)[] {
  const stated = mapAt(item, 'arguments');
  const list = stated && valueAt(stated, name);
  if (list?.kind !== 'list') return stated === null ? [] : textsAt(stated, name);
  return [...new Set(list.items.flatMap((value) => (value.kind === 'scalar' ? [value.value] : [])))];
}

function accepted(text: string): LibraryCheck {
  return { text, reason: null };
}

function refused(reason: string): LibraryCheck {
  return { text: null, reason };
}
