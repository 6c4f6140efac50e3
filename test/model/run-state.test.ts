import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { parseEventTime } from '#model/event-time.ts';
import { contentId } from '#model/ids.ts';
import { EVENT_KINDS, kindOfKey, orderKey, timeOfKey, type EventKind } from '#model/order-key.ts';
import { mergeRun, mergeTransitions, stubRun, summariseRun, type RunDocument } from '#model/run-state.ts';

const RUN = '018cc251-f400-717f-9d98-c0f82845ea48';

function event(kind: EventKind, time: string, salt = ''): RunDocument {
  const parsed = parseEventTime(time);
  assert(parsed);
  const key = orderKey(parsed, kind, contentId(kind + time + salt));
  return {
    id: RUN,
    externalId: null,
    job: { id: contentId('job'), stated: true, key },
    transitions: mergeTransitions([key], []),
    firstKey: key,
    lastKey: key,
    eventCount: 1,
    facts: {},
    jobFacets: [],
    facetEvents: [],
  };
}

const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
const runOf = (...kinds: EventKind[]): RunDocument =>
  kinds.map((kind, index) => event(kind, at(index))).reduce(mergeRun);

describe('run state', () => {
  const cases: [string, EventKind[], string, number, boolean][] = [
    ['a plain run', ['START', 'COMPLETE'], 'COMPLETED', 1, false],
    ['a failed Spark query sends FAIL and then COMPLETE', ['START', 'FAIL', 'COMPLETE'], 'FAILED', 1, true],
    [
      'clear and retry on one runId is a new attempt',
      ['START', 'FAIL', 'START', 'COMPLETE'],
      'COMPLETED',
      2,
      false,
    ],
    ['a retry that is still going', ['START', 'FAIL', 'START'], 'STARTED', 2, false],
    ['a retry whose query failed', ['START', 'COMPLETE', 'START', 'FAIL', 'COMPLETE'], 'FAILED', 2, true],
    ['RUNNING after the end does not open it again', ['START', 'COMPLETE', 'RUNNING'], 'COMPLETED', 1, false],
    [
      'RUNNING of an earlier attempt is not one of the last',
      ['START', 'RUNNING', 'FAIL', 'START'],
      'STARTED',
      2,
      false,
    ],
    ['COMPLETE alone (Hive)', ['COMPLETE'], 'COMPLETED', 1, false],
    ['ABORT outranks COMPLETE', ['START', 'COMPLETE', 'ABORT'], 'ABORTED', 1, false],
    ['only OTHER', ['OTHER'], 'UNKNOWN', 1, false],
    ['two STARTs are one attempt', ['START', 'START', 'COMPLETE'], 'COMPLETED', 1, false],
  ];
  for (const [name, kinds, state, attempts, conflicting] of cases) {
    test(name, () => {
      const summary = summariseRun(runOf(...kinds));
      assert.deepEqual(
        [summary.state, summary.attempts, summary.conflicting],
        [state, attempts, conflicting],
      );
    });
  }

  test('times: begin of the last attempt, its last terminal event, start_missing', () => {
    const retried = summariseRun(runOf('START', 'FAIL', 'START', 'COMPLETE'));
    assert.deepEqual(
      [retried.startedAt, retried.endedAt, retried.startMissing],
      [new Date(at(2)), new Date(at(3)), false],
    );
    const lone = summariseRun(runOf('RUNNING', 'COMPLETE'));
    assert.deepEqual(
      [lone.startedAt, lone.endedAt, lone.startMissing],
      [new Date(at(0)), new Date(at(1)), true],
    );
  });

  test('a stub keeps no times of its own and yields to the real run, whatever comes first', () => {
    const real = runOf('START');
    const stub = stubRun(RUN, null, contentId('claimed job'), event('COMPLETE', at(9)).job.key);
    assert.equal(summariseRun(stub).state, 'UNKNOWN');
    assert.equal(summariseRun(stub).startedAt, null);
    for (const merged of [mergeRun(real, stub), mergeRun(stub, real)]) assert.deepEqual(merged, real);
  });

  test('any order and any grouping of the events gives the same document', () => {
    const anyEvent = fc.record({
      kind: fc.constantFrom(...EVENT_KINDS),
      second: fc.nat(5),
      salt: fc.constantFrom('a', 'b'),
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(anyEvent, {
          minLength: 1,
          maxLength: 8,
          selector: ({ kind, second, salt }) => `${kind}${second}${salt}`,
        }),
        fc.infiniteStream(fc.nat()),
        (events, random) => {
          const documents = events.map(({ kind, second, salt }) => event(kind, at(second), salt));
          const expected = documents.reduce(mergeRun);
          let pool = documents;
          while (pool.length > 1) {
            const [a] = pool.splice((random.next().value ?? 0) % pool.length, 1);
            const [b] = pool.splice((random.next().value ?? 0) % pool.length, 1);
            assert(a && b);
            pool = [...pool, mergeRun(a, b)];
          }
          assert.deepEqual(pool[0], expected);
        },
      ),
    );
  });

  test('a stream that reports for months does not grow', () => {
    let run = event('START', at(0));
    for (let second = 1; second < 500; second += 1) run = mergeRun(run, event('RUNNING', at(second)));
    assert.equal(run.transitions.length, 2);
    assert.equal(run.eventCount, 500);
  });
});

