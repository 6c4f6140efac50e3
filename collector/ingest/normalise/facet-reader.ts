import type { RawFacets } from '../envelope.ts';
import { faultOf } from '../facet-schemas/facet-fault.ts';
import type { FacetPlace } from '../facet-schemas/index.ts';
import { JsonSlice } from '../json-slice.ts';
import type { FacetWarning } from './event-delta.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Text or null; anything else is null too (an optional member of a facet is not worth a warning). */
export function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** A finite number or null. */
export function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** A required member is missing or of the wrong type. Becomes a warning: the event stays, the facet is not used. */
export class FacetFault extends Error {
  readonly pointer: string;
  constructor(pointer: string, reason: string) {
    super(reason);
    this.pointer = pointer;
  }
}

export function requireText(object: JsonObject, member: string): string {
  const value = object[member];
  if (typeof value !== 'string' || value === '')
    throw new FacetFault(`/${member}`, `${member} must be a text`);
  return value;
}

export function requireObject(object: JsonObject, member: string): JsonObject {
  const value = object[member];
  if (!isObject(value)) throw new FacetFault(`/${member}`, `${member} must be an object`);
  return value;
}

export function requireArray(object: JsonObject, member: string): readonly unknown[] {
  const value = object[member];
  if (!Array.isArray(value)) throw new FacetFault(`/${member}`, `${member} must be an array`);
  return value;
}

/** Where the facets stand that a JSON pointer leads to. */
function placeOf(pointer: string): FacetPlace {
  if (pointer === '/run/facets') return 'run';
  if (pointer === '/job/facets') return 'job';
  if (pointer.endsWith('/inputFacets')) return 'input';
  return pointer.endsWith('/outputFacets') ? 'output' : 'dataset';
}

/** Collects what could not be read in one event. */
export class Warnings {
  readonly list: FacetWarning[] = [];

  /**
   * Reads one facet when it is there. `_deleted` and null read as absent; a fault becomes a warning.
   * @param pointer JSON pointer of the facets object.
   */
  read<T>(
    facets: RawFacets | null | undefined,
    name: string,
    pointer: string,
    read: (facet: JsonObject) => T,
  ): T | undefined {
    const sent = facets?.[name];
    const facet = sent instanceof JsonSlice ? sent.parse() : sent;
    if (facet === undefined || facet === null) return undefined;
    if (!isObject(facet)) {
      this.add(name, `${pointer}/${name}`, 'a facet must be an object');
      return undefined;
    }
    if (facet['_deleted'] === true) return undefined;
    const fault = faultOf(placeOf(pointer), name, facet);
    if (fault) this.add(name, `${pointer}/${name}${fault.pointer}`, fault.reason);
    try {
      return read(facet);
    } catch (error) {
      if (!(error instanceof FacetFault)) throw error;
      // What its schema has told of is not told twice.
      if (!fault) this.add(name, `${pointer}/${name}${error.pointer}`, error.message);
      return undefined;
    }
  }

  /**
   * The same for a reader whose result depends on the facet alone: what it made of a facet that recurs is
   * remembered. A fault is not: its warning belongs to each event.
   * @param read one and the same function at each call, not a closure.
   */
  readOnce<T>(
    facets: RawFacets | null | undefined,
    name: string,
    pointer: string,
    read: (facet: JsonObject) => T,
  ): T | undefined {
    const sent = facets?.[name];
    if (sent === undefined || sent === null) return undefined;
    const known = sent instanceof JsonSlice ? sent.remembered : null;
    if (known === null) return this.read(facets, name, pointer, read);
    if (known.derived?.reader === read) return known.derived.value as T | undefined;
    const faults = this.list.length;
    const value = this.read(facets, name, pointer, read);
    if (this.list.length === faults) known.derived = { reader: read, value };
    return value;
  }

  add(facet: string, pointer: string, reason: string): void {
    // A facet may have several readers; one fault is one warning.
    if (this.list.some((known) => known.facet === facet && known.pointer === pointer)) return;
    this.list.push({ facet, pointer, reason });
  }
}
