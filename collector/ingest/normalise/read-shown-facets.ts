import { facetSetId, type FacetIds } from '#model/facet-set.ts';
import { contentId, type Uuid } from '#model/ids.ts';
import type { RawFacets } from '../envelope.ts';
import { canonicalJson, parseExactly } from '../canonical-json.ts';
import { faultOf, type FacetFault } from '../facet-schemas/facet-fault.ts';
import { JsonSlice } from '../json-slice.ts';
import { derivedFrom } from '../recurring-slices.ts';
import { isObject, type Warnings } from './facet-reader.ts';
import { Memo } from './memo.ts';
import { PathMemo } from './path-memo.ts';

// Facets that stand in other tables already, and those that differ from run to run: the latter are read from
// the raw event when they are shown (model/run-state.ts, facetEvents).
const NOT_KEPT: Readonly<Record<'job' | 'dataset', ReadonlySet<string>>> = {
  job: new Set(['lineage']),
  dataset: new Set([
    'schema',
    'columnLineage',
    'lineage',
    'version',
    'assay_partition',
    'dataQualityMetrics',
    'dataQualityAssertions',
    'dataQuality',
    'greatExpectations_assertions',
  ]),
};

/** What is known of one facet by its bytes. */
class KnownFacet {
  readonly place: 'job' | 'dataset';
  readonly name: string;
  /** Of its content; null: the facet is taken back (`_deleted`). Undefined: it is not kept here. */
  readonly id: Uuid | null | undefined;
  readonly fault: FacetFault | null;

  constructor(place: 'job' | 'dataset', name: string, id: Uuid | null | undefined, fault: FacetFault | null) {
    this.place = place;
    this.name = name;
    this.id = id;
    this.fault = fault;
  }
}

/** Longest facet that is looked into for `_deleted` when another table holds its content, in bytes. */
const SHORT = 1000;

const byDigest = new Memo<KnownFacet>(100_000);
const sets = new PathMemo<Uuid>(200_000);

interface Entry {
  readonly name: string;
  readonly id: Uuid | null;
  readonly sent: unknown;
}

/** The facets that one event stated of one job or dataset, to be stored if they are not yet. */
export class StatedFacets {
  readonly set: Uuid;
  readonly #entries: readonly Entry[];

  constructor(set: Uuid, entries: readonly Entry[]) {
    this.set = set;
    this.#entries = entries;
  }

  get ids(): FacetIds {
    return Object.fromEntries(this.#entries.map(({ name, id }) => [name, id]));
  }

  /** Content of each facet; `body` makes the JSON text when asked for. */
  get contents(): readonly { readonly id: Uuid; readonly body: () => string }[] {
    return this.#entries.flatMap(({ id, sent }) =>
      id === null ? [] : [{ id, body: () => canonicalJson(valueOf(sent)) }],
    );
  }
}

/**
 * Reads the facets of a job or dataset that are kept to be shown: known ones that no table holds, and
 * unknown ones. What their official schemas refuse is a warning, and they are kept all the same.
 * @param pointer JSON pointer of the facets object.
 */
export function readShownFacets(
  place: 'job' | 'dataset',
  facets: RawFacets | null | undefined,
  pointer: string,
  warnings: Warnings,
): StatedFacets | null {
  if (!facets) return null;
  const memory: { job?: StatedFacets | null; dataset?: StatedFacets | null } | undefined =
    derivedFrom(facets);
  const known = memory?.[place];
  if (known !== undefined) return known;
  const faults = warnings.list.length;
  const stated = statedFacets(place, facets, pointer, warnings);
  // A fault is not remembered: its warning belongs to each event.
  if (memory && warnings.list.length === faults) memory[place] = stated;
  return stated;
}

function statedFacets(
  place: 'job' | 'dataset',
  facets: RawFacets,
  pointer: string,
  warnings: Warnings,
): StatedFacets | null {
  let entries: Entry[] | null = null;
  let step = sets.start;
  for (const name in facets) {
    const sent = facets[name];
    if (sent === null || sent === undefined) continue;
    const known = knownFacet(place, name, sent);
    if (known.fault) warnings.add(name, `${pointer}/${name}${known.fault.pointer}`, known.fault.reason);
    if (known.id === undefined) continue;
    (entries ??= []).push({ name, id: known.id, sent });
    step = sets.step(sets.step(step, name), known.id ?? '');
  }
  if (entries === null) return null;
  step.result ??= facetSetId(Object.fromEntries(entries.map(({ name, id }) => [name, id])));
  return new StatedFacets(step.result, entries);
}

// Facets of jobs and datasets are nearly always the same as last time (ingest/recurring-slices.ts).
function knownFacet(place: 'job' | 'dataset', name: string, sent: unknown): KnownFacet {
  if (!(sent instanceof JsonSlice)) return examine(place, name, sent);
  const memory = sent.remembered;
  if (memory === null) {
    if (NOT_KEPT[place].has(name)) return examine(place, name, sent);
    return byDigest.of(`${place}${name}\u0000${sent.digest()}`, () => examine(place, name, sent));
  }
  const known = memory.shown;
  if (known instanceof KnownFacet && known.name === name && known.place === place) return known;
  const found = examine(place, name, sent);
  memory.shown = found;
  return found;
}

function examine(place: 'job' | 'dataset', name: string, sent: unknown): KnownFacet {
  const known = (id: Uuid | null | undefined, fault: FacetFault | null = null): KnownFacet =>
    new KnownFacet(place, name, id, fault);
  const isKept = !NOT_KEPT[place].has(name);
  if (!isKept && sent instanceof JsonSlice && sent.length > SHORT) return known(undefined);
  const value = valueOf(sent);
  if (value === null) return known(undefined);
  if (!isObject(value)) {
    // Where another table holds it, its own reader says so.
    return known(undefined, isKept ? { pointer: '', reason: 'a facet must be an object' } : null);
  }
  if (value['_deleted'] === true) return known(null);
  if (!isKept) return known(undefined);
  const fault = faultOf(place, name, sent instanceof JsonSlice ? sent.parse() : sent);
  return known(contentId(`facet ${canonicalJson(value)}`), fault);
}

function valueOf(sent: unknown): unknown {
  return sent instanceof JsonSlice ? parseExactly(sent.text()) : sent;
}
