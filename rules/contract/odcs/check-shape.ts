import type { SourcePosition } from '#model/contract.ts';
import { isDeepStrictEqual } from 'node:util';

import { impossible } from '../../impossible.ts';
import { nearest } from '../../spelling.ts';
import { plain, type Located, type LocatedMap } from '../located.ts';
import type { ListShape, MapShape, Shape, TextShape } from './shape.ts';

/** Takes what is wrong at a place. */
export type Report = (at: SourcePosition, message: string, mend: string) => void;

/** Reports every way in which a value is not of a shape; `name` is the key it stands at. True when there is none. */
export function checkShape(value: Located, shape: Shape, name: string, report: Report): boolean {
  switch (shape.type) {
    case 'any':
      return true;
    case 'scalar':
      return value.kind === 'scalar' || wrong(value, name, 'a text, a number, true, false or null', report);
    case 'text':
      return checkText(value, shape, name, report);
    case 'number':
      return checkNumber(value, shape, name, report);
    case 'flag':
      if (value.kind === 'scalar' && typeof value.value === 'boolean') return true;
      return wrong(value, name, 'true or false', report, `Write ${name}: true, without quotes.`);
    case 'object':
      return value.kind === 'map' || wrong(value, name, 'a mapping', report);
    case 'list':
      return checkList(value, shape, name, report);
    case 'one_of':
      return checkOneOf(value, shape.shapes, name, report);
    case 'map':
      return checkMap(value, shape, name, report);
    default:
      return impossible(shape);
  }
}

function checkText(value: Located, shape: TextShape, name: string, report: Report): boolean {
  if (value.kind !== 'scalar' || typeof value.value !== 'string') {
    const mend =
      value.kind !== 'scalar'
        ? `For example: ${name}: ${shape.example}.`
        : value.value === null
          ? `Write a value, or remove the key ${name}.`
          : `Put it in quotes: "${String(value.node?.source ?? value.value)}".`;
    return wrong(value, name, shape.choices === null ? 'a text' : shape.meaning, report, mend);
  }
  const found = value.value;
  if (shape.choices !== null && !shape.choices.includes(found)) {
    const meant = nearest(found, shape.choices);
    return wrong(
      value,
      name,
      shape.meaning,
      report,
      meant === null ? `For example: ${name}: ${shape.example}.` : `Did you mean ${meant}?`,
    );
  }
  if (shape.pattern === null || shape.pattern.test(found)) return true;
  return wrong(value, name, shape.meaning, report, `For example: ${name}: ${shape.example}.`);
}

function checkNumber(
  value: Located,
  shape: Shape & { readonly type: 'number' },
  name: string,
  report: Report,
): boolean {
  const number = value.kind === 'scalar' && typeof value.value === 'number' ? value.value : null;
  const what = shape.integer ? 'a whole number' : 'a number';
  if (number === null || (shape.integer && !Number.isInteger(number)))
    return wrong(value, name, what, report, `Write ${name}: 1, without quotes.`);
  if (shape.atLeast !== null && number < shape.atLeast)
    return wrong(value, name, `${what} of at least ${shape.atLeast}`, report);
  if (shape.above !== null && number <= shape.above)
    return wrong(value, name, `${what} above ${shape.above}`, report);
  return true;
}

function checkList(value: Located, shape: ListShape, name: string, report: Report): boolean {
  if (value.kind !== 'list') return wrong(value, name, 'a list', report, `Write "${name}:" and "- …" below.`);
  const { length } = value.items;
  if (length < shape.atLeast || length > shape.atMost) {
    const count = shape.atLeast === shape.atMost ? `exactly ${shape.atLeast}` : `at least ${shape.atLeast}`;
    report(value.at, `${name} must have ${count} items, found ${length}`, 'Add or remove items.');
    return false;
  }
  const of = shape.of();
  const right = value.items.map((item) => checkShape(item, of, name, report)).every(Boolean);
  if (!shape.unique) return right;
  const twice = value.items.find((item, index) =>
    value.items.slice(0, index).some((other) => isDeepStrictEqual(plain(other), plain(item))),
  );
  if (twice === undefined) return right;
  report(twice.at, `${name} has the same item twice`, 'Write different items.');
  return false;
}

/** The first shape of the value's own kind decides about the message. */
function checkOneOf(value: Located, shapes: readonly Shape[], name: string, report: Report): boolean {
  const silent: Report = () => undefined;
  if (shapes.some((shape) => checkShape(value, shape, name, silent))) return true;
  const meant = shapes.find((shape) => kindOf(shape) === value.kind) ?? shapes[0];
  if (meant !== undefined) checkShape(value, meant, name, report);
  return false;
}

function kindOf(shape: Shape): Located['kind'] | null {
  if (shape.type === 'list') return 'list';
  if (shape.type === 'map' || shape.type === 'object') return 'map';
  return shape.type === 'any' || shape.type === 'one_of' ? null : 'scalar';
}

function checkMap(value: Located, shape: MapShape, name: string, report: Report): boolean {
  if (value.kind !== 'map')
    return wrong(value, name, 'a mapping', report, 'Write one "key: value" per line.');
  const { shapes, required } = shape.fields(value);
  const missing = required.filter((key) => !value.entries.has(key));
  for (const key of missing) report(value.at, `${shape.name} has no ${key}`, missingMend(key, shapes[key]));
  const faults = shape.rules(value);
  for (const { key, message, mend } of faults) report(placeOf(value, key), message, mend);
  const known = Object.keys(shapes);
  let right = missing.length === 0 && faults.length === 0;
  for (const [key, entry] of value.entries) {
    const field = Object.hasOwn(shapes, key) ? shapes[key] : undefined;
    if (field !== undefined) right = checkShape(entry.value, field, key, report) && right;
    else if (!shape.open) {
      right = false;
      const meant = nearest(key, known);
      const mend = meant === null ? `The keys are ${known.join(', ')}.` : `Did you mean ${meant}?`;
      report(entry.at, `${shape.name} has no key "${key}"`, mend);
    }
  }
  return right;
}

function placeOf(map: LocatedMap, key: string | null): SourcePosition {
  return (key === null ? undefined : map.entries.get(key)?.at) ?? map.at;
}

function missingMend(key: string, shape: Shape | undefined): string {
  if (shape?.type === 'text') return `For example: ${key}: ${shape.example}.`;
  return `Add the key ${key}.`;
}

function wrong(value: Located, name: string, meaning: string, report: Report, mend?: string): false {
  const found =
    value.kind === 'scalar'
      ? typeof value.value === 'string'
        ? `"${value.value.slice(0, 60)}"`
        : String(value.value)
      : `a ${value.kind === 'list' ? 'list' : 'mapping'}`;
  report(value.at, `${name} must be ${meaning}, found ${found}`, mend ?? 'Change the value.');
  return false;
}
