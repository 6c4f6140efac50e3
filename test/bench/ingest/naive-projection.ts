import type pg from 'pg';

/**
 * The naive way to project an event: every row by a statement of its own, one transaction per event, ids
 * read back from the database, no cache, the raw event as jsonb. It is written as well as that way can be:
 * statements are prepared, facts that never change are not updated (so that namespaces are no hot rows),
 * and datasets are taken in one order. It keeps what the product keeps: the facets of jobs and datasets are
 * rows of their own (those of runs are read from the raw event, here as there), and symlinks are names.
 */
const TABLES = `
  create table if not exists event (id bigserial primary key, run_id uuid not null, event_time timestamptz not null, type text, event jsonb not null);
  create index if not exists event_run on event (run_id);
  create table if not exists namespace (id bigserial primary key, name text not null unique, created_at timestamptz not null);
  create table if not exists job (id bigserial primary key, namespace_id bigint not null references namespace, name text not null,
    type text, updated_at timestamptz not null, current_run uuid, unique (namespace_id, name));
  create table if not exists run (id uuid primary key, job_id bigint not null references job, parent_id uuid, state text, nominal_start timestamptz,
    started_at timestamptz, ended_at timestamptz, updated_at timestamptz not null, facets jsonb);
  create index if not exists run_job on run (job_id);
  create table if not exists run_state (run_id uuid not null references run, state text not null, at timestamptz not null);
  create index if not exists run_state_run on run_state (run_id);
  create table if not exists dataset (id bigserial primary key, namespace_id bigint not null references namespace, name text not null,
    updated_at timestamptz not null, current_version bigint, unique (namespace_id, name));
  create table if not exists dataset_version (id bigserial primary key, dataset_id bigint not null references dataset, hash text not null,
    run_id uuid, created_at timestamptz not null, unique (dataset_id, hash));
  create table if not exists field (id bigserial primary key, dataset_id bigint not null references dataset, name text not null, type text,
    description text, updated_at timestamptz not null, unique (dataset_id, name));
  create table if not exists version_field (version_id bigint not null references dataset_version, field_id bigint not null references field,
    primary key (version_id, field_id));
  create table if not exists run_dataset (run_id uuid not null references run, dataset_id bigint not null references dataset, output boolean not null,
    version_id bigint, facets jsonb, primary key (run_id, dataset_id, output));
  create table if not exists job_dataset (job_id bigint not null references job, dataset_id bigint not null references dataset, output boolean not null,
    updated_at timestamptz not null, primary key (job_id, dataset_id, output));
  create table if not exists column_lineage (output_field bigint not null references field, input_field bigint not null references field,
    transformation text, updated_at timestamptz not null, primary key (output_field, input_field));
  create table if not exists job_facet (job_id bigint not null references job, name text not null, run_id uuid not null,
    at timestamptz not null, body jsonb not null, primary key (job_id, name));
  create table if not exists dataset_facet (dataset_id bigint not null references dataset, name text not null, run_id uuid not null,
    at timestamptz not null, body jsonb not null, primary key (dataset_id, name));
  create table if not exists symlink (dataset_id bigint not null references dataset, other_id bigint not null references dataset,
    type text not null, primary key (dataset_id, other_id, type));
`;

type Facets = Readonly<Record<string, unknown>>;

interface NaiveField {
  readonly name: string;
  readonly type?: string;
  readonly description?: string;
}

interface NaiveDataset {
  readonly namespace: string;
  readonly name: string;
  readonly facets?: Facets & {
    readonly schema?: { readonly fields?: readonly NaiveField[] };
    readonly symlinks?: {
      readonly identifiers?: readonly {
        readonly namespace: string;
        readonly name: string;
        readonly type: string;
      }[];
    };
    readonly columnLineage?: {
      readonly fields: Readonly<
        Record<
          string,
          {
            readonly inputFields: readonly {
              readonly namespace: string;
              readonly name: string;
              readonly field: string;
              readonly transformations?: readonly { readonly subtype?: string }[];
            }[];
          }
        >
      >;
    };
  };
  readonly inputFacets?: Facets;
  readonly outputFacets?: Facets;
}

/** What the projection reads of an event. */
export interface NaiveEvent {
  readonly eventTime: string;
  readonly eventType: string;
  readonly run: {
    readonly runId: string;
    readonly facets?: {
      readonly parent?: {
        readonly run: { readonly runId: string };
        readonly job: { readonly namespace: string; readonly name: string };
      };
      readonly nominalTime?: { readonly nominalStartTime: string };
    };
  };
  readonly job: {
    readonly namespace: string;
    readonly name: string;
    readonly facets?: Facets & { readonly jobType?: { readonly jobType?: string } };
  };
  readonly inputs?: readonly NaiveDataset[];
  readonly outputs?: readonly NaiveDataset[];
}

