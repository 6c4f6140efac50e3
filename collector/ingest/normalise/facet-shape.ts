import { contentId, type Uuid } from '#model/ids.ts';
import type { RawEvent, RawFacets } from '../envelope.ts';
import { Memo } from './memo.ts';

const shapes = new Memo<Uuid>(100_000);

/** Facets of datasets that differ from run to run: shown with the run that stated them. */
export const PER_RUN: ReadonlySet<string> = new Set([
  'dataQualityMetrics',
  'dataQualityAssertions',
  'dataQuality',
  'greatExpectations_assertions',
  'assay_partition',
]);

/**
 * Which facets of the run, and of its inputs and outputs as it read and wrote them, an event states: a hash
 * of their names. Such facets are not copied: they are read from the raw events that stated them last, and a
 * later event of the same shape has nothing less than the earlier one. Null when there are none.
 */
export function facetShape(event: RawEvent): Uuid | null {
  let text = names('', event.run?.facets, null);
  for (const input of event.inputs ?? []) {
    const stated = names('i', input.inputFacets, null) + names('d', input.facets, PER_RUN);
    if (stated !== '') text += `\u0001${input.namespace}\u0000${input.name}${stated}`;
  }
  for (const output of event.outputs ?? []) {
    const stated = names('o', output.outputFacets, null) + names('e', output.facets, PER_RUN);
    if (stated !== '') text += `\u0001${output.namespace}\u0000${output.name}${stated}`;
  }
  return text === '' ? null : shapes.of(text, () => contentId(`facet shape ${text}`));
}

function names(
  place: string,
  facets: RawFacets | null | undefined,
  only: ReadonlySet<string> | null,
): string {
  if (!facets) return '';
  let text = '';
  for (const name in facets) if (only === null || only.has(name)) text += `\u0000${place}${name}`;
  return text;
}
