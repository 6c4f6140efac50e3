import type { SourcePosition } from '#model/contract.ts';
import type { Json, JsonObject } from '#model/json.ts';
import { isAlias, isMap, isScalar, isSeq, type Node, type Scalar } from 'yaml';

import type { ContractSource } from './source.ts';

/** A document's values with the places they stand at: what is left of the YAML once aliases are followed. */
export type Located = LocatedScalar | LocatedList | LocatedMap;

export interface LocatedScalar {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  readonly at: SourcePosition;
  /** For places inside the text; null for what no file holds. */
  readonly node: Scalar | null;
}

export interface LocatedList {
  readonly kind: 'list';
  readonly items: readonly Located[];
  readonly at: SourcePosition;
}

export interface LocatedMap {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, LocatedEntry>;
  readonly at: SourcePosition;
}

export interface LocatedEntry {
  /** Where the key stands. */
  readonly at: SourcePosition;
  readonly value: Located;
}

/** Aliases of aliases can stand for more values than any machine holds. */
const MAX_VALUES = 200_000;

/** Reads a YAML node with everything below it; null after a report where that cannot be done. */
export function locate(source: ContractSource, root: Node): Located | null {
  let values = 0;
  // Finding an anchor walks the document; an alias inside an alias would do so again and again.
  const targets = new Map<Node, Node | null>();
  const resolve = (node: Node): Node | null => {
    const known = targets.get(node);
    if (known !== undefined) return known;
    const target = source.resolve(node);
    targets.set(node, target);
    return target;
  };
  const follow = (node: Node | null, at: SourcePosition): Located | null => {
    values += 1;
    if (values > MAX_VALUES) {
      if (values === MAX_VALUES + 1)
        source.reportPlace(
          at,
          `The file holds more than ${MAX_VALUES} values, aliases followed`,
          'Split it into several files.',
        );
      return null;
    }
    if (node === null) return { kind: 'scalar', value: null, at, node: null };
    const target = isAlias(node) ? resolve(node) : node;
    if (target === null) return null;
    // What an alias stands for is reported where it is used.
    const place = source.positionOf(node);
    if (isScalar(target)) return scalarOf(source, target, place, isAlias(node));
    if (isSeq<Node | null>(target)) {
      const items = target.items.map((item) => follow(item, place));
      return { kind: 'list', items: items.filter((item) => item !== null), at: place };
    }
    if (!isMap<Node, Node | null>(target)) return null;
    const entries = new Map<string, LocatedEntry>();
    for (const { key, value } of target.items) {
      if (!isScalar(key) || typeof key.value !== 'string') {
        source.report(isScalar(key) ? key : target, 'A key is not a word', 'Put the key in quotes.');
        continue;
      }
      const keyAt = source.positionOf(key);
      const first = entries.get(key.value);
      const located = follow(value, keyAt);
      if (first !== undefined)
        source.reportPlace(
          keyAt,
          `The key ${key.value} occurs twice`,
          `Remove one of the two; the first is on line ${first.at.line}.`,
        );
      else if (located !== null) entries.set(key.value, { at: keyAt, value: located });
    }
    return { kind: 'map', entries, at: place };
  };
  return follow(root, { line: 1, column: 1 });
}

function scalarOf(
  source: ContractSource,
  scalar: Scalar,
  at: SourcePosition,
  aliased: boolean,
): LocatedScalar | null {
  const { value } = scalar;
  const node = aliased ? null : scalar;
  if (value === null || typeof value === 'boolean' || typeof value === 'string')
    return { kind: 'scalar', value, at, node };
  if (typeof value === 'number' && Number.isFinite(value)) return { kind: 'scalar', value, at, node };
  source.report(scalar, `${scalar.source ?? 'This'} is not a value`, 'Write a finite number or a text.');
  return null;
}

/** The value without places. */
export function plain(located: Located): Json {
  if (located.kind === 'scalar') return located.value;
  if (located.kind === 'list') return located.items.map(plain);
  return plainMap(located);
}

export function plainMap({ entries }: LocatedMap): JsonObject {
  return Object.fromEntries([...entries].map(([name, { value }]) => [name, plain(value)]));
}

/** The parts of a mapping other than the named ones. */
export function plainRest({ entries }: LocatedMap, known: readonly string[]): JsonObject {
  return Object.fromEntries(
    [...entries].filter(([name]) => !known.includes(name)).map(([name, { value }]) => [name, plain(value)]),
  );
}

export function valueAt(map: LocatedMap, name: string): Located | null {
  return map.entries.get(name)?.value ?? null;
}

export function textAt(map: LocatedMap, name: string): string | null {
  const value = valueAt(map, name);
  return value?.kind === 'scalar' && typeof value.value === 'string' ? value.value : null;
}

export function numberAt(map: LocatedMap, name: string): number | null {
  const value = valueAt(map, name);
  return value?.kind === 'scalar' && typeof value.value === 'number' ? value.value : null;
}

export function flagAt(map: LocatedMap, name: string): boolean | null {
  const value = valueAt(map, name);
  return value?.kind === 'scalar' && typeof value.value === 'boolean' ? value.value : null;
}

/** A value that is no collection. */
export function scalarAt(map: LocatedMap, name: string): string | number | boolean | null {
  const value = valueAt(map, name);
  return value?.kind === 'scalar' ? value.value : null;
}

export function mapAt(map: LocatedMap, name: string): LocatedMap | null {
  const value = valueAt(map, name);
  return value?.kind === 'map' ? value : null;
}

export function itemsAt(map: LocatedMap, name: string): readonly Located[] {
  const value = valueAt(map, name);
  return value?.kind === 'list' ? value.items : [];
}

export function mapsAt(map: LocatedMap, name: string): readonly LocatedMap[] {
  return itemsAt(map, name).filter((item) => item.kind === 'map');
}

export function textsAt(map: LocatedMap, name: string): readonly string[] {
  return itemsAt(map, name).flatMap((item) =>
    item.kind === 'scalar' && typeof item.value === 'string' ? [item.value] : [],
  );
}
