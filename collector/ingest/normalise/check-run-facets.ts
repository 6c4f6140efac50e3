import type { RawFacets } from '../envelope.ts';
import { faultOf, type FacetFault } from '../facet-schemas/facet-fault.ts';
import { JsonSlice } from '../json-slice.ts';
import type { Warnings } from './facet-reader.ts';
import { Memo } from './memo.ts';

/** Standard run facets that no reader looks into when they arrive: they are shown from the raw event. */
const UNREAD = [
  'tags',
  'externalQuery',
  'extractionError',
  'environmentVariables',
  'executionParameters',
  'jobDependencies',
  'gcp_dataproc',
  'gcp_composer_run',
] as const;

const checked = new Memo<{ readonly fault: FacetFault | null }>(20_000);

/** Warns of standard run facets that their official schemas refuse; of those that are read, their readers do. */
export function checkRunFacets(facets: RawFacets | null | undefined, warnings: Warnings): void {
  if (!facets) return;
  for (const name of UNREAD) {
    const sent = facets[name];
    if (sent === undefined || sent === null) continue;
    const { fault } =
      sent instanceof JsonSlice
        ? checked.of(`${name}\u0000${sent.digest()}`, () => check(name, sent.parse()))
        : check(name, sent);
    if (fault) warnings.add(name, `/run/facets/${name}${fault.pointer}`, fault.reason);
  }
}

function check(name: string, value: unknown): { readonly fault: FacetFault | null } {
  return { fault: value === null ? null : faultOf('run', name, value) };
}
