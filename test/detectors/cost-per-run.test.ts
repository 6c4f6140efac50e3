import assert from 'node:assert/strict';
import { test } from 'node:test';
import { costOf, costPerRun, type RunUsage } from '#detectors/cost-per-run.ts';

const GB = 1e9;
const usual = Array.from({ length: 20 }, (_, run): RunUsage => ({
  bytesRead: GB * (1 + 0.02 * (run % 5)),
  bytesWritten: 0.2 * GB,
  rows: 1_000_000,
  seconds: 300,
}));
const prices = { perByteRead: 5 / 1e12, perSecond: 0.001 };
const by = (run: RunUsage): Record<string, string> =>
  Object.fromEntries(
    costPerRun(usual, run, { label: 'load', prices, unit: 'EUR' }).map(({ metric, detection }) => [
      metric,
      detection.status,
    ]),
  );

test('a run that read twenty times as much is dear, and says by what', () => {
  const run = { ...usual[0], bytesRead: 20 * GB };
  assert.deepEqual(by(run), {
    run_cost: 'normal',
    run_bytes_read: 'anomalous',
    run_bytes_written: 'normal',
    run_rows: 'normal',
    run_seconds: 'normal',
  });
  const [first] = costPerRun(usual, { ...run, bytesRead: 400 * GB }, { label: 'load', prices, unit: 'EUR' });
  assert.equal(first?.detection.status, 'anomalous');
  assert.equal(
    first?.detection.message,
    '7.5 times the usual, mostly by 400 GB read: load, cost 2.3 EUR, usually cost 0.305 EUR',
  );
});

test('a cheap run is none; a part of a cost is no cost', () => {
  assert.equal(by({ ...usual[0], bytesRead: 1, seconds: 0 })['run_cost'], 'normal');
  assert.equal(by({ bytesRead: GB })['run_cost'], undefined);
  assert.equal(costOf({ bytesRead: 100 }, { perByteRead: 2 }), 200);
  assert.equal(costOf({ bytesRead: 100 }, {}), null);
  assert.equal(costOf({ bytesRead: Number.NaN }, { perByteRead: 2 }), null);
});

test('without prices only usage is judged; without history nothing is', () => {
  const found = costPerRun(usual.slice(0, 3), { rows: 5 }, { label: 'load' });
  assert.deepEqual(
    found.map(({ metric, detection }) => [metric, detection.status]),
    [['run_rows', 'learning']],
  );
});
