import type { FactKey } from '#model/measurement.ts';

import { printText } from './print-names.ts';

const PER = ' per ';
const KEY = /^(.* per .*): (?:null|'((?:[^']|'')*)')$/su;

/** The number of one value of the `per` column, as it is stored: `row_count per country: 'DE'`. */
export function segmentKey(key: FactKey, label: string | null): FactKey {
  return `${key}: ${label === null ? 'null' : printText(label)}`;
}

/** Whether a fact is one number for each value of a column. */
export function isPerSegment(key: FactKey): boolean {
  return key.includes(PER);
}

/** Facts and numbers per segment under one kind of key each, as they are stored. */
export function joinSegments(
  facts: ReadonlyMap<FactKey, number>,
  segments: ReadonlyMap<FactKey, ReadonlyMap<string | null, number>>,
): Map<FactKey, number> {
  const joined = new Map(facts);
  for (const [key, values] of segments)
    for (const [label, value] of values) joined.set(segmentKey(key, label), value);
  return joined;
}

/** Takes apart what `joinSegments` put together. */
export function splitSegments(stored: Iterable<readonly [FactKey, number]>): {
  readonly facts: Map<FactKey, number>;
  readonly segments: Map<FactKey, Map<string | null, number>>;
} {
  const facts = new Map<FactKey, number>();
  const segments = new Map<FactKey, Map<string | null, number>>();
  for (const [key, value] of stored) {
    const match = isPerSegment(key) ? KEY.exec(key) : null;
    const [, fact, text] = match ?? [];
    if (fact === undefined) {
      facts.set(key, value);
      continue;
    }
    const label = text === undefined ? null : text.replaceAll("''", "'");
    const values = segments.get(fact) ?? new Map<string | null, number>();
    values.set(label, value);
    segments.set(fact, values);
  }
  return { facts, segments };
}
