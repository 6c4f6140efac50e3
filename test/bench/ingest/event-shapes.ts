import { seededRandom } from '../statistics.ts';

/**
 * The shapes of the generated events, after what Airflow's provider and the Spark integration send: their
 * facet names, schema URLs and nesting; the content is invented.
 *
 * What differs from event to event stands as a placeholder of the final width, so that an event is made by
 * overwriting bytes in a rendered template.
 */
export const PLACEHOLDERS = {
  /** Universe: part of every name, so that other digits make every job, dataset and schema a new one. */
  universe: '@@unive@',
  runId: '@@run-id@@@@@@@@@@@@@@@@@@@@@@@@@@@@',
  parentRunId: '@@parent-run-id@@@@@@@@@@@@@@@@@@@@@',
  eventTime: '@@event-time@@@@@@@@@@@@@@@',
} as const;

export type Size = 'small' | 'medium' | 'large';

/** A dataset of the universe; its columns follow from it wherever it is named. */
export interface DatasetShape {
  readonly size: Size;
  readonly index: number;
}

/** A job of the universe with all that it reads and writes. */
export interface JobShape {
  readonly size: Size;
  readonly index: number;
  /** The DAG or application that it belongs to. */
  readonly group: number;
  readonly inputs: readonly DatasetShape[];
  readonly output: DatasetShape;
}

export const COLUMNS: Readonly<Record<Size, number>> = { small: 8, medium: 30, large: 200 };

const AIRFLOW = 'https://github.com/apache/airflow/tree/providers-openlineage/2.7.1';
const SPARK = 'https://github.com/OpenLineage/OpenLineage/tree/1.40.1/integration/spark';
const SPEC = 'https://openlineage.io/spec';
const facetUrl = (version: string, name: string): string =>
  `${SPEC}/facets/${version}/${name}.json#/$defs/${name}`;

const SUBJECTS =
  'order customer payment shipment invoice product basket session ticket campaign refund supplier warehouse price coupon return visit device contract meter'.split(
    ' ',
  );
const ASPECTS =
  'daily hourly latest history enriched cleaned joined summary snapshot detail ranked scored merged audit delta archive'.split(
    ' ',
  );
const WORDS =
  'amount status country currency channel quantity created updated region segment total discount margin weight carrier source target score level reason origin batch locale browser campaign vendor brand colour grade stock delay tax method token tariff'.split(
    ' ',
  );
const TYPES = ['string', 'long', 'integer', 'double', 'timestamp', 'date', 'boolean', 'decimal(18,4)'];

const pick = <T>(from: readonly T[], random: () => number): T =>
  from[Math.floor(random() * from.length)] as T;
const hex = (digits: number, random: () => number): string =>
  Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');
const number = (index: number): string => String(index).padStart(5, '0');

interface Column {
  readonly name: string;
  readonly type: string;
  readonly description?: string;
}

/** Columns of a dataset; the first one carries the universe, so that a new universe has new schemas. */
function columnsOf(dataset: DatasetShape): Column[] {
  const random = seededRandom(dataset.index * 4 + COLUMNS[dataset.size]);
  return Array.from({ length: COLUMNS[dataset.size] }, (_, index) => {
    if (index === 0) return { name: `id_${PLACEHOLDERS.universe}`, type: 'long' };
    const name = `${pick(WORDS, random)}_${pick(WORDS, random)}_${index}`;
    const description =
      random() < 0.16
        ? {
            description: `The ${pick(ASPECTS, random)} ${pick(WORDS, random)} of a ${pick(SUBJECTS, random)}`,
          }
        : {};
    return { name, type: pick(TYPES, random), ...description };
  });
}

