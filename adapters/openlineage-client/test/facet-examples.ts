import * as client from '../src/index.ts';
import type { BaseFacet } from '../src/index.ts';

export const JOB = { namespace: 'etl', name: 'orders.load' };
export const RUN = { runId: '018cc251-f400-717f-9d98-c0f82845ea48' };
const FIELD = {
  namespace: 's3://lake',
  name: 'orders',
  field: 'amount',
  transformations: [{ type: 'DIRECT', subtype: 'IDENTITY', description: 'as it is', masking: false }],
};
const INPUT = { type: 'DATASET', namespace: 's3://lake', name: 'orders', field: 'id' } as const;
const METRICS = {
  rowCount: 3,
  bytes: 120,
  fileCount: 1,
  lastUpdated: '2026-01-01T00:00:00Z',
  columnMetrics: {
    id: { nullCount: 0, distinctCount: 3, sum: 6, count: 3, min: 1, max: 3, quantiles: { '0.5': 2 } },
  },
};
const TEST = {
  name: 'not_null',
  severity: 'error',
  type: 'dbt',
  expected: '0',
  actual: '1',
  content: 'x',
  params: {},
};

/** One full example of every standard facet, by the constructor that made it. */
export const EXAMPLES: Readonly<Record<string, { key: string; facet: BaseFacet }>> = {
  nominalTimeRunFacet: {
    key: 'nominalTime',
    facet: client.nominalTimeRunFacet({
      nominalStartTime: '2026-01-01T00:00:00Z',
      nominalEndTime: '2026-01-02T00:00:00Z',
    }),
  },
  parentRunFacet: {
    key: 'parent',
    facet: client.parentRunFacet({ run: RUN, job: JOB, root: { run: RUN, job: JOB } }),
  },
  errorMessageRunFacet: {
    key: 'errorMessage',
    facet: client.errorMessageRunFacet({
      message: 'no',
      programmingLanguage: 'JAVASCRIPT',
      stackTrace: 'at x',
    }),
  },
  processingEngineRunFacet: {
    key: 'processing_engine',
    facet: client.processingEngineRunFacet({
      version: '3.5',
      name: 'spark',
      openlineageAdapterVersion: '1.52.0',
    }),
  },
  externalQueryRunFacet: {
    key: 'externalQuery',
    facet: client.externalQueryRunFacet({ externalQueryId: 'q1', source: 'bigquery' }),
  },
  extractionErrorRunFacet: {
    key: 'extractionError',
    facet: client.extractionErrorRunFacet({
      totalTasks: 2,
      failedTasks: 1,
      errors: [{ errorMessage: 'parse', stackTrace: 'at x', task: 'select', taskNumber: 1 }],
    }),
  },
  environmentVariablesRunFacet: {
    key: 'environmentVariables',
    facet: client.environmentVariablesRunFacet({ environmentVariables: [{ name: 'A', value: 'b' }] }),
  },
  executionParametersRunFacet: {
    key: 'executionParameters',
    facet: client.executionParametersRunFacet({
      parameters: [{ key: 'day', name: 'Day', description: 'd', value: '1' }],
    }),
  },
  jobDependenciesRunFacet: {
    key: 'jobDependencies',
    facet: client.jobDependenciesRunFacet({
      upstream: [{ job: JOB, run: RUN, dependency_type: 'DIRECT_INVOCATION' }],
      downstream: [
        { job: JOB, sequence_trigger_rule: 'FINISH_TO_START', status_trigger_rule: 'EXECUTE_ON_SUCCESS' },
      ],
      trigger_rule: 'ALL_SUCCESS',
    }),
  },
  tagsRunFacet: {
    key: 'tags',
    facet: client.tagsRunFacet({ tags: [{ key: 'a', value: 'b', source: 'USER' }] }),
  },
  testRunFacet: { key: 'test', facet: client.testRunFacet({ tests: [{ ...TEST, status: 'fail' }] }) },
  jobTypeJobFacet: {
    key: 'jobType',
    facet: client.jobTypeJobFacet({
      processingType: 'BATCH',
      integration: 'SPARK',
      jobType: 'JOB',
      emissionPattern: { eventTrigger: 'PERIODIC', eventContentMode: 'ACCUMULATIVE', windowDuration: 60 },
    }),
  },
  sqlJobFacet: { key: 'sql', facet: client.sqlJobFacet({ query: 'select 1', dialect: 'starrocks' }) },
  sourceCodeJobFacet: {
    key: 'sourceCode',
    facet: client.sourceCodeJobFacet({ language: 'typescript', sourceCode: 'export {}' }),
  },
  sourceCodeLocationJobFacet: {
    key: 'sourceCodeLocation',
    facet: client.sourceCodeLocationJobFacet({
      type: 'git',
      url: 'https://example.com/etl/blob/main/load.ts',
      repoUrl: 'https://example.com/etl',
      path: 'load.ts',
      version: 'abc',
      tag: 'v1',
      branch: 'main',
      pullRequestNumber: '7',
    }),
  },
  documentationJobFacet: {
    key: 'documentation',
    facet: client.documentationJobFacet({ description: 'Loads orders', contentType: 'text/plain' }),
  },
  ownershipJobFacet: {
    key: 'ownership',
    facet: client.ownershipJobFacet({ owners: [{ name: 'team:checkout', type: 'OWNER' }] }),
  },
  tagsJobFacet: { key: 'tags', facet: client.tagsJobFacet({ tags: [{ key: 'a', value: 'b' }] }) },
  lineageJobFacet: {
    key: 'lineage',
    facet: client.lineageJobFacet({
      entries: [
        { ...INPUT, inputs: [INPUT, { type: 'JOB' }], fields: { id: { inputs: [INPUT] } } },
        { type: 'JOB', inputs: [] },
      ],
    }),
  },
  schemaDatasetFacet: {
    key: 'schema',
    facet: client.schemaDatasetFacet({
      fields: [
        { name: 'id', type: 'bigint', description: 'key', ordinal_position: 1, fields: [{ name: 'x' }] },
      ],
    }),
  },
  datasourceDatasetFacet: {
    key: 'dataSource',
    facet: client.datasourceDatasetFacet({ name: 'lake', uri: 's3://lake' }),
  },
  datasetVersionDatasetFacet: {
    key: 'version',
    facet: client.datasetVersionDatasetFacet({ datasetVersion: '17' }),
  },
  datasetTypeDatasetFacet: {
    key: 'datasetType',
    facet: client.datasetTypeDatasetFacet({ datasetType: 'VIEW', subType: 'MATERIALIZED' }),
  },
  storageDatasetFacet: {
    key: 'storage',
    facet: client.storageDatasetFacet({ storageLayer: 'iceberg', fileFormat: 'parquet' }),
  },
  catalogDatasetFacet: {
    key: 'catalog',
    facet: client.catalogDatasetFacet({
      framework: 'iceberg',
      type: 'rest',
      name: 'prod',
      metadataUri: 'http://catalog',
      warehouseUri: 's3://lake',
      source: 'spark',
      catalogProperties: { a: 'b' },
    }),
  },
  hierarchyDatasetFacet: {
    key: 'hierarchy',
    facet: client.hierarchyDatasetFacet({ hierarchy: [{ type: 'DATABASE', name: 'shop' }] }),
  },
  symlinksDatasetFacet: {
    key: 'symlinks',
    facet: client.symlinksDatasetFacet({
      identifiers: [{ namespace: 'hive://ms:9083', name: 'shop.orders', type: 'TABLE' }],
    }),
  },
  lifecycleStateChangeDatasetFacet: {
    key: 'lifecycleStateChange',
    facet: client.lifecycleStateChangeDatasetFacet({
      lifecycleStateChange: 'RENAME',
      previousIdentifier: { namespace: 's3://lake', name: 'old' },
    }),
  },
  ownershipDatasetFacet: {
    key: 'ownership',
    facet: client.ownershipDatasetFacet({ owners: [{ name: 'team:checkout' }], _deleted: false }),
  },
  documentationDatasetFacet: {
    key: 'documentation',
    facet: client.documentationDatasetFacet({ description: 'Orders', contentType: 'text/markdown' }),
  },
  tagsDatasetFacet: {
    key: 'tags',
    facet: client.tagsDatasetFacet({ tags: [{ key: 'pii', value: 'true', field: 'email', source: 'USER' }] }),
  },
  columnLineageDatasetFacet: {
    key: 'columnLineage',
    facet: client.columnLineageDatasetFacet({
      fields: { amount: { inputFields: [FIELD] } },
      dataset: [FIELD],
    }),
  },
  lineageDatasetFacet: {
    key: 'lineage',
    facet: client.lineageDatasetFacet({ inputs: [INPUT], fields: { id: { inputs: [INPUT] } } }),
  },
  dataQualityMetricsDatasetFacet: {
    key: 'dataQualityMetrics',
    facet: client.dataQualityMetricsDatasetFacet(METRICS),
  },
  dataQualityMetricsInputDatasetFacet: {
    key: 'dataQualityMetrics',
    facet: client.dataQualityMetricsInputDatasetFacet(METRICS),
  },
  dataQualityAssertionsDatasetFacet: {
    key: 'dataQualityAssertions',
    facet: client.dataQualityAssertionsDatasetFacet({
      assertions: [{ ...TEST, assertion: 'not_null', success: false, column: 'id', description: 'd' }],
    }),
  },
  inputStatisticsInputDatasetFacet: {
    key: 'inputStatistics',
    facet: client.inputStatisticsInputDatasetFacet({ rowCount: 0, size: 0, fileCount: 0 }),
  },
  outputStatisticsOutputDatasetFacet: {
    key: 'outputStatistics',
    facet: client.outputStatisticsOutputDatasetFacet({ rowCount: 5, size: 50, fileCount: 1 }),
  },
  inputSubsetInputDatasetFacet: {
    key: 'subset',
    facet: client.inputSubsetInputDatasetFacet({
      inputCondition: {
        type: 'binary',
        operator: 'AND',
        left: { type: 'location', locations: ['s3://lake/orders/dt=2026-01-01'] },
        right: {
          type: 'compare',
          comparison: 'EQUAL',
          left: { type: 'field', field: 'country' },
          right: { type: 'literal', value: 'PL' },
        },
      },
    }),
  },
  gcpDataprocRunFacet: {
    key: 'gcp_dataproc',
    facet: client.gcpDataprocRunFacet({
      appId: 'application_1_1',
      appName: 'orders',
      projectId: 'shop',
      batchId: 'b',
      batchUuid: 'bu',
      clusterName: 'c',
      clusterUuid: 'cu',
      jobId: 'j',
      jobUuid: 'ju',
      sessionId: 's',
      sessionUuid: 'su',
      queryNodeName: 'insert',
      jobType: 'batch',
    }),
  },
  gcpComposerRunFacet: {
    key: 'gcp_composer_run',
    facet: client.gcpComposerRunFacet({ dagRunId: 'scheduled__2026-01-01' }),
  },
  gcpComposerJobFacet: {
    key: 'gcp_composer_job',
    facet: client.gcpComposerJobFacet({
      environmentName: 'prod',
      dagId: 'orders',
      airflowVersion: '2.10.5+composer',
      composerVersion: '3',
      operator: 'PythonOperator',
      taskId: 'load',
    }),
  },
  gcpLineageJobFacet: {
    key: 'gcp_lineage',
    facet: client.gcpLineageJobFacet({
      displayName: 'Orders',
      origin: { sourceType: 'CUSTOM', name: 'loader' },
    }),
  },
  icebergScanReportInputDatasetFacet: {
    key: 'icebergScanReport',
    facet: client.icebergScanReportInputDatasetFacet({
      snapshotId: 1,
      filterDescription: 'dt = 1',
      schemaId: 0,
      projectedFieldNames: ['id'],
      scanMetrics: { totalPlanningDuration: 12, resultDataFiles: 3, skippedDataFiles: 9 },
      metadata: { engine: 'spark' },
    }),
  },
  icebergCommitReportOutputDatasetFacet: {
    key: 'icebergCommitReport',
    facet: client.icebergCommitReportOutputDatasetFacet({
      snapshotId: 2,
      sequenceNumber: 7,
      operation: 'append',
      commitMetrics: { totalDuration: 40, attempts: 1, addedRecords: 5, totalRecords: 50 },
      metadata: { engine: 'spark' },
    }),
  },
  outputSubsetOutputDatasetFacet: {
    key: 'subset',
    facet: client.outputSubsetOutputDatasetFacet({
      outputCondition: {
        type: 'partition',
        partitions: [{ identifier: 'a', dimensions: { dt: '2026-01-01' } }],
      },
    }),
  },
};