/** Makes the tables when they are not there. */
export async function createNaiveTables(pool: pg.Pool): Promise<void> {
  await pool.query(TABLES);
}

/** Projects one event within the transaction that `client` is in; returns the number of statements. */
export async function projectNaively(
  client: pg.ClientBase,
  event: NaiveEvent,
  text: string,
): Promise<number> {
  const projection = new Projection(client, event.eventTime);
  await projection.project(event, text);
  return projection.statements;
}

class Projection {
  readonly #client: pg.ClientBase;
  readonly #at: string;
  statements = 0;

  constructor(client: pg.ClientBase, at: string) {
    this.#client = client;
    this.#at = at;
  }

  async project(event: NaiveEvent, text: string): Promise<void> {
    const { run, job, eventType } = event;
    await this.#run('event', 'insert into event (run_id, event_time, type, event) values ($1, $2, $3, $4)', [
      run.runId,
      this.#at,
      eventType,
      text,
    ]);
    const parent = run.facets?.parent;
    if (parent) {
      const parentJob = await this.#job(parent.job.namespace, parent.job.name, null);
      await this.#run(
        'stub',
        'insert into run (id, job_id, updated_at) values ($1, $2, $3) on conflict (id) do nothing',
        [parent.run.runId, parentJob, this.#at],
      );
    }
    const jobId = await this.#job(job.namespace, job.name, job.facets?.jobType?.jobType ?? null);
    const ended = eventType === 'START' || eventType === 'RUNNING' ? null : this.#at;
    await this.#run(
      'run',
      `insert into run (id, job_id, parent_id, state, nominal_start, started_at, ended_at, updated_at, facets) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
       on conflict (id) do update set job_id = excluded.job_id, state = excluded.state, parent_id = excluded.parent_id, updated_at = excluded.updated_at,
         started_at = coalesce(run.started_at, excluded.started_at), ended_at = coalesce(excluded.ended_at, run.ended_at), facets = excluded.facets`,
      [
        run.runId,
        jobId,
        parent?.run.runId ?? null,
        eventType,
        run.facets?.nominalTime?.nominalStartTime ?? null,
        ended === null ? this.#at : null,
        ended,
        this.#at,
        null,
      ],
    );
    await this.#run('state', 'insert into run_state (run_id, state, at) values ($1, $2, $3)', [
      run.runId,
      eventType,
      this.#at,
    ]);
    await this.#run('job_run', 'update job set current_run = $2 where id = $1', [jobId, run.runId]);
    for (const [name, body] of Object.entries(job.facets ?? {})) {
      await this.#run(
        'job_facet',
        `insert into job_facet (job_id, name, run_id, at, body) values ($1, $2, $3, $4, $5)
         on conflict (job_id, name) do update set run_id = excluded.run_id, at = excluded.at, body = excluded.body`,
        [jobId, name, run.runId, this.#at, JSON.stringify(body)],
      );
    }
    const fields = new Map<string, Map<string, string>>();
    for (const input of inOrder(event.inputs)) await this.#dataset(input, run.runId, jobId, false, fields);
    for (const output of inOrder(event.outputs)) await this.#dataset(output, run.runId, jobId, true, fields);
    for (const output of event.outputs ?? []) await this.#columnLineage(output, fields);
  }

  async #dataset(
    dataset: NaiveDataset,
    runId: string,
    jobId: string,
    output: boolean,
    known: Map<string, Map<string, string>>,
  ): Promise<void> {
    const namespaceId = await this.#namespace(dataset.namespace);
    const datasetId = await this.#named(namespaceId, dataset.name);
    await this.#facets(dataset, datasetId, runId);
    const columns = dataset.facets?.schema?.fields ?? [];
    const versionId = await this.#id(
      'version',
      `insert into dataset_version (dataset_id, hash, run_id, created_at) values ($1, md5($2), $3, $4)
       on conflict (dataset_id, hash) do update set run_id = excluded.run_id returning id`,
      [datasetId, JSON.stringify(columns), runId, this.#at],
    );
    const ids = new Map<string, string>();
    for (const column of columns) {
      const fieldId = await this.#id(
        'field',
        `insert into field (dataset_id, name, type, description, updated_at) values ($1, $2, $3, $4, $5)
         on conflict (dataset_id, name) do update set type = excluded.type, description = excluded.description, updated_at = excluded.updated_at returning id`,
        [datasetId, column.name, column.type ?? null, column.description ?? null, this.#at],
      );
      ids.set(column.name, fieldId);
      await this.#run(
        'version_field',
        'insert into version_field (version_id, field_id) values ($1, $2) on conflict do nothing',
        [versionId, fieldId],
      );
    }
    known.set(`${dataset.namespace}\n${dataset.name}`, ids);
    await this.#run('current', 'update dataset set current_version = $2 where id = $1', [
      datasetId,
      versionId,
    ]);
    await this.#run(
      'run_dataset',
      `insert into run_dataset (run_id, dataset_id, output, version_id, facets) values ($1, $2, $3, $4, $5)
       on conflict (run_id, dataset_id, output) do update set version_id = excluded.version_id, facets = excluded.facets`,
      [
        runId,
        datasetId,
        output,
        versionId,
        JSON.stringify((output ? dataset.outputFacets : dataset.inputFacets) ?? {}),
      ],
    );
    await this.#run(
      'job_dataset',
      'insert into job_dataset (job_id, dataset_id, output, updated_at) values ($1, $2, $3, $4) on conflict (job_id, dataset_id, output) do update set updated_at = excluded.updated_at',
      [jobId, datasetId, output, this.#at],
    );
  }

  async #facets(dataset: NaiveDataset, datasetId: string, runId: string): Promise<void> {
    for (const [name, body] of Object.entries(dataset.facets ?? {})) {
      if (name === 'schema' || name === 'columnLineage') continue; // they have tables of their own
      await this.#run(
        'dataset_facet',
        `insert into dataset_facet (dataset_id, name, run_id, at, body) values ($1, $2, $3, $4, $5)
         on conflict (dataset_id, name) do update set run_id = excluded.run_id, at = excluded.at, body = excluded.body`,
        [datasetId, name, runId, this.#at, JSON.stringify(body)],
      );
    }
    for (const { namespace, name, type } of dataset.facets?.symlinks?.identifiers ?? []) {
      const otherId = await this.#named(await this.#namespace(namespace), name);
      await this.#run(
        'symlink',
        'insert into symlink (dataset_id, other_id, type) values ($1, $2, $3) on conflict do nothing',
        [datasetId, otherId, type],
      );
    }
  }

  #named(namespaceId: string, name: string): Promise<string> {
    return this.#id(
      'dataset',
      'insert into dataset (namespace_id, name, updated_at) values ($1, $2, $3) on conflict (namespace_id, name) do update set updated_at = excluded.updated_at returning id',
      [namespaceId, name, this.#at],
    );
  }

  async #columnLineage(
    output: NaiveDataset,
    fields: ReadonlyMap<string, ReadonlyMap<string, string>>,
  ): Promise<void> {
    const outputs = fields.get(`${output.namespace}\n${output.name}`);
    for (const [column, { inputFields }] of Object.entries(output.facets?.columnLineage?.fields ?? {})) {
      for (const input of inputFields) {
        const outputField = outputs?.get(column);
        const inputField = fields.get(`${input.namespace}\n${input.name}`)?.get(input.field);
        if (outputField === undefined || inputField === undefined) continue;
        await this.#run(
          'column_lineage',
          `insert into column_lineage (output_field, input_field, transformation, updated_at) values ($1, $2, $3, $4)
           on conflict (output_field, input_field) do update set transformation = excluded.transformation, updated_at = excluded.updated_at`,
          [outputField, inputField, input.transformations?.[0]?.subtype ?? null, this.#at],
        );
      }
    }
  }

  async #job(namespace: string, name: string, type: string | null): Promise<string> {
    return this.#id(
      'job',
      `insert into job (namespace_id, name, type, updated_at) values ($1, $2, $3, $4)
       on conflict (namespace_id, name) do update set type = coalesce(excluded.type, job.type), updated_at = excluded.updated_at returning id`,
      [await this.#namespace(namespace), name, type, this.#at],
    );
  }

  async #namespace(name: string): Promise<string> {
    await this.#run(
      'namespace',
      'insert into namespace (name, created_at) values ($1, $2) on conflict (name) do nothing',
      [name, this.#at],
    );
    return this.#id('namespace_id', 'select id from namespace where name = $1', [name]);
  }

  async #id(name: string, text: string, values: readonly unknown[]): Promise<string> {
    const { rows } = await this.#run(name, text, values);
    return (rows[0] as { id: string }).id;
  }

  #run(name: string, text: string, values: readonly unknown[]): Promise<pg.QueryResult> {
    this.statements += 1;
    return this.#client.query({ name, text, values: [...values] });
  }
}

function inOrder(datasets: readonly NaiveDataset[] | undefined): NaiveDataset[] {
  return [...(datasets ?? [])].sort((a, b) =>
    `${a.namespace}\n${a.name}` < `${b.namespace}\n${b.name}` ? -1 : 1,
  );
}