function identify(dataset: DatasetShape): { namespace: string; name: string } {
  const random = seededRandom(dataset.index * 4 + 3);
  const table = `${pick(SUBJECTS, random)}_${pick(ASPECTS, random)}_${number(dataset.index)}_${PLACEHOLDERS.universe}`;
  const place = pick(['lake-raw', 'lake-refined', 'lake-serving', 'lake-sandbox'], random);
  return dataset.size === 'small'
    ? { namespace: 'postgres://warehouse.internal:5432', name: `dwh.${pick(SUBJECTS, random)}.${table}` }
    : { namespace: `s3://${place}`, name: `${pick(SUBJECTS, random)}/${table}` };
}

const schemaFacet = (dataset: DatasetShape, producer: string): object => ({
  _producer: producer,
  _schemaURL: facetUrl('1-1-1', 'SchemaDatasetFacet'),
  fields: columnsOf(dataset),
});

const jobTypeFacet = (producer: string, integration: string, jobType: string): object => ({
  _producer: producer,
  _schemaURL: facetUrl('2-0-3', 'JobTypeJobFacet'),
  processingType: 'BATCH',
  integration,
  jobType,
});

const parentFacet = (producer: string, namespace: string, name: string): object => ({
  _producer: producer,
  _schemaURL: facetUrl('1-0-1', 'ParentRunFacet'),
  run: { runId: PLACEHOLDERS.parentRunId },
  job: { namespace, name },
});

const engineFacet = (producer: string, name: string, version: string, adapter: string): object => ({
  _producer: producer,
  _schemaURL: facetUrl('1-1-1', 'ProcessingEngineRunFacet'),
  version,
  name,
  openlineageAdapterVersion: adapter,
});

const envelope = (eventType: string, producer: string): object => ({
  eventTime: PLACEHOLDERS.eventTime,
  producer,
  schemaURL: `${SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent`,
  eventType,
});

/** A task of a DAG: START without datasets, COMPLETE with its output. About 4.3 KB. */
export function airflowEvent(job: JobShape, eventType: 'START' | 'COMPLETE'): object {
  const random = seededRandom(job.index * 8 + 1);
  const dag = `${pick(SUBJECTS, random)}_${pick(ASPECTS, random)}_${number(job.group)}_${PLACEHOLDERS.universe}`;
  const task = `${pick(['load', 'build', 'check', 'export', 'copy'], random)}_${pick(SUBJECTS, random)}_${number(job.index)}`;
  const complete = eventType === 'COMPLETE';
  const log = `http://airflow.internal:8080/dags/${dag}/runs/scheduled/tasks/${task}?token=${hex(24, random)}`;
  const output = {
    ...identify(job.output),
    facets: { schema: schemaFacet(job.output, AIRFLOW) },
  };
  return {
    ...envelope(eventType, AIRFLOW),
    run: {
      runId: PLACEHOLDERS.runId,
      facets: {
        nominalTime: {
          _producer: AIRFLOW,
          _schemaURL: facetUrl('1-0-1', 'NominalTimeRunFacet'),
          nominalStartTime: '2026-11-20T00:00:00Z',
          nominalEndTime: '2026-11-21T00:00:00Z',
        },
        parent: parentFacet(AIRFLOW, 'airflow', dag),
        processing_engine: engineFacet(AIRFLOW, 'Airflow', '3.1.0', '2.7.1'),
        airflow: {
          _producer: AIRFLOW,
          _schemaURL: `${SPEC}/2-0-2/OpenLineage.json#/$defs/RunFacet`,
          dag: {
            dag_id: dag,
            fileloc: `/opt/airflow/dags/${pick(SUBJECTS, random)}/${dag}.py`,
            owner: pick(SUBJECTS, random),
            start_date: '2025-01-01T00:00:00+00:00',
            tags: `['${pick(WORDS, random)}', '${pick(WORDS, random)}']`,
            timetable: { delta: 86400 },
          },
          dagRun: {
            dag_id: dag,
            run_id: 'scheduled__2026-11-20T00:00:00+00:00',
            run_type: 'scheduled',
            external_trigger: false,
            data_interval_start: '2026-11-20T00:00:00+00:00',
            data_interval_end: '2026-11-21T00:00:00+00:00',
            conf: {},
          },
          task: {
            task_id: task,
            operator_class: 'SQLExecuteQueryOperator',
            operator_class_path: 'airflow.providers.common.sql.operators.sql.SQLExecuteQueryOperator',
            owner: pick(SUBJECTS, random),
            queue: 'default',
            retries: Math.floor(random() * 4),
            trigger_rule: 'all_success',
            upstream_task_ids: `['${pick(WORDS, random)}_${hex(6, random)}']`,
            downstream_task_ids: `['${pick(WORDS, random)}_${hex(6, random)}']`,
            priority_weight: 1,
            wait_for_downstream: false,
            depends_on_past: false,
            mapped: false,
            multiple_outputs: false,
          },
          taskInstance: {
            try_number: 1,
            pool: 'default_pool',
            queued_dttm: PLACEHOLDERS.eventTime,
            log_url: log,
            ...(complete && { duration: Math.round(random() * 9e5) / 1000 }),
          },
          taskUuid: PLACEHOLDERS.runId,
        },
      },
    },
    job: {
      namespace: 'airflow',
      name: `${dag}.${task}`,
      facets: {
        jobType: jobTypeFacet(AIRFLOW, 'AIRFLOW', 'TASK'),
        ownership: {
          _producer: AIRFLOW,
          _schemaURL: facetUrl('1-0-1', 'OwnershipJobFacet'),
          owners: [{ name: `team:${pick(SUBJECTS, random)}`, type: 'MAINTAINER' }],
        },
        sql: {
          _producer: AIRFLOW,
          _schemaURL: facetUrl('1-0-1', 'SQLJobFacet'),
          query: sqlText(job, complete ? 4 : 13, random),
        },
      },
    },
    inputs: [],
    outputs: complete ? [output] : [],
  };
}

