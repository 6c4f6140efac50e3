import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';
import { ROUTES, stage, testWarehouse } from '#test/adapters/postgres/warehouse.ts';
import { CONTRACT, served } from '#test/gate/gate.ts';
import { scratchFolder, startAssay } from '#test/support/assay-process.ts';
import { emptyDatabase } from '#test/support/database.ts';
import { pythonPart, type PythonPart } from '#test/support/installed-parts.ts';
import { runProgram, type ProgramResult } from '#test/support/run-program.ts';

// Real Airflows, 3 and 2, run the operator and the sensor of adapters/airflow against a live gate, which publishes to
// a PostgreSQL of its own.

const ADAPTER = join(import.meta.dirname, '../../adapters/airflow');
const AIRFLOWS = [
  {
    name: 'Airflow 3',
    part: pythonPart('test/real/airflow/requirements.txt'),
    linkKey: '_link_AssayDecisionLink',
  },
  {
    name: 'Airflow 2',
    part: pythonPart('test/real/airflow-2/requirements.txt'),
    linkKey: 'assay_decision_url',
  },
] as const;

interface TaskRow {
  readonly task: string;
  readonly state: string | null;
  readonly tries: number;
}

interface TaskArguments {
  readonly task_id: string;
}

interface Airflow {
  /** Runs a DAG of these tasks. */
  run(dag: string, tasks: readonly object[], address: string): Promise<ProgramResult>;
  /** Runs the first of the tasks again in the DAG's run, as after it was cleared. */
  again(dag: string, tasks: readonly TaskArguments[], address: string): Promise<ProgramResult>;
  tasks(dag: string): TaskRow[];
  xcom(task: string, key?: string): unknown;
}

async function startAirflow(t: TestContext, airflow: PythonPart): Promise<Airflow> {
  const home = scratchFolder(t);
  const environment = {
    AIRFLOW_HOME: home,
    AIRFLOW__CORE__DAGS_FOLDER: join(import.meta.dirname, 'airflow-gate'),
    AIRFLOW__CORE__LOAD_EXAMPLES: 'False',
    PYTHONPATH: join(ADAPTER, 'src'),
    PYTHONDONTWRITEBYTECODE: '1',
    GATED_DAG: 'none',
    GATED_TASKS: '[]',
  };
  const command = join(airflow.bin, 'airflow');
  const migrated = await runProgram(command, ['db', 'migrate'], { env: environment, cwd: home });
  assert.equal(migrated.code, 0, migrated.output);
  const rows = <Row>(text: string, ...values: string[]): Row[] => {
    const database = new DatabaseSync(join(home, 'airflow.db'), { readOnly: true });
    try {
      return database.prepare(text).all(...values) as Row[];
    } finally {
      database.close();
    }
  };
  const airflowCommand = (
    args: readonly string[],
    dag: string,
    tasks: readonly object[],
    address: string,
  ): Promise<ProgramResult> => {
    const { hostname, port } = new URL(address);
    const connection = { conn_type: 'assay', host: hostname, port: Number(port), schema: 'http' };
    return runProgram(command, args, {
      env: {
        ...environment,
        GATED_DAG: dag,
        GATED_TASKS: JSON.stringify(tasks),
        AIRFLOW_CONN_ASSAY_DEFAULT: JSON.stringify(connection),
      },
      cwd: home,
    });
  };
  return {
    run: (dag, tasks, address) => airflowCommand(['dags', 'test', dag, '2026-01-01'], dag, tasks, address),
    again(dag, tasks, address) {
      const [{ run }] = rows<{ run: string }>('select run_id as run from dag_run where dag_id = ?', dag) as [
        { run: string },
      ];
      return airflowCommand(['tasks', 'test', dag, tasks[0]?.task_id ?? '', run], dag, tasks, address);
    },
    tasks: (dag) =>
      rows<TaskRow>(
        'select task_id as task, state, try_number as tries from task_instance where dag_id = ? order by task_id',
        dag,
      ),
    xcom(task, key = 'return_value') {
      const [found] = rows<{ value: string | Uint8Array }>(
        'select value from xcom where task_id = ? and key = ? order by timestamp desc limit 1',
        task,
        key,
      );
      if (found === undefined) return null;
      // Airflow 2 keeps bytes.
      const text = typeof found.value === 'string' ? found.value : Buffer.from(found.value).toString('utf8');
      const once: unknown = JSON.parse(text);
      return typeof once === 'string' && once.startsWith('{') ? JSON.parse(once) : once;
    },
  };
}

test('Airflow 3: the example DAG is one', { skip: AIRFLOWS[0].part.missing }, async (t) => {
  const airflow = AIRFLOWS[0].part;
  const program =
    "import gold_orders; print('TASKS', *[task.task_id for task in gold_orders.dag.topological_sort()])";
  const example = join(ADAPTER, 'example');
  const { code, output } = await runProgram(join(airflow.bin, 'python'), ['-c', program], {
    env: {
      PYTHONPATH: [join(ADAPTER, 'src'), example].join(':'),
      PYTHONDONTWRITEBYTECODE: '1',
      AIRFLOW_HOME: scratchFolder(t),
    },
    cwd: example,
  });
  assert.equal(code, 0, output);
  assert.match(output, /^TASKS silver candidate gate served$/m);
});

