import type { Uuid } from './ids.ts';
import type { OrderKey } from './order-key.ts';

/** Facets that hold results of tests: the standard two, and Great Expectations' own. */
export type AssertionFacet = 'dataQualityAssertions' | 'test' | 'greatExpectations_assertions';

/** The result of one assertion or test, as a producer states it. */
export interface StatedAssertion {
  /** What kind of test: `not_null`, a test's name. */
  readonly assertion: string;
  readonly column: string | null;
  readonly name: string | null;
  /** null: it was skipped, which says nothing. */
  readonly success: boolean | null;
  /** What a failure means to its author. A failed dbt test of severity `warn` leaves its run COMPLETE. */
  readonly severity: 'error' | 'warn';
  readonly expected: string | null;
  readonly actual: string | null;
  readonly description: string | null;
}

/** The results in one facet of one event: a later statement of the facet by the same run replaces them all. */
export interface AssertionStatement {
  readonly runId: Uuid;
  /** NO_DATASET: about the run as a whole. */
  readonly datasetId: Uuid;
  readonly partition: string;
  readonly facet: AssertionFacet;
  readonly key: OrderKey;
  readonly results: readonly StatedAssertion[];
}

/** Stands for the dataset of a test that names none. */
export const NO_DATASET: Uuid = '00000000-0000-0000-0000-000000000000';
