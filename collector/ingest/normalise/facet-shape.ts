import { contentId, type Uuid } from '#model/ids.ts';
import type { RawFacets } from '../envelope.ts';
import { JsonSlice } from '../json-slice.ts';
import { Memo } from './memo.ts';

/** Facets of datasets that differ from run to run: shown with the run that stated them. */
export const PER_RUN: ReadonlySet<string> = new Set([
  'dataQualityMetrics',
  'dataQualityAssertions',
  'dataQuality',
  'greatExpectations_assertions',
  'assay_partition',
]);

/** The names of those among a dataset's facets, always in one order. */
export function perRunFacets(facets: RawFacets | null | undefined): readonly string[] {
  return facets ? [...PER_RUN].filter((name) => isFacet(facets[name])) : [];
}

const hashes = new Memo<number>(10_000);

/** 32 bits of a name's hash. */
function hashOf(name: string): number {
  return hashes.of(name, () => firstBits(contentId(name)));
}

function firstBits(id: Uuid): number {
  return Number.parseInt(id.slice(0, 8), 16) | 0;
}

/**
 * Which facets of the run, and of its inputs and outputs as it read and wrote them, an event states: a hash
 * of their names. Such facets are not copied: they are read from the raw events that stated them last, and a
 * later event of the same shape has nothing less than the earlier one. It is made of the hashes of names, so
 * that it costs next to nothing; only shapes of one run are ever compared.
 */
export class FacetShape {
  #one = 0;
  #two = 0;
  #isEmpty = true;

  /** Facets of the run. */
  addRun(facets: RawFacets | null | undefined): void {
    this.#addNames(1, facets);
  }

  /**
   * Facets of an input or output.
   * @param partition tells entries of one dataset apart.
   * @param role tells inputs from outputs.
   * @param perRun of `perRunFacets`.
   */
  addDataset(
    id: Uuid,
    partition: string,
    role: number,
    perRun: readonly string[],
    perRole: RawFacets | null | undefined,
  ): void {
    const before = this.#isEmpty;
    this.#isEmpty = true;
    this.#addNames(2, perRole);
    for (const name of perRun) this.#add(hashOf(name) ^ 3);
    if (!this.#isEmpty) {
      this.#add(firstBits(id) ^ role);
      if (partition !== '') this.#add(hashOf(partition));
    }
    this.#isEmpty &&= before;
  }

  /** Null: no facet was stated. */
  get id(): Uuid | null {
    if (this.#isEmpty) return null;
    const one = hex(this.#one);
    const two = hex(this.#two);
    return `${one}-${two.slice(0, 4)}-${two.slice(4)}-0000-000000000000`;
  }

  #addNames(place: number, facets: RawFacets | null | undefined): void {
    if (!facets) return;
    for (const name in facets) if (isFacet(facets[name])) this.#add(hashOf(name) ^ place);
  }

  // Two of MurmurHash3's mixing steps, with different constants.
  #add(hash: number): void {
    this.#isEmpty = false;
    this.#one = mix(this.#one ^ Math.imul(hash, 0x85ebca6b), 0xc2b2ae35);
    this.#two = mix(this.#two ^ Math.imul(hash, 0xcc9e2d51), 0x1b873593);
  }
}

function mix(value: number, constant: number): number {
  const mixed = Math.imul(value ^ (value >>> 16), constant);
  return (Math.imul(mixed ^ (mixed >>> 13), 5) + 0x52dce729) | 0;
}

function hex(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0');
}

/** Null says nothing: it replaces no facet. (No other value of four bytes is a facet either.) */
function isFacet(sent: unknown): boolean {
  return sent instanceof JsonSlice ? sent.length !== 4 : sent !== null && sent !== undefined;
}
