import { Type } from 'typebox';
import {
  anyObject,
  mapOf,
  optionalInteger,
  optionalNumber,
  optionalText,
  runFacet,
  entityFacet,
  text,
  dateTime,
} from './base.ts';

const counts = { rowCount: optionalInteger, size: optionalInteger, fileCount: optionalInteger };

/** InputStatisticsInputDatasetFacet 1-0-0 and OutputStatisticsOutputDatasetFacet 1-0-2 */
export const Statistics = runFacet(counts);

const metrics = {
  rowCount: optionalInteger,
  bytes: optionalInteger,
  fileCount: optionalInteger,
  lastUpdated: Type.Optional(dateTime),
  columnMetrics: mapOf(
    Type.Object({
      nullCount: optionalInteger,
      distinctCount: optionalInteger,
      sum: optionalNumber,
      count: optionalNumber,
      min: optionalNumber,
      max: optionalNumber,
      quantiles: Type.Optional(mapOf(Type.Number())),
    }),
  ),
};

/** DataQualityMetricsInputDatasetFacet 1-0-3 */
export const InputQualityMetrics = runFacet(metrics);

/** DataQualityMetricsDatasetFacet 1-0-0 */
export const DatasetQualityMetrics = entityFacet(metrics);

/** DataQualityAssertionsDatasetFacet 1-1-0 */
export const QualityAssertions = runFacet({
  assertions: Type.Array(
    Type.Object({
      assertion: text,
      success: Type.Boolean(),
      column: optionalText,
      severity: optionalText,
      name: optionalText,
      description: optionalText,
      expected: optionalText,
      actual: optionalText,
      content: optionalText,
      contentType: optionalText,
      params: Type.Optional(anyObject),
    }),
  ),
});

const expression = Type.Union([
  Type.Object({ type: Type.Literal('field'), field: text }),
  Type.Object({ type: Type.Literal('literal'), value: text }),
]);

const Condition = Type.Cyclic(
  {
    Condition: Type.Union([
      Type.Object({ type: Type.Literal('location'), locations: Type.Array(text) }),
      Type.Object({
        type: Type.Literal('partition'),
        partitions: Type.Array(Type.Object({ identifier: optionalText, dimensions: anyObject })),
      }),
      Type.Object({
        type: Type.Literal('binary'),
        left: Type.Ref('Condition'),
        right: Type.Ref('Condition'),
        operator: text,
      }),
      Type.Object({ type: Type.Literal('compare'), left: expression, right: expression, comparison: text }),
    ]),
  },
  'Condition',
);

/** InputSubsetInputDatasetFacet of BaseSubsetDatasetFacet 1-0-0 */
export const InputSubset = runFacet({ inputCondition: Condition });

/** OutputSubsetOutputDatasetFacet of BaseSubsetDatasetFacet 1-0-0 */
export const OutputSubset = runFacet({ outputCondition: Condition });

const numbers = (names: readonly string[]) =>
  Type.Optional(Type.Object(Object.fromEntries(names.map((name) => [name, optionalNumber]))));

/** IcebergScanReportInputDatasetFacet 1-0-1 (registry) */
export const IcebergScanReport = runFacet({
  snapshotId: optionalNumber,
  filterDescription: optionalText,
  schemaId: optionalNumber,
  projectedFieldNames: Type.Optional(Type.Array(text)),
  scanMetrics: numbers([
    'totalPlanningDuration',
    'resultDataFiles',
    'resultDeleteFiles',
    'totalDataManifests',
    'totalDeleteManifests',
    'scannedDataManifests',
    'skippedDataManifests',
    'totalFileSizeInBytes',
    'totalDeleteFileSizeInBytes',
    'skippedDataFiles',
    'skippedDeleteFiles',
    'scannedDeleteManifests',
    'skippedDeleteManifests',
    'indexedDeleteFiles',
    'equalityDeleteFiles',
    'positionalDeleteFiles',
  ]),
  metadata: Type.Optional(anyObject),
});

/** IcebergCommitReportOutputDatasetFacet 1-0-2 (registry) */
export const IcebergCommitReport = runFacet({
  snapshotId: optionalNumber,
  sequenceNumber: optionalNumber,
  operation: optionalText,
  commitMetrics: numbers([
    'totalDuration',
    'attempts',
    'addedDataFiles',
    'removedDataFiles',
    'totalDataFiles',
    'addedDeleteFiles',
    'addedEqualityDeleteFiles',
    'addedPositionalDeleteFiles',
    'addedDVs',
    'removedDeleteFiles',
    'removedEqualityDeleteFiles',
    'removedPositionalDeleteFiles',
    'removedDVs',
    'totalDeleteFiles',
    'addedRecords',
    'removedRecords',
    'totalRecords',
    'addedFilesSizeInBytes',
    'removedFilesSizeInBytes',
    'totalFilesSizeInBytes',
    'addedPositionalDeletes',
    'removedPositionalDeletes',
    'totalPositionalDeletes',
    'addedEqualityDeletes',
    'removedEqualityDeletes',
    'totalEqualityDeletes',
  ]),
  metadata: Type.Optional(anyObject),
});