function sqlText(job: JobShape, terms: number, random: () => number): string {
  const columns = Array.from(
    { length: terms },
    () =>
      `  coalesce(t.${pick(WORDS, random)}_${pick(WORDS, random)}, ${Math.floor(random() * 1e4)}) as ${pick(WORDS, random)}_${hex(4, random)}`,
  );
  return `insert into ${identify(job.output).name}\nselect\n${columns.join(',\n')}\nfrom staging.${pick(SUBJECTS, random)}_${hex(6, random)} t\nwhere t.${pick(WORDS, random)} > ${Math.floor(random() * 1e6)}`;
}

/** A Spark SQL job's COMPLETE: schemas of all datasets, column lineage, statistics; large ones with their plan. */
export function sparkEvent(job: JobShape): object {
  const random = seededRandom(job.index * 8 + 2);
  const application = `${pick(SUBJECTS, random)}_${pick(ASPECTS, random)}_app_${number(job.group)}_${PLACEHOLDERS.universe}`;
  const plan =
    job.size === 'large'
      ? {
          'spark.logicalPlan': {
            _producer: SPARK,
            _schemaURL: `${SPEC}/2-0-2/OpenLineage.json#/$defs/RunFacet`,
            plan: logicalPlan(job, random),
          },
        }
      : {};
  return {
    ...envelope('COMPLETE', SPARK),
    run: {
      runId: PLACEHOLDERS.runId,
      facets: {
        parent: parentFacet(SPARK, 'spark', application),
        processing_engine: engineFacet(SPARK, 'spark', '3.5.6', '1.40.1'),
        spark_properties: {
          _producer: SPARK,
          _schemaURL: `${SPEC}/2-0-2/OpenLineage.json#/$defs/RunFacet`,
          properties: {
            'spark.master': 'yarn',
            'spark.app.name': application,
            'spark.executor.memory': `${1 + Math.floor(random() * 16)}g`,
            'spark.sql.shuffle.partitions': String(Math.floor(random() * 2000)),
          },
        },
        ...plan,
      },
    },
    job: {
      namespace: 'spark',
      name: `${application}.execute_insert_into_hadoop_fs_relation_command.${number(job.index)}`,
      facets: { jobType: jobTypeFacet(SPARK, 'SPARK', 'SQL_JOB') },
    },
    inputs: job.inputs.map((input) => sparkDataset(input, { inputFacets: inputStatistics(random) })),
    outputs: [
      sparkDataset(job.output, { outputFacets: outputStatistics(random) }, columnLineage(job, random)),
    ],
  };
}

