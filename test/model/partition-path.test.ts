import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { partitionKey, partitionTime } from '#model/partition.ts';
import { partitionOfLocation, trimPath } from '#model/partition-path.ts';

describe('the directories that OpenLineage for Java trims are trimmed', () => {
  const cases: [path: string, name: string, partition: string][] = [
    ['t/dt=2026-01-01', 't', 'dt=2026-01-01'],
    ['t/dt=', 't', 'dt='],
    ['t/größe=1', 't', 'größe=1'],
    ['t/a%3Db=1', 't', 'a%3Db=1'],
    ['t/20260131', 't', 'date=2026-01-31'],
    ['t/31.01.2026', 't', 'date=2026-01-31'],
    ['t/20260131T0500', 't', 'date=2026-01-31T05:00'],
    ['t/2026-01-31 05:00:07Z', 't', 'date=2026-01-31T05:00:07'],
    ['t/202601310500', 't', 'date=2026-01-31T05:00'],
    ['t/2026-01-31-99', 't', 'date=2026-01-31 2026-01-31-99'],
    ['t/202601', 't', 'month=2026-01'],
    ['t/2026-01', 't', 'month=2026-01'],
    ['t/2026/01', 't', 'month=2026-01'],
    ['t/2026/01/31', 't', 'date=2026-01-31'],
    ['/t/2026/01/31', '/t', 'date=2026-01-31'],
    ['t/region=eu/2026/01/31/v=2', 't', 'region=eu/date=2026-01-31/v=2'],
    ['t//dt=2026-01-01//n=1', 't', 'dt=2026-01-01/n=1'],
    ['dt=1/n=2', 'dt=1', 'n=2'],
  ];
  for (const [path, name, partition] of cases) {
    test(path, () => {
      const trimmed = trimPath(path);
      assert.deepEqual([trimmed.name, partitionKey(trimmed.values)], [name, partition]);
    });
  }

  const whole = [
    't',
    '/t',
    't/202613',
    't/20261301',
    't/v20260131',
    't/a=b=c',
    't/=1',
    '2026/01',
    '2026/01/31',
    't/part-0',
  ];
  for (const path of [...whole, '', '/', 's3://bucket']) {
    test(`"${path}" stays whole`, () => assert.deepEqual(trimPath(path), { name: path, values: [] }));
  }
});

const word = fc.stringMatching(/^[a-z][a-z_-]{0,8}$/);
const date = fc
  .date({ min: new Date('1970-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
  .map((time) => time.toISOString().slice(0, 10));
/** Directories with what they tell. */
const partition = fc.oneof(
  fc
    .tuple(word, word)
    .map(([column, value]) => ({ directories: `${column}=${value}`, key: `${column}=${value}` })),
  date.map((day) => ({ directories: day, key: `date=${day}` })),
  date.map((day) => ({ directories: day.replaceAll('-', ''), key: `date=${day}` })),
  date.map((day) => ({ directories: day.replaceAll('-', '/'), key: `date=${day}` })),
  date.map((day) => ({ directories: day.slice(0, 7), key: `month=${day.slice(0, 7)}` })),
);

describe('trimming', () => {
  test('finds the root and the partition, however they are written and nested', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('', '/'),
        fc.array(word, { minLength: 1, maxLength: 4 }),
        fc.array(partition, { maxLength: 3 }),
        (front, root, partitions) => {
          const name = front + root.join('/');
          const trimmed = trimPath([name, ...partitions.map(({ directories }) => directories)].join('/'));
          assert.equal(trimmed.name, name);
          assert.equal(partitionKey(trimmed.values), partitions.map(({ key }) => key).join('/'));
        },
      ),
    );
  });

  test('once is enough, and nothing but the tail changes', () => {
    const segment = fc.oneof(
      word,
      partition.map(({ directories }) => directories),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(segment), (segments) => {
        const path = segments.join('/');
        const { name } = trimPath(path);
        assert(path.startsWith(name));
        assert.deepEqual(trimPath(name), { name, values: [] });
      }),
    );
  });

  test('a location tells the same partition whether it is full or relative', () => {
    fc.assert(
      fc.property(fc.array(partition, { minLength: 1, maxLength: 3 }), (partitions) => {
        const tail = partitions.map(({ directories }) => directories).join('/');
        const expected = partitions.map(({ key }) => key).join('/');
        for (const location of [tail, `${tail}/`, `/t/${tail}`, `s3://bucket/t/${tail}`])
          assert.equal(partitionKey(partitionOfLocation(location)), expected);
      }),
    );
  });

  test('a month is its first day to whoever asks for the time', () => {
    assert.equal(partitionTime('month=2026-02')?.toISOString(), '2026-02-01T00:00:00.000Z');
    assert.equal(partitionTime('month=2026-13'), null);
  });
});
