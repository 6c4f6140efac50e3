import assert from 'node:assert/strict';
import { delimiter, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { airflowDagRunId, airflowTaskRunId } from 'openlineage-client';
import { scratchFolder } from '#test/support/assay-process.ts';
import { missingOf, pythonPart } from '#test/support/installed-parts.ts';
import { landOrders, LANDED } from '#test/support/landed-orders.ts';
import { runProgram, type ProgramResult } from '#test/support/run-program.ts';
import { spark } from '#test/support/spark-submit.ts';
import { listeningAssay, storedAll, type ListeningAssay } from '#test/support/stored-lineage.ts';

// Airflow with its OpenLineage provider runs airflow/dags/medallion_daily.py, which submits a program to Spark;
// the provider tells Spark its parent and where to send events.

const FOLDER = join(import.meta.dirname, 'airflow');
const DAY = '2026-01-01';

const airflow = pythonPart('test/real/airflow/requirements.txt');
const options = { skip: missingOf(airflow, spark) };

test('Airflow: a DAG that submits a pipeline to Spark', options, async (t) => {
  const folder = scratchFolder(t);
  landOrders(folder);
  const assay = await listeningAssay(t);
  const { code, output } = await runDag(t, assay, 'medallion', [folder, '{{ ds }}']);
  assert.equal(code, 0, output);
  await t.test('all that Airflow and Spark sent is stored', () => storedAll(assay));

  await t.test(
    'queries hang below the application, it below the task, and all below the run of the DAG',
    async () => {
      const runs = await assay.runs();
      const chain = runs
        .filter(({ namespace, job }) => namespace === 'airflow' || job === 'medallion')
        .map(({ namespace, job, state, parent, root }) => [namespace, job, state, parent, root]);
      assert.deepEqual(chain, [
        ['airflow', 'medallion_daily', 'COMPLETED', null, null],
        ['airflow', 'medallion_daily.land', 'COMPLETED', 'medallion_daily', 'medallion_daily'],
        ['airflow', 'medallion_daily.submit', 'COMPLETED', 'medallion_daily', 'medallion_daily'],
        ['spark', 'medallion', 'COMPLETED', 'medallion_daily.submit', 'medallion_daily'],
      ]);
      const queries = runs.filter(({ namespace, job }) => namespace === 'spark' && job !== 'medallion');
      assert.deepEqual(
        [...new Set(queries.map(({ parent, root }) => `${parent} ${root}`))],
        ['medallion medallion_daily'],
      );
      assert.equal(queries.filter(({ job }) => job.endsWith('gold_revenue')).length, 1);
    },
  );

  await t.test('the runs of Airflow have the ids that anyone can compute', async () => {
    const ids = new Map((await assay.runs()).map(({ job, id }) => [job, id]));
    const dag = { namespace: 'airflow', dagId: 'medallion_daily', logicalDate: `${DAY}T00:00:00+00:00` };
    assert.equal(ids.get('medallion_daily'), airflowDagRunId(dag));
    const submit = { ...dag, taskId: 'submit', tryNumber: 1 };
    assert.equal(ids.get('medallion_daily.submit'), airflowTaskRunId(submit));
  });

  await t.test('the interval of the DAG is known for it and its tasks', async () => {
    const intervals = (await assay.runs())
      .filter(({ namespace }) => namespace === 'airflow')
      .map(({ nominalStart }) => nominalStart);
    assert.deepEqual(
      intervals,
      [1, 2, 3].map(() => `${DAY}T00:00:00Z`),
    );
  });

  await t.test('nothing below the run of the DAG is bad or open', async () => {
    assert.equal(await assay.worst('medallion_daily'), 'COMPLETED medallion_daily');
  });

  await t.test('gold of that day is there with its rows', async () => {
    const { id } = await assay.dataset(`${folder}/gold/revenue`);
    const { points } = (await assay.get(`/api/v2/datasets/${id}/series`)) as {
      points: { partition: string; value: number | null }[];
    };
    assert.deepEqual(
      points.map(({ partition, value }) => [partition, value]),
      [[`dt=${DAY}`, LANDED.find(({ day }) => day === DAY)?.countries]],
    );
  });
});

for (const goesOn of [false, true]) {
  const name = goesOn ? 'a query of Spark fails, and the program goes on' : 'the Spark program fails';
  test(`Airflow: a DAG in which ${name}`, options, async (t) => {
    const folder = scratchFolder(t);
    const assay = await listeningAssay(t);
    const { output } = await runDag(t, assay, 'failing', goesOn ? [folder, 'partial'] : [folder]);
    await t.test('all that Airflow and Spark sent is stored', () => storedAll(assay));
    const runs = await assay.runs();
    const chain = runs
      .filter(({ namespace, job }) => namespace === 'airflow' || job === 'failing' || job.endsWith('_broken'))
      .map(({ job, state, parent }) => [job.replace(/^.*_(?=broken)/, ''), state, parent]);
    assert.deepEqual(
      chain,
      [
        ['medallion_daily', goesOn ? 'COMPLETED' : 'FAILED', null],
        ['medallion_daily.land', 'COMPLETED', 'medallion_daily'],
        ['medallion_daily.submit', goesOn ? 'COMPLETED' : 'FAILED', 'medallion_daily'],
        // The application says so of itself whatever happens.
        ['failing', 'COMPLETED', 'medallion_daily.submit'],
        ['broken', 'FAILED', 'failing'],
      ],
      output,
    );
    if (goesOn) assert.match(await assay.worst('medallion_daily'), /^FAILED failing\..*_broken$/);
    const submit = runs.find(({ job }) => job === 'medallion_daily.submit');
    assert.match(submit?.error ?? 'none', goesOn ? /^none$/ : /Cannot execute.*spark-submit/s);
  });
}

/** Runs the DAG once for the day, in an Airflow of its own on SQLite. */
async function runDag(
  t: TestContext,
  assay: ListeningAssay,
  program: string,
  args: readonly string[],
): Promise<ProgramResult> {
  const home = scratchFolder(t);
  const env = {
    ...spark.env,
    PATH: [join(spark.home, 'bin'), airflow.bin, process.env['PATH']].join(delimiter),
    AIRFLOW_HOME: home,
    AIRFLOW__CORE__DAGS_FOLDER: join(FOLDER, 'dags'),
    AIRFLOW__CORE__LOAD_EXAMPLES: 'False',
    AIRFLOW__OPENLINEAGE__TRANSPORT: JSON.stringify({ type: 'http', url: assay.url }),
    AIRFLOW__OPENLINEAGE__NAMESPACE: 'airflow',
    AIRFLOW__OPENLINEAGE__SPARK_INJECT_PARENT_JOB_INFO: 'True',
    AIRFLOW__OPENLINEAGE__SPARK_INJECT_TRANSPORT_INFO: 'True',
    AIRFLOW_CONN_SPARK_DEFAULT: JSON.stringify({ conn_type: 'spark', host: 'local[2]' }),
    ASSAY_PROGRAM: program,
    ASSAY_PROGRAMS: join(import.meta.dirname, 'spark'),
    ASSAY_ARGUMENTS: JSON.stringify(args),
    ASSAY_JARS: spark.openlineageJar,
    PYTHONDONTWRITEBYTECODE: '1',
  };
  const command = join(airflow.bin, 'airflow');
  const migrated = await runProgram(command, ['db', 'migrate'], { env, cwd: home });
  assert.equal(migrated.code, 0, migrated.output);
  return runProgram(command, ['dags', 'test', 'medallion_daily', DAY], { env, cwd: home });
}
