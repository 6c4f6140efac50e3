import type { InputDatasetFacet, OutputDatasetFacet } from './base.ts';
import { standardFacet } from './base.ts';
import type { DataQualityAssertionsDatasetFacet, DataQualityMetricsInputDatasetFacet } from './quality.ts';
import type {
  IcebergCommitReportOutputDatasetFacet,
  IcebergScanReportInputDatasetFacet,
} from './registry.ts';

/** Rows, bytes and files that a run read or wrote. Leave out what is not known: absent is not zero. */
export interface Statistics {
  readonly rowCount?: number | undefined;
  /** Bytes. */
  readonly size?: number | undefined;
  readonly fileCount?: number | undefined;
}

/** How much the run read. */
export type InputStatisticsInputDatasetFacet = InputDatasetFacet & Statistics;

/** How much the run wrote. */
export type OutputStatisticsOutputDatasetFacet = OutputDatasetFacet & Statistics;

/** The values that name one partition, e.g. `{ dt: '2026-01-01' }`. */
export type PartitionDimensions = Readonly<Record<string, unknown>>;

/** One partition in a subset. */
export interface Partition {
  readonly identifier?: string;
  readonly dimensions: PartitionDimensions;
}

/** A field or a literal in a comparison. */
export type CompareExpression =
  | { readonly type: 'field'; readonly field: string }
  | { readonly type: 'literal'; readonly value: string };

/** Which part of a dataset a run read or wrote. */
export type SubsetCondition =
  | { readonly type: 'location'; readonly locations: readonly string[] }
  | { readonly type: 'partition'; readonly partitions: readonly Partition[] }
  | {
      readonly type: 'compare';
      readonly left: CompareExpression;
      readonly right: CompareExpression;
      /** `EQUAL`, `GREATER_THAN`, `GREATER_EQUAL_THAN`, `LESS_THAN` or `LESS_EQUAL_THAN`. */
      readonly comparison: string;
    }
  | {
      readonly type: 'binary';
      readonly left: SubsetCondition;
      readonly right: SubsetCondition;
      /** `AND` or `OR`. */
      readonly operator: string;
    };

/** The part of a dataset that a run read. */
export interface InputSubsetInputDatasetFacet extends InputDatasetFacet {
  readonly inputCondition: SubsetCondition;
}

/** The part of a dataset that a run wrote. */
export interface OutputSubsetOutputDatasetFacet extends OutputDatasetFacet {
  readonly outputCondition: SubsetCondition;
}

/** The standard and registry input facets under their keys in `inputs[].inputFacets`. */
export interface StandardInputDatasetFacets {
  readonly inputStatistics?: InputStatisticsInputDatasetFacet;
  readonly dataQualityMetrics?: DataQualityMetricsInputDatasetFacet;
  readonly dataQualityAssertions?: DataQualityAssertionsDatasetFacet;
  readonly subset?: InputSubsetInputDatasetFacet;
  readonly icebergScanReport?: IcebergScanReportInputDatasetFacet;
}

/** `inputs[].inputFacets`: the standard facets and any custom one. */
export type InputDatasetFacets = StandardInputDatasetFacets & {
  readonly [key: string]: InputDatasetFacet | undefined;
};

/** The standard and registry output facets under their keys in `outputs[].outputFacets`. */
export interface StandardOutputDatasetFacets {
  readonly outputStatistics?: OutputStatisticsOutputDatasetFacet;
  readonly subset?: OutputSubsetOutputDatasetFacet;
  readonly icebergCommitReport?: IcebergCommitReportOutputDatasetFacet;
}

/** `outputs[].outputFacets`: the standard facets and any custom one. */
export type OutputDatasetFacets = StandardOutputDatasetFacets & {
  readonly [key: string]: OutputDatasetFacet | undefined;
};

export const inputStatisticsInputDatasetFacet = standardFacet<InputStatisticsInputDatasetFacet>(
  'InputStatisticsInputDatasetFacet',
  '1-0-0',
);
export const outputStatisticsOutputDatasetFacet = standardFacet<OutputStatisticsOutputDatasetFacet>(
  'OutputStatisticsOutputDatasetFacet',
  '1-0-2',
);
export const inputSubsetInputDatasetFacet = standardFacet<InputSubsetInputDatasetFacet>(
  'BaseSubsetDatasetFacet',
  '1-0-0',
  'InputSubsetInputDatasetFacet',
);
export const outputSubsetOutputDatasetFacet = standardFacet<OutputSubsetOutputDatasetFacet>(
  'BaseSubsetDatasetFacet',
  '1-0-0',
  'OutputSubsetOutputDatasetFacet',
);
