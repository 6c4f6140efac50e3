import type { BaseFacet, DatasetFacet, InputDatasetFacet } from './base.ts';
import { standardFacet } from './base.ts';

/** What was measured in one column. */
export interface ColumnMetrics {
  readonly nullCount?: number | undefined;
  readonly distinctCount?: number | undefined;
  readonly sum?: number | undefined;
  readonly count?: number | undefined;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  /** Quantile (`"0.5"`) to value. */
  readonly quantiles?: Readonly<Record<string, number>> | undefined;
}

/** What was measured in a dataset. Leave out what is not known: absent is not zero. */
export interface DataQualityMetrics {
  readonly rowCount?: number | undefined;
  readonly bytes?: number | undefined;
  readonly fileCount?: number | undefined;
  /** ISO 8601 time of the last change. */
  readonly lastUpdated?: string | undefined;
  readonly columnMetrics: Readonly<Record<string, ColumnMetrics>>;
}

/** Measurements of a dataset, under `dataQualityMetrics` in `facets`. */
export type DataQualityMetricsDatasetFacet = DatasetFacet & DataQualityMetrics;

/** Measurements of what a run read, under `dataQualityMetrics` in `inputFacets`. */
export type DataQualityMetricsInputDatasetFacet = InputDatasetFacet & DataQualityMetrics;

/** Result of one test on a dataset or, with `column`, on a column. */
export interface DataQualityAssertion {
  /** Name of the test, e.g. `not_null`. */
  readonly assertion: string;
  readonly success: boolean;
  readonly column?: string;
  /** `error` or `warn`. */
  readonly severity?: string;
  readonly name?: string;
  readonly description?: string;
  readonly expected?: string;
  readonly actual?: string;
  readonly content?: string;
  readonly contentType?: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

/** Results of tests on a dataset. */
export interface DataQualityAssertionsDatasetFacet extends BaseFacet {
  readonly assertions: readonly DataQualityAssertion[];
}

export const dataQualityMetricsDatasetFacet = standardFacet<DataQualityMetricsDatasetFacet>(
  'DataQualityMetricsDatasetFacet',
  '1-0-0',
);
export const dataQualityMetricsInputDatasetFacet = standardFacet<DataQualityMetricsInputDatasetFacet>(
  'DataQualityMetricsInputDatasetFacet',
  '1-0-3',
);
export const dataQualityAssertionsDatasetFacet = standardFacet<DataQualityAssertionsDatasetFacet>(
  'DataQualityAssertionsDatasetFacet',
  '1-1-0',
);
