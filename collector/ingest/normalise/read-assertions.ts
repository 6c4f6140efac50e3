import type { AssertionFacet, StatedAssertion } from '#model/assertion.ts';
import type { RawDataset, RawFacets } from '../envelope.ts';
import {
  FacetFault,
  isObject,
  requireArray,
  requireText,
  textOf,
  type JsonObject,
  type Warnings,
} from './facet-reader.ts';

export interface FoundAssertions {
  readonly facet: AssertionFacet;
  readonly results: readonly StatedAssertion[];
}

const NONE: readonly FoundAssertions[] = [];
const FACETS = [
  ['dataQualityAssertions', readQualityAssertions],
  ['greatExpectations_assertions', readGreatExpectations],
] as const;
const PLACES = ['facets', 'inputFacets', 'outputFacets'] as const;

/**
 * Results of tests on a dataset. The spec has them under inputFacets; producers write them under facets
 * too, dbt in both places at once: what stands twice counts once.
 * @param own statesAssertions of the dataset's own facets.
 */
export function readAssertions(
  dataset: RawDataset,
  own: { readonly statesAssertions: boolean },
  pointer: string,
  warnings: Warnings,
): readonly FoundAssertions[] {
  const { inputFacets, outputFacets } = dataset;
  if (!own.statesAssertions && !statesAssertions(inputFacets) && !statesAssertions(outputFacets)) return NONE;
  let found: FoundAssertions[] | null = null;
  for (const [facet, reader] of FACETS) {
    const results = new Map<string, StatedAssertion>();
    let isStated = false;
    for (const place of PLACES) {
      if (dataset[place]?.[facet] === undefined) continue;
      const stated = warnings.readOnce(dataset[place], facet, `${pointer}/${place}`, reader);
      isStated ||= stated !== undefined;
      for (const result of stated ?? []) results.set(JSON.stringify(result), result);
    }
    // An empty list is a statement as well: it replaces what the run said before.
    if (isStated) (found ??= []).push({ facet, results: [...results.values()] });
  }
  return found ?? NONE;
}

/** Whether facets hold results of tests. */
export function statesAssertions(facets: RawFacets | null | undefined): boolean {
  return (
    facets?.['dataQualityAssertions'] !== undefined || facets?.['greatExpectations_assertions'] !== undefined
  );
}

/** The `test` facet of a run (TestRunFacet 1-0-1): tests that are about no one dataset, as dbt's singular tests. */
export function readTests(
  facets: RawFacets | null | undefined,
  warnings: Warnings,
): readonly StatedAssertion[] | null {
  if (facets?.['test'] === undefined) return null;
  return warnings.read(facets, 'test', '/run/facets', readTestFacet) ?? null;
}

function readQualityAssertions(facet: JsonObject): StatedAssertion[] {
  return objectsIn(facet, 'assertions').map((entry) => ({
    assertion: requireText(entry, 'assertion'),
    column: textOf(entry['column']),
    success: requireBoolean(entry, 'success'),
    ...details(entry),
  }));
}

// GreatExpectationsAssertionsDatasetFacet of openlineage-common: no severity, no values.
function readGreatExpectations(facet: JsonObject): StatedAssertion[] {
  return objectsIn(facet, 'assertions').map((entry) => ({
    assertion: requireText(entry, 'expectationType'),
    column: textOf(entry['column']),
    success: requireBoolean(entry, 'success'),
    ...details(entry),
  }));
}

function readTestFacet(facet: JsonObject): StatedAssertion[] {
  return objectsIn(facet, 'tests').map((entry) => ({
    assertion: textOf(entry['type']) ?? requireText(entry, 'name'),
    column: null,
    success: outcomeOf(requireText(entry, 'status')),
    ...details(entry),
  }));
}

function details(entry: JsonObject): Omit<StatedAssertion, 'assertion' | 'column' | 'success'> {
  return {
    name: textOf(entry['name']),
    severity: /^warn/i.test(textOf(entry['severity']) ?? '') ? 'warn' : 'error',
    expected: textOf(entry['expected']),
    actual: textOf(entry['actual']),
    description: textOf(entry['description']),
  };
}

/** pass, fail and skip are the spec's; what a test tool says in other words counts as failed unless it is plain. */
function outcomeOf(status: string): boolean | null {
  if (/^(pass|ok|success)/i.test(status)) return true;
  return /^skip/i.test(status) ? null : false;
}

function objectsIn(facet: JsonObject, member: string): JsonObject[] {
  return requireArray(facet, member).map((entry, index) => {
    if (!isObject(entry))
      throw new FacetFault(`/${member}/${index}`, `an entry of ${member} must be an object`);
    return entry;
  });
}

function requireBoolean(entry: JsonObject, member: string): boolean {
  const value = entry[member];
  if (typeof value !== 'boolean') throw new FacetFault(`/${member}`, `${member} must be true or false`);
  return value;
}
