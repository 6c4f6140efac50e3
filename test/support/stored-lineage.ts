import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { runAssay, scratchFolder, startAssay } from './assay-process.ts';
import { emptyDatabase } from './database.ts';
import { queryOnce } from './embedded-process.ts';
import { recordingProxy, type RecordingProxy, type Trouble } from './recording-proxy.ts';

/** A running Assay behind a recording proxy, and what it stored. */
export interface ListeningAssay extends RecordingProxy {
  /** Rebuilds what is stored from the raw events. */
  replay(): Promise<void>;
  runs(): Promise<StoredRun[]>;
  /** What runs said of datasets, in the order of job, role and dataset. */
  mentions(): Promise<StoredMention[]>;
  columnEdges(): Promise<string[]>;
  /** Facets that were not understood. */
  warnings(): Promise<{ facet: string; reason: string }[]>;
  events(): Promise<number>;
  quarantined(): Promise<number>;
  get(path: string): Promise<unknown>;
  /** A dataset as the API shows it; there must be one of that name. */
  dataset(name: string): Promise<ShownDataset>;
  /** The worst state of the newest run of a job and of all below it, and the job that is in it: `FAILED query`. */
  worst(job: string): Promise<string>;
  /** `input -> output by job`, sorted, for all that the API's lineage of a dataset reaches. */
  edges(dataset: string): Promise<string[]>;
}

export interface ShownDataset {
  readonly id: string;
  readonly namespace: string;
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: string | null }[];
  readonly dropped: boolean;
}

export interface StoredRun {
  readonly id: string;
  readonly namespace: string;
  readonly job: string;
  readonly state: string;
  readonly attempts: number;
  readonly conflicting: boolean;
  readonly startMissing: boolean;
  readonly events: number;
  /** The parent's and the root's job. */
  readonly parent: string | null;
  readonly root: string | null;
  /** ISO 8601, or null. */
  readonly nominalStart: string | null;
  readonly error: string | null;
}

export interface StoredMention {
  readonly job: string;
  readonly role: 'input' | 'output';
  readonly namespace: string;
  readonly dataset: string;
  readonly partition: string;
  readonly version: string | null;
  /** Value and source of each fact. */
  readonly statistics: Readonly<Record<string, readonly [value: number, source: string]>>;
}

/** Starts Assay as a process on a database of its own, with a recording proxy before it. */
export async function listeningAssay(
  t: TestContext,
  trouble?: (number: number, body: string) => Trouble,
): Promise<ListeningAssay> {
  const database = await emptyDatabase(t);
  const environment = { DATABASE_URL: database, ASSAY_DATA_DIR: scratchFolder(t) };
  const assay = await startAssay(t, environment);
  const proxy = await recordingProxy(t, assay.url, trouble);
  const rows = async <T>(text: string): Promise<T[]> => (await queryOnce(database, text)) as T[];
  const count = async (table: string): Promise<number> =>
    Number((await rows<{ count: string }>(`select count(*) from ${table}`))[0]?.count);
  const get = async (path: string): Promise<unknown> => {
    const response = await fetch(new URL(path, assay.url));
    if (!response.ok) throw new Error(`${path} was answered ${response.status}: ${await response.text()}`);
    return response.json();
  };
  return {
    ...proxy,
    async replay() {
      const { code, stderr } = await runAssay(['replay'], environment, environment.ASSAY_DATA_DIR);
      assert.equal(code, 0, stderr);
    },
    runs: () => rows<StoredRun>(RUNS),
    mentions: () => rows<StoredMention>(MENTIONS),
    async columnEdges() {
      return (await rows<{ edge: string }>(COLUMN_EDGES)).map(({ edge }) => edge);
    },
    warnings: () => rows('select producer, facet, reason, pointer, events from assay_model.facet_warning'),
    events: () => count('assay.raw_event'),
    quarantined: () => count('assay.quarantine'),
    get,
    async dataset(name) {
      const { items } = (await get(`/api/v2/datasets?name=${encodeURIComponent(name)}`)) as {
        items: { id: string }[];
      };
      if (items.length !== 1) throw new Error(`${items.length} datasets are called ${name}`);
      return (await get(`/api/v2/datasets/${items[0]?.id}`)) as ShownDataset;
    },
    async worst(job) {
      const runs = await rows<StoredRun>(RUNS);
      const id = runs.findLast((run) => run.job === job)?.id;
      const { worst } = (await get(`/api/v2/runs/${id}`)) as { worst: { state: string; runId: string } };
      return `${worst.state} ${runs.find((run) => run.id === worst.runId)?.job}`;
    },
    async edges(dataset) {
      const answer = (await get(`/api/v2/lineage?dataset=${encodeURIComponent(dataset)}`)) as {
        datasets: { id: string; name: string }[];
        edges: { input: string; output: string; job: string }[];
      };
      const names = new Map(answer.datasets.map(({ id, name }) => [id, name]));
      return answer.edges
        .map(({ input, output, job }) => `${names.get(input)} -> ${names.get(output)} by ${job}`)
        .sort();
    },
  };
}

