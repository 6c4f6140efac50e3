import assert from 'node:assert/strict';
import { test } from 'node:test';
import { smallFiles } from '#detectors/volume-files.ts';
import { volume, type PartitionSize } from '#detectors/volume.ts';
import { gaussian } from './support.ts';

const MIB = 1024 * 1024;
const random = gaussian(9);
const size = (day: number): PartitionSize => {
  const rows = Math.round(1e6 * (1 + 0.03 * random()));
  const at = new Date(Date.UTC(2026, 0, 5 + day));
  return { partition: at.toISOString().slice(0, 10), at, rows, bytes: rows * 120, files: 24 };
};
const history = Array.from({ length: 35 }, (_, day) => size(day));
const today = size(35);
const judge = (target: PartitionSize): [string, string][] =>
  volume(history, target, { cadence: 'daily' }).map(({ metric, detection }) => [metric, detection.status]);

test('a partition of half the bytes with all its rows', () => {
  assert.deepEqual(judge({ ...today, bytes: (today.bytes ?? 0) / 2 }), [
    ['row_count', 'normal'],
    ['size_bytes', 'anomalous'],
    ['file_count', 'normal'],
  ]);
});

test('ten times as many files', () => {
  assert.deepEqual(judge({ ...today, files: 240 }).at(-1), ['file_count', 'anomalous']);
});

test('what is not told is not judged', () => {
  assert.deepEqual(judge({ partition: 'x', at: today.at, rows: 10 }), [['row_count', 'anomalous']]);
});

test('hourly partitions are judged by the hour', () => {
  const hours = Array.from({ length: 28 * 24 + 1 }, (_, hour): PartitionSize => {
    const at = new Date(Date.UTC(2026, 0, 5, hour));
    return {
      partition: at.toISOString(),
      at,
      rows: Math.round(1000 + 900 * Math.sin(hour / 3.82) + 20 * random()),
    };
  });
  const [found] = volume(hours.slice(0, -1), hours.at(-1) as PartitionSize, { cadence: 'hourly' });
  assert.deepEqual([found?.detection.detector, found?.detection.status], ['hourly', 'normal']);
});

test('many small files are worth a notice, very many an alarm', () => {
  const files = (bytes: number, count: number): string =>
    smallFiles({ bytes, files: count }, { label: 'orders' }).status;
  assert.equal(files(200 * MIB, 200), 'notice');
  assert.equal(files(2000 * MIB, 2000), 'anomalous');
  assert.equal(files(10 * MIB, 10), 'normal', 'few');
  assert.equal(files(200 * 128 * MIB, 200), 'normal', 'of the right size');
  assert.equal(files(200 * 20 * MIB, 200), 'normal', 'a bit small');
  assert.equal(files(0, 0), 'no_data');
  const { message, hint } = smallFiles({ bytes: 200 * MIB, files: 200 }, { label: 'orders dt=2026-01-01' });
  assert.equal(message, 'small files: orders dt=2026-01-01 has 200 files of 1 MiB on average, 2 would do');
  assert.equal(hint, 'compact it: 2 files would do');
});
