import { InputScope, OutputScope } from './dataset-scope.ts';
import { messageOf } from './errors.ts';
import type { EventType, InputDataset, Job, OutputDataset, RunEvent } from './event.ts';
import { runEvent } from './event.ts';
import type {
  JobFacet,
  JobFacets,
  ParentJob,
  ParentRun,
  RunFacet,
  RunFacets,
  StandardJobFacets,
  StandardRunFacets,
} from './facets/index.ts';
import { errorMessageRunFacet, nominalTimeRunFacet, parentRunFacet } from './facets/index.ts';
import type { Logger } from './logger.ts';

/** What `OpenLineageClient.run` needs to know. */
export interface RunOptions {
  /** The job; without a namespace, that of the client. */
  readonly job: {
    readonly namespace?: string | undefined;
    readonly name: string;
    readonly facets?: JobFacets;
  };
  readonly inputs?: readonly InputDataset[] | undefined;
  readonly outputs?: readonly OutputDataset[] | undefined;
  /** The run that this one is part of: an enclosing scope, or the identity of a run elsewhere. */
  readonly parent?: RunScope | RunIdentity | undefined;
  /** The interval of data that the run is for; the end is exclusive. Strings as ISO 8601. */
  readonly nominalTime?:
    | { readonly start: Date | string; readonly end?: Date | string | undefined }
    | undefined;
  /** Default: a new UUIDv7. */
  readonly runId?: string | undefined;
  readonly facets?: RunFacets | undefined;
}

/** The identity of a run, as a parent facet names it. */
export interface RunIdentity {
  readonly run: ParentRun;
  readonly job: ParentJob;
  /** The run at the top of the tree; default: the parent itself. */
  readonly root?: { readonly run: ParentRun; readonly job: ParentJob } | undefined;
}

/** What a run takes from its client. */
export interface RunContext {
  readonly emit: (event: RunEvent) => Promise<void>;
  readonly strict: boolean;
  readonly logger: Logger;
  readonly producer: string;
  readonly namespace: string;
  readonly clock: () => Date;
  readonly uuid: () => string;
}

/** One run while it runs: gathers datasets and facets; each event carries all that is known by then. */
export class RunScope {
  readonly runId: string;
  readonly #context: RunContext;
  readonly #job: { readonly namespace: string; readonly name: string };
  readonly #root: RunIdentity['root'];
  readonly #inputs = new Map<string, InputScope>();
  readonly #outputs = new Map<string, OutputScope>();
  #runFacets: RunFacets;
  #jobFacets: JobFacets;

  constructor(options: RunOptions, context: RunContext) {
    this.#context = context;
    this.runId = options.runId ?? context.uuid();
    this.#job = { namespace: options.job.namespace ?? context.namespace, name: options.job.name };
    this.#jobFacets = { ...options.job.facets };
    // Not instanceof: the scope may come from this package's other build.
    const parent =
      options.parent !== undefined && 'identity' in options.parent ? options.parent.identity : options.parent;
    this.#root = parent === undefined ? undefined : (parent.root ?? { run: parent.run, job: parent.job });
    this.#runFacets = { ...this.#standardFacets(options, parent), ...options.facets };
    for (const input of options.inputs ?? []) this.input(input);
    for (const output of options.outputs ?? []) this.output(output);
  }