/** All that was sent was acknowledged, is stored once and was understood; what follows from it can be rebuilt. */
export async function storedAll(assay: ListeningAssay): Promise<void> {
  assert.ok(assay.exchanges.length > 0, 'events were sent');
  assert.deepEqual([...new Set(assay.exchanges.map(({ status }) => status))], [201]);
  assert.equal(await assay.events(), new Set(assay.exchanges.map(({ body }) => body)).size);
  assert.equal(await assay.quarantined(), 0);
  assert.deepEqual(
    (await assay.warnings()).map(({ facet, reason }) => `${facet}: ${reason}`),
    [],
  );
  const stored = async () => [await assay.runs(), await assay.mentions(), await assay.columnEdges()];
  const live = await stored();
  await assay.replay();
  assert.deepEqual(await stored(), live);
}

const RUNS = `
  select r.id, n.name as namespace, j.name as job, r.state, r.attempts, r.conflicting, r.start_missing as "startMissing",
         r.event_count as events, pj.name as parent, rj.name as root,
         to_char(r.nominal_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "nominalStart",
         coalesce(to_jsonb(r) #>> '{error,message}', to_jsonb(r) #>> '{facts,errorMessage,value,message}') as error
    from assay_model.run r
    join assay_model.job j on j.id = r.job_id
    join assay_model.namespace n on n.id = j.namespace_id
    left join assay_model.run p on p.id = r.parent_run_id
    left join assay_model.job pj on pj.id = p.job_id
    left join assay_model.run o on o.id = r.root_run_id
    left join assay_model.job rj on rj.id = o.job_id
   order by n.name, j.name, r.first_key`;

const MENTIONS = `
  select j.name as job, case rd.role when 0 then 'input' else 'output' end as role, n.name as namespace,
         d.name as dataset, rd.partition, rd.version,
         (select coalesce(jsonb_object_agg(key, jsonb_build_array(value->0, coalesce(value->>1,
                   case rd.role when 0 then 'input_statistics' else 'output_statistics' end))), '{}')
            from jsonb_each(rd.statistics)) as statistics
    from assay_model.run_dataset rd
    join assay_model.run r on r.id = rd.run_id
    join assay_model.job j on j.id = r.job_id
    join assay_model.dataset d on d.id = rd.dataset_id
    join assay_model.namespace n on n.id = d.namespace_id
   order by r.first_key, rd.role, d.name, rd.partition`;

const COLUMN_EDGES = `
  select distinct format('%s.%s -> %s.%s %s', i.name, e.input_column, o.name, e.output_column,
           (select string_agg(format('%s:%s%s', t->>'type', t->>'subtype', case when (t->>'masking')::boolean then ' masked' else '' end), ', ')
              from jsonb_array_elements(e.transformations) t)) as edge
    from assay_model.column_edge e
    join assay_model.dataset i on i.id = e.input_dataset_id
    join assay_model.dataset o on o.id = e.output_dataset_id
   order by 1`;