function sparkDataset(dataset: DatasetShape, own: object, more: object = {}): object {
  const { namespace, name } = identify(dataset);
  return {
    namespace,
    name,
    facets: {
      dataSource: {
        _producer: SPARK,
        _schemaURL: facetUrl('1-0-1', 'DatasourceDatasetFacet'),
        name: namespace,
        uri: namespace,
      },
      schema: schemaFacet(dataset, SPARK),
      symlinks: {
        _producer: SPARK,
        _schemaURL: facetUrl('1-0-1', 'SymlinksDatasetFacet'),
        identifiers: [
          { namespace: 'hive://metastore.internal:9083', name: name.replace('/', '.'), type: 'TABLE' },
        ],
      },
      ...more,
    },
    ...own,
  };
}

const inputStatistics = (random: () => number): object => ({
  inputStatistics: {
    _producer: SPARK,
    _schemaURL: facetUrl('1-0-0', 'InputStatisticsInputDatasetFacet'),
    size: Math.floor(random() * 1e10),
    fileCount: Math.floor(random() * 500),
  },
});

const outputStatistics = (random: () => number): object => ({
  outputStatistics: {
    _producer: SPARK,
    _schemaURL: facetUrl('1-0-2', 'OutputStatisticsOutputDatasetFacet'),
    rowCount: Math.floor(random() * 1e8),
    size: Math.floor(random() * 1e10),
    fileCount: Math.floor(random() * 500),
  },
});

function columnLineage(job: JobShape, random: () => number): object {
  const inputs = job.inputs.map((input) => ({ ...identify(input), columns: columnsOf(input) }));
  const most = job.size === 'large' ? 2 : 1;
  const fields = columnsOf(job.output).map(({ name }) => {
    const inputFields = Array.from({ length: 1 + Math.floor(random() * most) }, () => {
      const { namespace, name, columns } = pick(inputs, random);
      return {
        namespace,
        name,
        field: pick(columns, random).name,
        transformations: [
          {
            type: 'DIRECT',
            subtype: pick(['IDENTITY', 'TRANSFORMATION', 'AGGREGATION'], random),
            description: '',
            masking: false,
          },
        ],
      };
    });
    return [name, { inputFields }];
  });
  return {
    columnLineage: {
      _producer: SPARK,
      _schemaURL: facetUrl('1-2-0', 'ColumnLineageDatasetFacet'),
      fields: Object.fromEntries(fields),
    },
  };
}

/** The plan as a list of nodes in prefix order, as Spark serialises its trees. */
function logicalPlan(job: JobShape, random: () => number): object[] {
  const expressions = job.inputs.flatMap((input) => columnsOf(input)).slice(0, 300);
  return expressions.map((column, index) => ({
    class: `org.apache.spark.sql.catalyst.expressions.${pick(['AttributeReference', 'Alias', 'Cast', 'Coalesce'], random)}`,
    'num-children': index % 3,
    name: column.name,
    dataType: column.type,
    nullable: random() < 0.8,
    metadata: {},
    exprId: {
      'product-class': 'org.apache.spark.sql.catalyst.expressions.ExprId',
      id: Math.floor(random() * 1e6),
      jvmId: `${hex(8, random)}-${hex(4, random)}-${hex(4, random)}-${hex(4, random)}-${hex(12, random)}`,
    },
    qualifier: [],
  }));
}
