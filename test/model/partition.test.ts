import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { canonicalIdentifier } from '#model/naming.ts';
import {
  cadenceOf,
  nominalPartition,
  parsePartitionKey,
  partitionKey,
  partitionTime,
} from '#model/partition.ts';
import { trimPath } from '#model/partition-path.ts';

describe('partition keys', () => {
  test('have one written form and read back as they were', () => {
    assert.equal(
      partitionKey([
        ['dt', '2026-01-01'],
        ['region', 'eu'],
      ]),
      'dt=2026-01-01/region=eu',
    );
    assert.equal(partitionKey([]), '');
    const word = fc.string({ minLength: 1 });
    fc.assert(
      fc.property(fc.array(fc.tuple(word, word), { minLength: 1 }), (values) =>
        assert.deepEqual(parsePartitionKey(partitionKey(values)), values),
      ),
    );
  });

  test('text that is no key is told apart', () => {
    assert.equal(parsePartitionKey('2026-01-01'), null);
    assert.equal(parsePartitionKey('=x'), null);
  });

  const times: [string, string | null][] = [
    ['dt=2026-01-31', '2026-01-31T00:00:00.000Z'],
    ['region=eu/dt=20260131', '2026-01-31T00:00:00.000Z'],
    ['hour=2026-01-31 05', '2026-01-31T05:00:00.000Z'],
    ['nominal=2026-01-31T05:30:00Z', '2026-01-31T05:30:00.000Z'],
    ['dt=2026-02-31', null],
    ['region=eu', null],
    ['', null],
  ];
  for (const [key, expected] of times) {
    test(`"${key}" is about ${expected ?? 'no time'}`, () =>
      assert.equal(partitionTime(key)?.toISOString() ?? null, expected));
  }

  test('a whole nominal day and an hour', () => {
    assert.equal(nominalPartition(new Date('2026-01-01T00:00:00Z')), 'nominal=2026-01-01');
    assert.equal(nominalPartition(new Date('2026-01-01T05:00:00Z')), 'nominal=2026-01-01T05:00:00Z');
  });
});

describe('trimming of paths', () => {
  const cases: [string, string, string][] = [
    ['warehouse/orders/dt=2026-01-01', 'warehouse/orders', 'dt=2026-01-01'],
    ['warehouse/orders/dt=2026-01-01/region=eu', 'warehouse/orders', 'dt=2026-01-01/region=eu'],
    ['warehouse/orders/ts=2026-01-01%2005%3A00', 'warehouse/orders', 'ts=2026-01-01 05:00'],
    ['logs/20260131', 'logs', 'date=2026-01-31'],
    ['logs/2026-01-31', 'logs', 'date=2026-01-31'],
    ['data/logs/2026/01/31', 'data/logs', 'date=2026-01-31'],
    ['data/logs', 'data/logs', ''],
    ['dt=2026-01-01', 'dt=2026-01-01', ''],
    ['/dt=2026-01-01', '/dt=2026-01-01', ''],
    ['a/b/12345678', 'a/b/12345678', ''],
  ];
  for (const [path, name, key] of cases) {
    test(path, () => {
      const trimmed = trimPath(path);
      assert.deepEqual([trimmed.name, partitionKey(trimmed.values)], [name, key]);
    });
  }
});

describe('names', () => {
  const cases: [string, string, string, string][] = [
    ['s3a://bucket', '/a/b/', 's3://bucket', 'a/b'],
    ['s3n://bucket/', 'a', 's3://bucket', 'a'],
    ['hdfs://nn:8020', '/a/b/', 'hdfs://nn:8020', '/a/b'],
    ['postgres://db:5432', 'a.b.c', 'postgres://db:5432', 'a.b.c'],
    ['s3://bucket', '/', 's3://bucket', '/'],
    ['file', '/tmp/x', 'file', '/tmp/x'],
  ];
  for (const [namespace, name, canonicalNamespace, canonicalName] of cases) {
    test(`${namespace} ${name}`, () =>
      assert.deepEqual(canonicalIdentifier(namespace, name), {
        namespace: canonicalNamespace,
        name: canonicalName,
      }));
  }
});

test('a day beside a column of hours is that hour; the cadence follows', () => {
  const cases: [string, string | null, string][] = [
    ['dt=2026-01-01', '2026-01-01T00:00:00.000Z', 'daily'],
    ['dt=2026-01-01/hour=05', '2026-01-01T05:00:00.000Z', 'hourly'],
    ['dt=2026-01-01/region=eu/hh=23', '2026-01-01T23:00:00.000Z', 'hourly'],
    ['dt=2026-01-01/event_hour=7', '2026-01-01T07:00:00.000Z', 'hourly'],
    ['dt=2026-01-01/hour=24', '2026-01-01T00:00:00.000Z', 'daily'],
    ['dt=2026-01-01/shop=05', '2026-01-01T00:00:00.000Z', 'daily'],
    ['nominal=2026-01-01T05:00:00Z', '2026-01-01T05:00:00.000Z', 'hourly'],
    ['nominal=2026-01-01T05:15:00Z', '2026-01-01T05:15:00.000Z', 'other'],
    ['month=2026-01', '2026-01-01T00:00:00.000Z', 'other'],
    ['region=eu', null, 'other'],
    ['', null, 'other'],
  ];
  for (const [key, at, cadence] of cases)
    assert.deepEqual([partitionTime(key)?.toISOString() ?? null, cadenceOf(key)], [at, cadence], key);
});
