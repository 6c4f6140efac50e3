import type {
  DatasetFacets,
  InputDatasetFacets,
  JobFacets,
  OutputDatasetFacets,
  RunFacets,
} from './facets/index.ts';
import { DEFAULT_PRODUCER } from './version.ts';

/** State transition that a run event reports. COMPLETE, ABORT and FAIL end a run. */
export type EventType = 'START' | 'RUNNING' | 'COMPLETE' | 'ABORT' | 'FAIL' | 'OTHER';

/** One execution of a job. */
export interface Run {
  /** A UUID, made by the producer; see `generateNewUuid`. */
  readonly runId: string;
  readonly facets?: RunFacets;
}

/** A recurring piece of work. */
export interface Job {
  readonly namespace: string;
  readonly name: string;
  readonly facets?: JobFacets;
}

/** A dataset; see `naming` for the namespaces and names of each platform. */
export interface Dataset {
  readonly namespace: string;
  readonly name: string;
  readonly facets?: DatasetFacets;
}

/** A dataset as a run reads it. */
export interface InputDataset extends Dataset {
  readonly inputFacets?: InputDatasetFacets;
}

/** A dataset as a run writes it. */
export interface OutputDataset extends Dataset {
  readonly outputFacets?: OutputDatasetFacets;
}

/** What every event carries. */
export interface BaseEvent {
  /** ISO 8601 time with offset. */
  readonly eventTime: string;
  /** URI of the code that sends the event. */
  readonly producer: string;
  readonly schemaURL: string;
}

/** What happened in a run. Events of one run accumulate. */
export interface RunEvent extends BaseEvent {
  readonly eventType?: EventType;
  readonly run: Run;
  readonly job: Job;
  readonly inputs?: readonly InputDataset[];
  readonly outputs?: readonly OutputDataset[];
}

/** Facts about a dataset, apart from any run. */
export interface DatasetEvent extends BaseEvent {
  readonly dataset: Dataset;
  readonly run?: never;
  readonly job?: never;
}

/** Facts about a job, apart from any run. */
export interface JobEvent extends BaseEvent {
  readonly job: Job;
  readonly run?: never;
  readonly inputs?: readonly InputDataset[];
  readonly outputs?: readonly OutputDataset[];
}

/** Any OpenLineage event. */
export type OpenLineageEvent = RunEvent | DatasetEvent | JobEvent;

/** An event without the fields that its constructor can fill in. */
export type EventFields<E extends BaseEvent> = Omit<E, keyof BaseEvent> & {
  /** Default: now. */
  readonly eventTime?: string | Date;
  /** Default: this package. */
  readonly producer?: string;
};

const CORE_SCHEMA = 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/';

/** Makes a run event, filling `eventTime`, `producer` and `schemaURL`. */
export function runEvent(fields: EventFields<RunEvent>): RunEvent {
  return { ...fields, ...base(fields, 'RunEvent') };
}

/** Makes a dataset event, filling `eventTime`, `producer` and `schemaURL`. */
export function datasetEvent(fields: EventFields<DatasetEvent>): DatasetEvent {
  return { ...fields, ...base(fields, 'DatasetEvent') };
}

/** Makes a job event, filling `eventTime`, `producer` and `schemaURL`. */
export function jobEvent(fields: EventFields<JobEvent>): JobEvent {
  return { ...fields, ...base(fields, 'JobEvent') };
}

/** True for an event that has a run. */
export function isRunEvent(event: OpenLineageEvent): event is RunEvent {
  return 'run' in event && event.run !== undefined;
}

function base(fields: { eventTime?: string | Date; producer?: string }, definition: string): BaseEvent {
  const time = fields.eventTime ?? new Date();
  return {
    eventTime: typeof time === 'string' ? time : time.toISOString(),
    producer: fields.producer ?? DEFAULT_PRODUCER,
    schemaURL: CORE_SCHEMA + definition,
  };
}
