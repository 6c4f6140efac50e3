import { hash } from 'node:crypto';

/**
 * A plain projector to check results by: reads whole events one after another into sets, without batches,
 * caches, merging or SQL, and shares no code with the product. It expects names in their canonical form and
 * no partitions, as the generator and the recorded events have them.
 */
export interface ReferenceCounts {
  readonly events: number;
  readonly namespaces: number;
  readonly jobs: number;
  readonly runs: number;
  /** Runs that were told of by an event of their own, by the kind that decides their state. */
  readonly completedRuns: number;
  readonly runEvents: number;
  readonly datasets: number;
  readonly runDatasets: number;
  readonly jobDatasets: number;
  readonly schemaVersions: number;
  readonly schemaColumns: number;
  readonly datasetSchemas: number;
  readonly columnEdges: number;
  /** Sum over the rows that outputs state, the last statement of a run on a dataset. */
  readonly outputRows: number;
}

interface Field {
  readonly name: string;
  readonly type?: string | null;
  readonly description?: string | null;
  readonly fields?: readonly Field[];
}

interface InputField {
  readonly namespace: string;
  readonly name: string;
  readonly field: string;
  readonly transformations?: readonly {
    readonly type?: string;
    readonly subtype?: string;
    readonly masking?: boolean;
  }[];
}

interface Dataset {
  readonly namespace: string;
  readonly name: string;
  readonly facets?: {
    readonly schema?: { readonly fields?: readonly Field[] };
    readonly symlinks?: {
      readonly identifiers?: readonly { readonly namespace: string; readonly name: string }[];
    };
    readonly columnLineage?: {
      readonly fields?: Readonly<
        Record<string, { readonly inputFields: readonly InputField[]; readonly transformationType?: string }>
      >;
    };
  };
  readonly outputFacets?: { readonly outputStatistics?: { readonly rowCount?: number } };
}

interface Job {
  readonly namespace: string;
  readonly name: string;
}

interface Event {
  readonly eventTime: string;
  readonly eventType?: string;
  readonly run: {
    readonly runId: string;
    readonly facets?: {
      readonly parent?: {
        readonly run: { readonly runId: string };
        readonly job: Job;
        readonly root?: { readonly run: { readonly runId: string }; readonly job: Job };
      };
    };
  };
  readonly job: Job;
  readonly inputs?: readonly Dataset[];
  readonly outputs?: readonly Dataset[];
}

/** Strings are separated by this in keys; no name holds it. */
const AND = '\u0001';

export class ReferenceProjector {
  readonly #events = new Set<string>();
  readonly #namespaces = new Set<string>();
  readonly #jobs = new Set<string>();
  readonly #runs = new Set<string>();
  readonly #completed = new Set<string>();
  readonly #failed = new Set<string>();
  readonly #datasets = new Set<string>();
  readonly #runDatasets = new Set<string>();
  readonly #jobDatasets = new Set<string>();
  readonly #schemas = new Map<string, number>();
  readonly #datasetSchemas = new Set<string>();
  readonly #edges = new Set<string>();
  readonly #outputRows = new Map<string, { readonly at: number; readonly rows: number }>();

  /** Adds one run event as sent. The same bytes again change nothing. */
  add(text: string): void {
    const event = JSON.parse(text) as Event;
    const identity = `${event.run.runId}${AND}${event.eventTime}${AND}${event.eventType}${AND}${text.length}`;
    if (this.#events.has(identity)) return;
    this.#events.add(identity);
    const runId = event.run.runId.toLowerCase();
    const job = this.#job(event.job);
    this.#runs.add(runId);
    if (event.eventType === 'COMPLETE') this.#completed.add(runId);
    if (event.eventType === 'FAIL' || event.eventType === 'ABORT') this.#failed.add(runId);
    const parent = event.run.facets?.parent;
    for (const ancestor of parent ? [parent, ...(parent.root ? [parent.root] : [])] : []) {
      this.#runs.add(ancestor.run.runId.toLowerCase());
      this.#job(ancestor.job);
    }
    const at = Date.parse(event.eventTime);
    for (const input of event.inputs ?? []) this.#dataset(input, job, runId, 'input', at);
    for (const output of event.outputs ?? []) this.#dataset(output, job, runId, 'output', at);
  }

  counts(): ReferenceCounts {
    const sum = (numbers: Iterable<number>): number =>
      [...numbers].reduce((total, number) => total + number, 0);
    return {
      events: this.#events.size,
      namespaces: this.#namespaces.size,
      jobs: this.#jobs.size,
      runs: this.#runs.size,
      completedRuns: [...this.#completed].filter((run) => !this.#failed.has(run)).length,
      runEvents: this.#events.size,
      datasets: this.#datasets.size,
      runDatasets: this.#runDatasets.size,
      jobDatasets: this.#jobDatasets.size,
      schemaVersions: this.#schemas.size,
      schemaColumns: sum(this.#schemas.values()),
      datasetSchemas: this.#datasetSchemas.size,
      columnEdges: this.#edges.size,
      outputRows: sum([...this.#outputRows.values()].map(({ rows }) => rows)),
    };
  }

  #job({ namespace, name }: Job): string {
    this.#namespaces.add(namespace);
    const job = namespace + AND + name;
    this.#jobs.add(job);
    return job;
  }

  #name({ namespace, name }: { namespace: string; name: string }): string {
    this.#namespaces.add(namespace);
    const dataset = namespace + AND + name;
    this.#datasets.add(dataset);
    return dataset;
  }

  #dataset(stated: Dataset, job: string, runId: string, role: 'input' | 'output', at: number): void {
    const dataset = this.#name(stated);
    this.#runDatasets.add(runId + AND + dataset + AND + role);
    this.#jobDatasets.add(job + AND + dataset + AND + role);
    for (const other of stated.facets?.symlinks?.identifiers ?? []) this.#name(other);
    const fields = stated.facets?.schema?.fields ?? [];
    if (fields.length > 0) {
      const schema = hash('sha256', JSON.stringify(fields.map(plain)));
      this.#schemas.set(schema, countFields(fields));
      this.#datasetSchemas.add(dataset + AND + schema);
    }
    const lineage = Object.entries(stated.facets?.columnLineage?.fields ?? {});
    const content = hash(
      'sha256',
      JSON.stringify(
        lineage.map(([column, { inputFields, transformationType }]) => [
          column,
          transformationType,
          inputFields,
        ]),
      ),
    );
    for (const [column, { inputFields }] of lineage) {
      for (const input of inputFields) {
        this.#edges.add(
          hash('sha256', [job, dataset, column, this.#name(input), input.field, content].join(AND), 'base64'),
        );
      }
    }
    const rows = stated.outputFacets?.outputStatistics?.rowCount;
    const key = runId + AND + dataset;
    if (rows !== undefined && at >= (this.#outputRows.get(key)?.at ?? -Infinity))
      this.#outputRows.set(key, { at, rows });
  }
}

function plain(field: Field): unknown {
  return [field.name, field.type ?? null, field.description ?? null, (field.fields ?? []).map(plain)];
}

function countFields(fields: readonly Field[]): number {
  return fields.reduce((sum, field) => sum + 1 + countFields(field.fields ?? []), 0);
}
