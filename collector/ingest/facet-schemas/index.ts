import { AnyFacet } from './base.ts';
import * as dataset from './dataset.ts';
import * as io from './input-output.ts';
import * as job from './job.ts';
import * as lineage from './lineage.ts';
import * as run from './run.ts';

export { AnyFacet };

/** Where a facet stands in an event. */
export type FacetPlace = 'run' | 'job' | 'dataset' | 'input' | 'output';

const quality = { dataQualityAssertions: io.QualityAssertions } as const;

/**
 * Every standard facet by its place and key, with the facets of the official registry (Iceberg, GCP). They
 * accept and refuse the same documents as the official JSON schemas (tested). Producers put assertions
 * and metrics where the spec does not have them too; there they are held to the same schema.
 */
export const FACET_SCHEMAS = {
  run: {
    nominalTime: run.NominalTime,
    parent: run.Parent,
    errorMessage: run.ErrorMessage,
    processing_engine: run.ProcessingEngine,
    externalQuery: run.ExternalQuery,
    extractionError: run.ExtractionError,
    environmentVariables: run.EnvironmentVariables,
    executionParameters: run.ExecutionParameters,
    jobDependencies: run.JobDependencies,
    tags: run.RunTags,
    test: run.TestRun,
    gcp_dataproc: run.GcpDataproc,
    gcp_composer_run: run.GcpComposerRun,
  },
  job: {
    jobType: job.JobType,
    sql: job.Sql,
    sourceCode: job.SourceCode,
    sourceCodeLocation: job.SourceCodeLocation,
    documentation: job.Documentation,
    ownership: job.Ownership,
    tags: job.JobTags,
    lineage: lineage.JobLineage,
    gcp_composer_job: job.GcpComposerJob,
    gcp_lineage: job.GcpLineage,
  },
  dataset: {
    schema: dataset.Schema,
    dataSource: dataset.DataSource,
    version: dataset.Version,
    datasetType: dataset.DatasetType,
    storage: dataset.Storage,
    catalog: dataset.Catalog,
    hierarchy: dataset.Hierarchy,
    symlinks: dataset.Symlinks,
    lifecycleStateChange: dataset.LifecycleStateChange,
    ownership: job.Ownership,
    documentation: job.Documentation,
    tags: dataset.DatasetTags,
    columnLineage: lineage.ColumnLineage,
    lineage: lineage.DatasetLineage,
    dataQualityMetrics: io.DatasetQualityMetrics,
    ...quality,
  },
  input: {
    inputStatistics: io.Statistics,
    dataQualityMetrics: io.InputQualityMetrics,
    subset: io.InputSubset,
    icebergScanReport: io.IcebergScanReport,
    ...quality,
  },
  output: {
    outputStatistics: io.Statistics,
    dataQualityMetrics: io.InputQualityMetrics,
    subset: io.OutputSubset,
    icebergCommitReport: io.IcebergCommitReport,
    ...quality,
  },
} as const satisfies Readonly<Record<FacetPlace, Readonly<Record<string, object>>>>;
