import { ByteReader, ByteWriter, StatisticsBytesError } from '#model/statistics/bytes.ts';

/** A piece of an event that its segment does not hold: the raw_passage of that number says it. */
export interface Omission {
  /** Its first byte in the event, and the one after its last. */
  readonly start: number;
  readonly end: number;
  readonly passage: { readonly number: number };
}

/** What stands between two references, and the passage that comes then. */
interface Reference {
  readonly literal: number;
  readonly passage: number;
}

/** Of each event, in their order and without overlap. An event beyond the list has none. */
export type Omissions = readonly (readonly Omission[])[];

/** The bytes that are left of these bodies without what is omitted. */
export function literalLength(bodies: readonly Uint8Array[], omissions: Omissions): number {
  let length = bodies.reduce((sum, body) => sum + body.byteLength, 0);
  for (const omitted of omissions) for (const { start, end } of omitted) length -= end - start;
  return length;
}

/** Joins what is left of the bodies in `target`, which has room for `literalLength` of them. */
export function gatherLiteral(bodies: readonly Uint8Array[], omissions: Omissions, target: Uint8Array): void {
  let at = 0;
  const take = (bytes: Uint8Array): void => {
    target.set(bytes, at);
    at += bytes.byteLength;
  };
  bodies.forEach((body, index) => {
    const omitted = omissions[index] ?? [];
    if (omitted.length === 0) {
      take(body);
      return;
    }
    let from = 0;
    for (const { start, end } of omitted) {
      take(body.subarray(from, start));
      from = end;
    }
    take(body.subarray(from));
  });
}

/**
 * The references of a segment as bytes, none where nothing is omitted: for each a varint (LEB128) of the literal
 * bytes before it, counted from the reference before, and a varint of the passage's number.
 */
export function encodeReferences(bodies: readonly Uint8Array[], omissions: Omissions): Uint8Array {
  const written = new ByteWriter();
  let literal = 0;
  bodies.forEach((body, index) => {
    let from = 0;
    for (const { start, end, passage } of omissions[index] ?? []) {
      written.varint(literal + start - from);
      written.varint(passage.number);
      literal = 0;
      from = end;
    }
    literal += body.byteLength - from;
  });
  return written.finish();
}

/** Throws a RangeError when the bytes are no references. */
export function decodeReferences(bytes: Uint8Array): Reference[] {
  const references: Reference[] = [];
  const reader = new ByteReader(bytes);
  try {
    while (reader.left > 0) references.push({ literal: reader.varint(), passage: reader.varint() });
  } catch (error) {
    throw error instanceof StatisticsBytesError ? damaged() : error;
  }
  return references;
}

/** The segment's bytes as they were before anything was omitted. */
export function restore(
  literal: Uint8Array,
  references: readonly Reference[],
  passages: ReadonlyMap<number, Uint8Array>,
): Uint8Array {
  const found = references.map(({ passage }) => {
    const bytes = passages.get(passage);
    if (!bytes)
      throw new Error(`passage ${passage} of the raw log is missing: the segment cannot be read whole`);
    return bytes;
  });
  const whole = Buffer.allocUnsafe(
    found.reduce((sum, { byteLength }) => sum + byteLength, literal.byteLength),
  );
  let from = 0;
  let at = 0;
  references.forEach((reference, index) => {
    const to = from + reference.literal;
    if (to > literal.byteLength) throw damaged();
    whole.set(literal.subarray(from, to), at);
    at += to - from;
    from = to;
    const passage = found[index] as Uint8Array;
    whole.set(passage, at);
    at += passage.byteLength;
  });
  whole.set(literal.subarray(from), at);
  return whole;
}

function damaged(): RangeError {
  return new RangeError('the references of a segment cannot be read: the raw log is damaged there');
}
