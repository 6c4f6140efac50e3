import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Severity } from '#model/contract.ts';
import type { CheckStatus } from '#model/result.ts';
import { blocks, failingStatus, isUnknown, raisesIncident, worstStatus } from '#rules/check/status.ts';

const STATUSES: readonly CheckStatus[] = ['pass', 'skipped', 'warn', 'learning', 'no_data', 'error', 'fail'];

test('only error, no_data and learning are unknown', () => {
  assert.deepEqual(STATUSES.filter(isUnknown), ['learning', 'no_data', 'error']);
});

test('what blocks: failures and unknowns of blocking checks, nothing else', () => {
  const blocking = (severity: Severity): CheckStatus[] =>
    STATUSES.filter((status) => blocks({ severity, status }));
  assert.deepEqual(blocking('block'), ['learning', 'no_data', 'error', 'fail']);
  assert.deepEqual(blocking('warn'), []);
  assert.deepEqual(blocking('info'), []);
});

test('a condition that does not hold fails, warns or is recorded', () => {
  assert.equal(failingStatus('block'), 'fail');
  assert.equal(failingStatus('warn'), 'warn');
  assert.equal(failingStatus('info'), 'warn');
  assert.equal(raisesIncident({ severity: 'info', status: 'warn' }), false);
  assert.equal(raisesIncident({ severity: 'warn', status: 'warn' }), true);
  assert.equal(raisesIncident({ severity: 'block', status: 'fail' }), true);
  assert.equal(raisesIncident({ severity: 'block', status: 'learning' }), false);
});

test('the worst status wins in any order', () => {
  assert.equal(worstStatus([]), 'skipped');
  STATUSES.forEach((worse, rank) => {
    for (const better of STATUSES.slice(0, rank + 1)) {
      assert.equal(worstStatus([better, worse]), worse);
      assert.equal(worstStatus([worse, better]), worse);
    }
  });
});