  /** What a child states as its parent. */
  get identity(): RunIdentity {
    return { run: { runId: this.runId }, job: this.job, root: this.#root };
  }

  get job(): { readonly namespace: string; readonly name: string } {
    return this.#job;
  }

  /** The dataset as something this run reads; the same scope when it is named again. */
  input(dataset: InputDataset): InputScope {
    return scopeOf(this.#inputs, dataset, () => new InputScope(dataset, this.#context.producer));
  }

  /** The dataset as something this run writes; the same scope when it is named again. */
  output(dataset: OutputDataset): OutputScope {
    return scopeOf(this.#outputs, dataset, () => new OutputScope(dataset, this.#context.producer));
  }

  /** Sets a run facet for the events to come. */
  facet<K extends keyof StandardRunFacets>(key: K, facet: NonNullable<StandardRunFacets[K]>): this;
  facet(key: string, facet: RunFacet): this;
  facet(key: string, facet: RunFacet): this {
    this.#runFacets = { ...this.#runFacets, [key]: facet };
    return this;
  }

  /** Sets a job facet for the events to come. */
  jobFacet<K extends keyof StandardJobFacets>(key: K, facet: NonNullable<StandardJobFacets[K]>): this;
  jobFacet(key: string, facet: JobFacet): this;
  jobFacet(key: string, facet: JobFacet): this {
    this.#jobFacets = { ...this.#jobFacets, [key]: facet };
    return this;
  }

  /** Sends what is known by now, as a RUNNING event unless told otherwise. */
  async report(eventType: EventType = 'RUNNING'): Promise<void> {
    await this.#context.emit(this.#event(eventType));
  }

  #event(eventType: EventType): RunEvent {
    const { producer, clock } = this.#context;
    const job: Job =
      Object.keys(this.#jobFacets).length === 0 ? this.job : { ...this.job, facets: this.#jobFacets };
    return runEvent({
      eventType,
      eventTime: clock(),
      producer,
      run:
        Object.keys(this.#runFacets).length === 0
          ? { runId: this.runId }
          : { runId: this.runId, facets: this.#runFacets },
      job,
      inputs: [...this.#inputs.values()].map((input) => input.toInput()),
      outputs: [...this.#outputs.values()].map((output) => output.toOutput()),
    });
  }

  /** Sends START. Waits for its delivery only when the client is strict: work should not wait for a report. */
  async start(): Promise<void> {
    const { emit, strict } = this.#context;
    const sent = emit(this.#event('START'));
    if (strict) await sent;
  }

  /** Sends FAIL with the error. Never throws, so that the error itself stays the one to see. */
  async fail(error: unknown): Promise<void> {
    const stackTrace = stackOf(error);
    this.facet(
      'errorMessage',
      errorMessageRunFacet(
        {
          message: messageOf(error),
          programmingLanguage: 'JAVASCRIPT',
          ...(stackTrace === undefined ? {} : { stackTrace }),
        },
        this.#context.producer,
      ),
    );
    try {
      await this.report('FAIL');
    } catch (lost) {
      this.#context.logger.warn(`The FAIL event of run ${this.runId} was lost: ${messageOf(lost)}`);
    }
  }

  #standardFacets(options: RunOptions, parent: RunIdentity | undefined): RunFacets {
    const { producer } = this.#context;
    const { nominalTime } = options;
    const end = nominalTime?.end;
    return {
      ...(parent === undefined || this.#root === undefined
        ? {}
        : { parent: parentRunFacet({ run: parent.run, job: parent.job, root: this.#root }, producer) }),
      ...(nominalTime === undefined
        ? {}
        : {
            nominalTime: nominalTimeRunFacet(
              {
                nominalStartTime: isoTime(nominalTime.start),
                ...(end === undefined ? {} : { nominalEndTime: isoTime(end) }),
              },
              producer,
            ),
          }),
    };
  }
}

/** START, the body, then COMPLETE, or FAIL and the body's own error. */
export async function executeRun<T>(run: RunScope, body: (run: RunScope) => T | Promise<T>): Promise<T> {
  await run.start();
  let result: T;
  try {
    result = await body(run);
  } catch (error) {
    await run.fail(error);
    throw error;
  }
  await run.report('COMPLETE');
  return result;
}

function scopeOf<S>(scopes: Map<string, S>, dataset: { namespace: string; name: string }, make: () => S): S {
  const key = JSON.stringify([dataset.namespace, dataset.name]);
  const known = scopes.get(key);
  if (known !== undefined) return known;
  const made = make();
  scopes.set(key, made);
  return made;
}

function isoTime(time: Date | string): string {
  return typeof time === 'string' ? time : time.toISOString();
}

/** The stack with those of the causes below it. */
function stackOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const cause = error.cause === undefined || error.cause === error ? undefined : stackOf(error.cause);
  const own = error.stack ?? error.message;
  return cause === undefined ? own : `${own}\nCaused by: ${cause}`;
}
