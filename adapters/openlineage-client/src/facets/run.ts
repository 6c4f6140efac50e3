import type { JobFacet, RunFacet } from './base.ts';
import { standardFacet } from './base.ts';
import type { GcpComposerRunFacet, GcpDataprocRunFacet } from './registry.ts';

/** Data interval the run is for; the end is exclusive. ISO 8601 times. */
export interface NominalTimeRunFacet extends RunFacet {
  readonly nominalStartTime: string;
  readonly nominalEndTime?: string;
}

/** Identity of a run as the parent facet holds it; forwarded facets are allowed since 1-2-0. */
export interface ParentRun {
  readonly runId: string;
  readonly facets?: Readonly<Record<string, RunFacet>>;
}

/** Identity of a job as the parent facet holds it; forwarded facets are allowed since 1-2-0. */
export interface ParentJob {
  readonly namespace: string;
  readonly name: string;
  readonly facets?: Readonly<Record<string, JobFacet>>;
}

/** The run that started this one, and the run at the top of the tree. */
export interface ParentRunFacet extends RunFacet {
  readonly run: ParentRun;
  readonly job: ParentJob;
  readonly root?: { readonly run: ParentRun; readonly job: ParentJob };
}

/** Why a run failed. */
export interface ErrorMessageRunFacet extends RunFacet {
  readonly message: string;
  readonly programmingLanguage: string;
  readonly stackTrace?: string;
}

/** Engine that executed the run. */
export interface ProcessingEngineRunFacet extends RunFacet {
  readonly version: string;
  readonly name?: string;
  readonly openlineageAdapterVersion?: string;
}

/** Identifier of the query in the system that ran it. */
export interface ExternalQueryRunFacet extends RunFacet {
  readonly externalQueryId: string;
  readonly source: string;
}

/** One failure to extract lineage. */
export interface ExtractionErrorEntry {
  readonly errorMessage: string;
  readonly stackTrace?: string;
  readonly task?: string;
  readonly taskNumber?: number;
}

/** Lineage that could not be extracted. */
export interface ExtractionErrorRunFacet extends RunFacet {
  readonly totalTasks: number;
  readonly failedTasks: number;
  readonly errors: readonly ExtractionErrorEntry[];
}

/** Chosen environment variables of the run. */
export interface EnvironmentVariablesRunFacet extends RunFacet {
  readonly environmentVariables: readonly { readonly name: string; readonly value: string }[];
}

/** One parameter of an execution. */
export interface ExecutionParameter {
  readonly key: string;
  readonly name?: string;
  readonly description?: string;
  readonly value?: string;
}

/** Parameters the run was started with. */
export interface ExecutionParametersRunFacet extends RunFacet {
  readonly parameters?: readonly ExecutionParameter[];
}

/** One control-flow dependency between jobs. */
export interface JobDependency {
  readonly job: { readonly namespace: string; readonly name: string };
  readonly run?: { readonly runId: string };
  readonly dependency_type?: string;
  readonly sequence_trigger_rule?: string;
  readonly status_trigger_rule?: string;
}

/** Control-flow dependencies of the run. */
export interface JobDependenciesRunFacet extends RunFacet {
  readonly upstream?: readonly JobDependency[];
  readonly downstream?: readonly JobDependency[];
  readonly trigger_rule?: string;
}

/** A tag of a run or job. */
export interface Tag {
  readonly key: string;
  readonly value: string;
  readonly source?: string;
}

/** Tags of the run. */
export interface TagsRunFacet extends RunFacet {
  readonly tags?: readonly Tag[];
}

/** One test executed by the run. */
export interface TestExecution {
  readonly name: string;
  /** `pass`, `fail` or `skip`. */
  readonly status: string;
  /** `error` or `warn`. */
  readonly severity?: string;
  readonly type?: string;
  readonly description?: string;
  readonly expected?: string;
  readonly actual?: string;
  readonly content?: string;
  readonly contentType?: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

/** Tests executed by the run. */
export interface TestRunFacet extends RunFacet {
  readonly tests: readonly TestExecution[];
}

/** The standard and registry run facets under their keys in `run.facets`. */
export interface StandardRunFacets {
  readonly nominalTime?: NominalTimeRunFacet;
  readonly parent?: ParentRunFacet;
  readonly errorMessage?: ErrorMessageRunFacet;
  readonly processing_engine?: ProcessingEngineRunFacet;
  readonly externalQuery?: ExternalQueryRunFacet;
  readonly extractionError?: ExtractionErrorRunFacet;
  readonly environmentVariables?: EnvironmentVariablesRunFacet;
  readonly executionParameters?: ExecutionParametersRunFacet;
  readonly jobDependencies?: JobDependenciesRunFacet;
  readonly tags?: TagsRunFacet;
  readonly test?: TestRunFacet;
  readonly gcp_dataproc?: GcpDataprocRunFacet;
  readonly gcp_composer_run?: GcpComposerRunFacet;
}

/** `run.facets`: the standard facets and any custom one. */
export type RunFacets = StandardRunFacets & { readonly [key: string]: RunFacet | undefined };

export const nominalTimeRunFacet = standardFacet<NominalTimeRunFacet>('NominalTimeRunFacet', '1-0-1');
export const parentRunFacet = standardFacet<ParentRunFacet>('ParentRunFacet', '1-2-0');
export const errorMessageRunFacet = standardFacet<ErrorMessageRunFacet>('ErrorMessageRunFacet', '1-0-1');
export const processingEngineRunFacet = standardFacet<ProcessingEngineRunFacet>(
  'ProcessingEngineRunFacet',
  '1-1-1',
);
export const externalQueryRunFacet = standardFacet<ExternalQueryRunFacet>('ExternalQueryRunFacet', '1-0-2');
export const extractionErrorRunFacet = standardFacet<ExtractionErrorRunFacet>(
  'ExtractionErrorRunFacet',
  '1-1-2',
);
export const environmentVariablesRunFacet = standardFacet<EnvironmentVariablesRunFacet>(
  'EnvironmentVariablesRunFacet',
  '1-0-0',
);
export const executionParametersRunFacet = standardFacet<ExecutionParametersRunFacet>(
  'ExecutionParametersRunFacet',
  '1-0-0',
);
export const jobDependenciesRunFacet = standardFacet<JobDependenciesRunFacet>(
  'JobDependenciesRunFacet',
  '1-0-1',
);
export const tagsRunFacet = standardFacet<TagsRunFacet>('TagsRunFacet', '1-0-0');
export const testRunFacet = standardFacet<TestRunFacet>('TestRunFacet', '1-0-1');