describe('order keys', () => {
  test('sort by time to the nanosecond, then by kind, then by event', () => {
    const key = (time: string, kind: EventKind = 'START', id = contentId('x')): string => {
      const parsed = parseEventTime(time);
      assert(parsed);
      return orderKey(parsed, kind, id);
    };
    assert(key('2026-01-01T00:00:00.000000001Z') > key('2026-01-01T00:00:00Z'));
    assert(key('1950-01-01T00:00:00Z') < key('1970-01-01T00:00:00Z'));
    assert(key('9999-12-31T23:59:59Z') > key('2026-01-01T00:00:00Z'));
    assert(key('2026-01-01T00:00:00Z', 'FAIL') > key('2026-01-01T00:00:00Z', 'COMPLETE'));
    assert.notEqual(
      key('2026-01-01T00:00:00Z', 'START', contentId('a')),
      key('2026-01-01T00:00:00Z', 'START', contentId('b')),
    );
    for (const kind of EVENT_KINDS)
      assert.equal(kindOfKey(key('2026-01-01T00:00:00.999999999Z', kind)), kind);
    assert.deepEqual(timeOfKey(key('2026-03-04T05:06:07.089Z')), new Date('2026-03-04T05:06:07.089Z'));
  });
});

describe('event times of real producers', () => {
  const cases: [string, string, number, boolean][] = [
    ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.000Z', 0, true],
    ['2026-01-02T03:04:05.123456789Z', '2026-01-02T03:04:05.123Z', 456_789, true],
    ['2026-01-02T03:04:05.5+02:00', '2026-01-02T01:04:05.500Z', 0, true],
    ['2026-01-02T03:04:05-0730', '2026-01-02T10:34:05.000Z', 0, true],
    ['2026-01-02 03:04:05', '2026-01-02T03:04:05.000Z', 0, false],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z', 0, true],
  ];
  for (const [text, instant, nanoseconds, zoned] of cases) {
    test(text, () => {
      const time = parseEventTime(text);
      assert(time);
      assert.deepEqual(
        [new Date(time.milliseconds).toISOString(), time.nanoseconds, time.zoned],
        [instant, nanoseconds, zoned],
      );
    });
  }
  for (const text of [
    '',
    'yesterday',
    '2026-02-30T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-01',
    '0001-01-01T00:00:00Z',
    '2026-01-01T25:00:00Z',
    '1767225600',
  ]) {
    test(`"${text}" is no event time`, () => assert.equal(parseEventTime(text), null));
  }
});