for (const { name, part: airflow, linkKey } of AIRFLOWS) {
  test(`${name}: the package keeps to its own tests`, { skip: airflow.missing }, async (t) => {
    const { code, output } = await runProgram(
      join(airflow.bin, 'python'),
      ['-m', 'unittest', 'discover', '-s', 'tests', '-t', '.'],
      {
        env: { PYTHONPATH: `src:.`, PYTHONDONTWRITEBYTECODE: '1', AIRFLOW_HOME: scratchFolder(t) },
        cwd: ADAPTER,
      },
    );
    assert.equal(code, 0, output);
    assert.match(output, /Ran \d\d tests/);
  });

  test(`${name}: operator and sensor against a live gate`, { skip: airflow.missing }, async (t) => {
    const house = await testWarehouse(t);
    await house.run(ROUTES);
    const folder = scratchFolder(t);
    writeFileSync(
      join(folder, 'assay.yaml'),
      `warehouses:\n  warehouse:\n    kind: postgres\n    url: ${house.url}\n`,
    );
    const assay = await startAssay(t, { DATABASE_URL: await emptyDatabase(t), ASSAY_DATA_DIR: folder });
    const call = async (
      method: 'GET' | 'POST',
      path: string,
      body?: object,
    ): Promise<Record<string, unknown>> => {
      const response = await fetch(`${assay.url}/api/v2${path}`, {
        method,
        ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      });
      assert.ok(response.ok, `${path}: ${response.status}`);
      return (await response.json()) as Record<string, unknown>;
    };
    await call('POST', '/contracts', { text: CONTRACT, fileName: 'routes.yaml' });
    const flow = await startAirflow(t, airflow);
    const about = (day: string) => ({ dataset: 'gold.daily_routes', partition: `flight_date=${day}` });
    const operator = (task: string, day: string, candidate: string, more: object = {}) => ({
      type: 'operator',
      task_id: task,
      ...about(day),
      candidate,
      publish: true,
      ...more,
    });

    await t.test('pass: what is allowed is served, and the sensor sees it; deferred as well', async () => {
      const first = await stage(house, '2001-01-01', 3);
      const second = await stage(house, '2001-01-02', 4);
      const { code, output } = await flow.run(
        'passing',
        [
          operator('gate', '2001-01-01', first),
          { type: 'sensor', task_id: 'seen', ...about('2001-01-01'), published: true },
          operator('deferred', '2001-01-02', second, { deferrable: true }),
        ],
        assay.url,
      );
      assert.equal(code, 0, output);
      assert.deepEqual(await served(house), ['2001-01-01 3', '2001-01-02 4']);
      assert.deepEqual(
        flow.tasks('passing').map(({ task, state }) => `${task} ${state}`),
        ['deferred success', 'gate success', 'seen success'],
      );
      const summary = flow.xcom('gate') as { decision: string; published: boolean; url: string };
      assert.deepEqual([summary.decision, summary.published], ['allow', true]);
      assert.equal(flow.xcom('gate', linkKey), summary.url, 'the button leads there');
    });

    let held = '';
    const holding = () => [operator('held', '2001-01-03', held), operator('later', '2001-01-03', held)];
    await t.test(
      'block: the task fails at its first try, nothing after it runs, gold stays as it was',
      async () => {
        held = await stage(house, '2001-01-03', 9);
        const { output } = await flow.run('holding', holding(), assay.url);
        assert.match(output, /is held: row_count/);
        assert.deepEqual(
          flow.tasks('holding').map(({ task, state, tries }) => `${task} ${state} ${tries}`),
          ['held failed 1', 'later upstream_failed 0'],
          'a retry would not help',
        );
        assert.deepEqual(await served(house), ['2001-01-01 3', '2001-01-02 4']);
      },
    );

    await t.test('waive, then pass: the cleared task is answered by the same evaluation', async () => {
      const day = encodeURIComponent('flight_date=2001-01-03');
      const decision = await call('GET', `/gates/gold.daily_routes/decision?partition=${day}`);
      const before = decision['evaluationId'];
      const waiver = await call('POST', `/gates/evaluations/${String(before)}/waivers`, {
        checkIds: (decision['reasons'] as { checkId: string }[]).map(({ checkId }) => checkId),
        reason: 'a new hub',
        requestedBy: 'Ada',
        expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
      });
      await call('POST', `/gates/waivers/${String(waiver['id'])}/approve`, { approvedBy: 'Grace' });
      const { code, output } = await flow.again('holding', holding(), assay.url);
      assert.equal(code, 0, output);
      assert.deepEqual(await served(house), ['2001-01-01 3', '2001-01-02 4', '2001-01-03 9']);
      const after = await call('GET', `/gates/gold.daily_routes/decision?partition=${day}`);
      assert.deepEqual([after['evaluationId'], after['state']], [before, 'published']);
    });

    await t.test('the gate is down: the task is tried again, and on_error decides in the end', async () => {
      await assay.stop();
      const { output } = await flow.run(
        'broken',
        [
          { ...operator('lenient', '2001-01-04', held), on_error: 'allow' },
          operator('strict', '2001-01-04', held),
        ],
        assay.url,
      );
      assert.deepEqual(
        flow.tasks('broken').map(({ task, state, tries }) => `${task} ${state} ${tries}`),
        ['lenient success 2', 'strict failed 2'],
        output,
      );
      assert.match(output, /on_error lets the task pass/);
      assert.deepEqual(await served(house), ['2001-01-01 3', '2001-01-02 4', '2001-01-03 9']);
    });
  });
}
