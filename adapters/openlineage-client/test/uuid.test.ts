import assert from 'node:assert/strict';
import { suite, test } from 'node:test';

import { airflowDagRunId, airflowTaskRunId, generateNewUuid, generateStaticUuid } from '../src/index.ts';

/** Made by running `openlineage/client/uuid.py` of the Python client. */
const PYTHON_VECTORS: readonly (readonly [instant: string, data: string, uuid: string, why: string])[] = [
  ['2024-01-01T00:00:00+00:00', 'default.my_dag.0', '018cc251-f400-717f-9d98-c0f82845ea48', 'no fraction'],
  [
    '2024-01-01T12:34:56.789+00:00',
    'default.my_dag.task1.1.-1',
    '018cc505-2095-7b2f-b809-e11ba50e0be8',
    'milliseconds',
  ],
  ['2024-01-01T12:34:56.789123+00:00', 'x', '018cc505-2095-70d5-be90-b7a0b39357bd', 'microseconds'],
  ['2024-01-01T03:00:00+03:00', 'default.my_dag.0', '018cc251-f400-717f-9d98-c0f82845ea48', 'another offset'],
  [
    '2024-02-29T23:30:00.000001-05:30',
    'Größe',
    '018df862-2c80-7019-9869-f3b827bcb2c3',
    'UTF-8, half-hour offset',
  ],
  [
    '1969-12-31T23:59:59.5+00:00',
    'before the epoch',
    'ffffffff-fe0c-7df4-8aea-c8fc96a40f1b',
    'negative time',
  ],
  [
    '2038-11-12T06:28:29.338000+00:00',
    'trap',
    '01f9fa32-ac19-732d-b0a6-aeca18220237',
    'floating point rounds down',
  ],
  [
    '2039-06-06T09:22:40.088000+00:00',
    'trap',
    '01fe1fb0-2b57-70a0-a8ba-ce73888bc2fe',
    'floating point rounds down',
  ],
];

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

suite('generateStaticUuid', () => {
  for (const [instant, data, uuid, why] of PYTHON_VECTORS) {
    test(`equals the Python client: ${instant} (${why})`, () => {
      assert.equal(generateStaticUuid(instant, data), uuid);
      assert.equal(generateStaticUuid(instant, new TextEncoder().encode(data)), uuid);
    });
  }

  test('takes a Date, Z, a space for T and short offsets', () => {
    const [, , uuid] = PYTHON_VECTORS[0] ?? [];
    assert.equal(generateStaticUuid(new Date('2024-01-01T00:00:00Z'), 'default.my_dag.0'), uuid);
    assert.equal(generateStaticUuid('2024-01-01T00:00Z', 'default.my_dag.0'), uuid);
    assert.equal(generateStaticUuid('2024-01-01 03:00:00+0300', 'default.my_dag.0'), uuid);
    assert.equal(generateStaticUuid('2024-01-01T03:00:00+03', 'default.my_dag.0'), uuid);
    const [, , millis] = PYTHON_VECTORS[1] ?? [];
    assert.equal(
      generateStaticUuid(new Date('2024-01-01T12:34:56.789Z'), 'default.my_dag.task1.1.-1'),
      millis,
    );
  });

  for (const instant of [
    '2024-01-01T00:00:00',
    '2024-01-01',
    '2024-02-30T00:00:00Z',
    '2024-01-01T25:00:00Z',
    'now',
  ]) {
    test(`refuses ${instant}`, () => {
      assert.throws(() => generateStaticUuid(instant, 'x'), {
        name: 'RangeError',
        message: /ISO 8601 time with an offset/,
      });
    });
  }

  test('gives the run ids of the Airflow provider', () => {
    const run = { namespace: 'default', dagId: 'my_dag', logicalDate: '2024-01-01T00:00:00+00:00' };
    assert.equal(airflowDagRunId(run), PYTHON_VECTORS[0]?.[2]);
    const logicalDate = '2024-01-01T12:34:56.789+00:00';
    assert.equal(
      airflowTaskRunId({ ...run, logicalDate, taskId: 'task1', tryNumber: 1 }),
      PYTHON_VECTORS[1]?.[2],
    );
  });
});

suite('generateNewUuid', () => {
  test('always increases, also within one millisecond', () => {
    const uuids = Array.from({ length: 20_000 }, () => generateNewUuid());
    assert.ok(uuids.every((uuid) => UUID_V7.test(uuid)));
    assert.deepEqual(uuids, uuids.toSorted());
    assert.equal(new Set(uuids).size, uuids.length);
  });

  test('carries the millisecond of the instant', () => {
    const uuid = generateNewUuid(new Date('2024-01-01T00:00:00Z'));
    assert.match(uuid, UUID_V7);
    assert.ok(uuid.startsWith('018cc251-f400-7'));
    assert.notEqual(uuid, generateNewUuid(new Date('2024-01-01T00:00:00Z')));
  });
});
