import type { JobFacet } from './base.ts';
import { standardFacet } from './base.ts';
import type { LineageJobFacet } from './lineage.ts';
import type { GcpComposerJobFacet, GcpLineageJobFacet } from './registry.ts';
import type { Tag } from './run.ts';

/** What kind of job this is, and how its events come. */
export interface JobTypeJobFacet extends JobFacet {
  /** `BATCH`, `STREAMING` or `SERVICE`. */
  readonly processingType: string;
  /** The integration, e.g. `SPARK`, `AIRFLOW`, `DBT`. */
  readonly integration: string;
  /** The kind within the integration, e.g. `DAG`, `TASK`, `QUERY`. */
  readonly jobType?: string;
  readonly emissionPattern?: {
    /** `EVENT_BASED` or `PERIODIC`. */
    readonly eventTrigger: string;
    /** `ACCUMULATIVE` or `COMPLETE_SNAPSHOT`. */
    readonly eventContentMode: string;
    /** Seconds. */
    readonly windowDuration?: number;
  };
}

/** The SQL text of the job. */
export interface SQLJobFacet extends JobFacet {
  readonly query: string;
  readonly dialect?: string;
}

/** The source text of the job. */
export interface SourceCodeJobFacet extends JobFacet {
  readonly language: string;
  readonly sourceCode: string;
}

/** Where the source of the job lives. */
export interface SourceCodeLocationJobFacet extends JobFacet {
  readonly type: string;
  readonly url: string;
  readonly repoUrl?: string;
  readonly path?: string;
  readonly version?: string;
  readonly tag?: string;
  readonly branch?: string;
  readonly pullRequestNumber?: string;
}

/** Description of the job. */
export interface DocumentationJobFacet extends JobFacet {
  readonly description: string;
  readonly contentType?: string;
}

/** A person or team that owns a job or dataset, e.g. `team:checkout`. */
export interface Owner {
  readonly name: string;
  readonly type?: string;
}

/** Owners of the job. */
export interface OwnershipJobFacet extends JobFacet {
  readonly owners?: readonly Owner[];
}

/** Tags of the job. */
export interface TagsJobFacet extends JobFacet {
  readonly tags?: readonly Tag[];
}

/** The standard and registry job facets under their keys in `job.facets`. */
export interface StandardJobFacets {
  readonly jobType?: JobTypeJobFacet;
  readonly sql?: SQLJobFacet;
  readonly sourceCode?: SourceCodeJobFacet;
  readonly sourceCodeLocation?: SourceCodeLocationJobFacet;
  readonly documentation?: DocumentationJobFacet;
  readonly ownership?: OwnershipJobFacet;
  readonly tags?: TagsJobFacet;
  readonly lineage?: LineageJobFacet;
  readonly gcp_composer_job?: GcpComposerJobFacet;
  readonly gcp_lineage?: GcpLineageJobFacet;
}

/** `job.facets`: the standard facets and any custom one. */
export type JobFacets = StandardJobFacets & { readonly [key: string]: JobFacet | undefined };

export const jobTypeJobFacet = standardFacet<JobTypeJobFacet>('JobTypeJobFacet', '2-0-4');
export const sqlJobFacet = standardFacet<SQLJobFacet>('SQLJobFacet', '1-1-0');
export const sourceCodeJobFacet = standardFacet<SourceCodeJobFacet>('SourceCodeJobFacet', '1-0-1');
export const sourceCodeLocationJobFacet = standardFacet<SourceCodeLocationJobFacet>(
  'SourceCodeLocationJobFacet',
  '1-1-0',
);
export const documentationJobFacet = standardFacet<DocumentationJobFacet>('DocumentationJobFacet', '1-1-0');
export const ownershipJobFacet = standardFacet<OwnershipJobFacet>('OwnershipJobFacet', '1-0-1');
export const tagsJobFacet = standardFacet<TagsJobFacet>('TagsJobFacet', '1-0-0');
