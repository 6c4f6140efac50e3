import type { InputDatasetFacet, JobFacet, OutputDatasetFacet, RunFacet } from './base.ts';
import { standardFacet } from './base.ts';

/** Where on Google Dataproc the run was executed (registry `gcp/dataproc`). */
export interface GcpDataprocRunFacet extends RunFacet {
  /** Application id that the resource manager gave. */
  readonly appId: string;
  readonly appName: string;
  readonly projectId: string;
  /** Only for serverless batches. */
  readonly batchId?: string;
  readonly batchUuid?: string;
  /** Only for workloads on a cluster. */
  readonly clusterName?: string;
  readonly clusterUuid?: string;
  readonly jobId?: string;
  readonly jobUuid?: string;
  /** Only for serverless interactive sessions. */
  readonly sessionId?: string;
  readonly sessionUuid?: string;
  /** Query node of the Spark plan that was executed. */
  readonly queryNodeName?: string;
  /** Job on a cluster, batch or session. */
  readonly jobType?: string;
}

/** The DAG run of Google Composer that this run is (registry `gcp/composer`). */
export interface GcpComposerRunFacet extends RunFacet {
  readonly dagRunId: string;
}

/** The DAG or task of Google Composer that this job is (registry `gcp/composer`). */
export interface GcpComposerJobFacet extends JobFacet {
  readonly environmentName: string;
  readonly dagId: string;
  readonly airflowVersion: string;
  readonly composerVersion: string;
  /** Only for tasks: class of the operator. */
  readonly operator?: string;
  /** Only for tasks. */
  readonly taskId?: string;
}

/** How Google's lineage service should show the job (registry `gcp/lineage`). */
export interface GcpLineageJobFacet extends JobFacet {
  readonly displayName?: string;
  readonly origin?: {
    /** `CUSTOM`, `COMPOSER`, `DATAPROC`, … */
    readonly sourceType?: string;
    /** Resource name of the system that reports, unless `CUSTOM`. */
    readonly name?: string;
  };
}

/** What planning a scan of an Iceberg table took; counts of files and manifests. */
export interface IcebergScanMetrics {
  /** Milliseconds. */
  readonly totalPlanningDuration?: number;
  readonly resultDataFiles?: number;
  readonly resultDeleteFiles?: number;
  readonly totalDataManifests?: number;
  readonly totalDeleteManifests?: number;
  readonly scannedDataManifests?: number;
  readonly scannedDeleteManifests?: number;
  readonly skippedDataManifests?: number;
  readonly skippedDeleteManifests?: number;
  readonly skippedDataFiles?: number;
  readonly skippedDeleteFiles?: number;
  /** Bytes. */
  readonly totalFileSizeInBytes?: number;
  /** Bytes. */
  readonly totalDeleteFileSizeInBytes?: number;
  readonly indexedDeleteFiles?: number;
  readonly equalityDeleteFiles?: number;
  readonly positionalDeleteFiles?: number;
}

/**
 * How an Iceberg table was scanned (registry `iceberg`). Snapshot ids have 64 bits: beyond 2⁵³ a JavaScript
 * number does not hold them exactly, so state the exact one in the `version` facet.
 */
export interface IcebergScanReportInputDatasetFacet extends InputDatasetFacet {
  readonly snapshotId?: number;
  readonly filterDescription?: string;
  readonly schemaId?: number;
  readonly projectedFieldNames?: readonly string[];
  readonly scanMetrics?: IcebergScanMetrics;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** What a commit did to an Iceberg table; counts of files, records and deletes. */
export interface IcebergCommitMetrics {
  /** Milliseconds. */
  readonly totalDuration?: number;
  readonly attempts?: number;
  readonly addedDataFiles?: number;
  readonly removedDataFiles?: number;
  readonly totalDataFiles?: number;
  readonly addedDeleteFiles?: number;
  readonly addedEqualityDeleteFiles?: number;
  readonly addedPositionalDeleteFiles?: number;
  /** Deletion vectors. */
  readonly addedDVs?: number;
  readonly removedDeleteFiles?: number;
  readonly removedEqualityDeleteFiles?: number;
  readonly removedPositionalDeleteFiles?: number;
  readonly removedDVs?: number;
  readonly totalDeleteFiles?: number;
  readonly addedRecords?: number;
  readonly removedRecords?: number;
  readonly totalRecords?: number;
  /** Bytes. */
  readonly addedFilesSizeInBytes?: number;
  /** Bytes. */
  readonly removedFilesSizeInBytes?: number;
  /** Bytes. */
  readonly totalFilesSizeInBytes?: number;
  readonly addedPositionalDeletes?: number;
  readonly removedPositionalDeletes?: number;
  readonly totalPositionalDeletes?: number;
  readonly addedEqualityDeletes?: number;
  readonly removedEqualityDeletes?: number;
  readonly totalEqualityDeletes?: number;
}

/** What was committed to an Iceberg table (registry `iceberg`); for `snapshotId` see the scan report. */
export interface IcebergCommitReportOutputDatasetFacet extends OutputDatasetFacet {
  readonly snapshotId?: number;
  readonly sequenceNumber?: number;
  /** `append`, `overwrite`, `replace` or `delete`. */
  readonly operation?: string;
  readonly commitMetrics?: IcebergCommitMetrics;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

export const gcpDataprocRunFacet = standardFacet<GcpDataprocRunFacet>('GcpDataprocRunFacet', '1-0-0');
export const gcpComposerRunFacet = standardFacet<GcpComposerRunFacet>('GcpComposerRunFacet', '1-0-0');
export const gcpComposerJobFacet = standardFacet<GcpComposerJobFacet>('GcpComposerJobFacet', '1-0-0');
export const gcpLineageJobFacet = standardFacet<GcpLineageJobFacet>('GcpLineageJobFacet', '1-0-0');
export const icebergScanReportInputDatasetFacet = standardFacet<IcebergScanReportInputDatasetFacet>(
  'IcebergScanReportInputDatasetFacet',
  '1-0-1',
);
export const icebergCommitReportOutputDatasetFacet = standardFacet<IcebergCommitReportOutputDatasetFacet>(
  'IcebergCommitReportOutputDatasetFacet',
  '1-0-2',
);
