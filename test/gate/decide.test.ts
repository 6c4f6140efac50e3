import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { applies, decide, EMPTY_PARTITION, type DecisionInput } from '#gate/decide.ts';
import type { Waiver } from '#model/publication.ts';
import type { CheckResult, CheckStatus } from '#model/result.ts';

const NOW = new Date('2026-01-10T00:00:00Z');
const DATASET = 'd';
const PARTITION = 'dt=2026-01-01';

function result(
  checkId: string,
  status: CheckStatus,
  severity: CheckResult['severity'] = 'block',
): CheckResult {
  return {
    checkId,
    text: checkId,
    severity,
    status,
    value: null,
    expected: '',
    message: `${checkId} ${status}`,
    facts: {},
    baseline: [],
  };
}

function waiver(change: Partial<Waiver> = {}): Waiver {
  return {
    id: 'w',
    dataset: DATASET,
    partition: PARTITION,
    checkIds: ['a'],
    reason: 'known',
    requestedBy: 'Ada',
    approvedBy: 'Grace',
    expiresAt: new Date('2026-01-20T00:00:00Z'),
    ...change,
  };
}

function input(results: readonly CheckResult[], change: Partial<DecisionInput> = {}): DecisionInput {
  return {
    dataset: DATASET,
    partition: PARTITION,
    results,
    policy: { publishTo: 'w:t', emptyPartition: 'block' },
    measured: { version: 'v', rowCount: 10 },
    waivers: [],
    now: NOW,
    ...change,
  };
}

test('each status at block severity has its decision and state', () => {
  const expected: [CheckStatus, string, string][] = [
    ['pass', 'allow', 'passed'],
    ['fail', 'block', 'failed'],
    ['warn', 'block', 'failed'],
    ['error', 'unknown', 'error'],
    ['no_data', 'unknown', 'no_data'],
    ['learning', 'unknown', 'learning'],
    ['skipped', 'allow', 'passed'],
  ];
  for (const [status, decision, state] of expected) {
    const outcome = decide(input([result('ok', 'pass'), result('a', status)]));
    assert.deepEqual([outcome.decision, outcome.state], [decision, state], status);
  }
});

test('a known failure outranks not knowing; warnings are told and hold nothing back', () => {
  const both = decide(input([result('a', 'error'), result('b', 'fail')]));
  assert.deepEqual([both.decision, both.reasons[0]?.checkId], ['block', 'b']);
  const warned = decide(
    input([result('a', 'pass'), result('b', 'warn', 'warn'), result('c', 'learning', 'warn')]),
  );
  assert.deepEqual([warned.decision, warned.state], ['allow', 'passed_with_warnings']);
  assert.equal(decide(input([result('a', 'pass'), result('c', 'learning', 'warn')])).state, 'passed');
});

test('nothing measured, no checks, or nothing to judge is unknown', () => {
  const waivers = [waiver({ checkIds: ['gate.not_measured', 'gate.no_checks'] })];
  assert.equal(decide(input([result('a', 'pass')], { measured: null, waivers })).state, 'error');
  assert.equal(decide(input([], { waivers })).decision, 'unknown');
  assert.equal(decide(input([result('a', 'skipped')])).decision, 'unknown');
});

test('an empty candidate is held unless the contract allows it or a waiver names it', () => {
  const measured = { version: 'v', rowCount: 0 };
  assert.equal(decide(input([result('a', 'pass')], { measured })).decision, 'block');
  const named = [waiver({ checkIds: [EMPTY_PARTITION] })];
  assert.equal(decide(input([result('a', 'pass')], { measured, waivers: named })).state, 'waived');
  const policy = { publishTo: null, emptyPartition: 'allow' } as const;
  assert.equal(decide(input([result('a', 'skipped')], { measured, policy })).decision, 'allow');
  assert.equal(decide(input([result('a', 'fail')], { measured, policy })).decision, 'block');
});

test('a waiver lets only what it names pass, approved by somebody else, until its end', () => {
  const failing = [result('a', 'fail'), result('b', 'pass')];
  const passed = decide(input(failing, { waivers: [waiver()] }));
  assert.deepEqual(
    [passed.decision, passed.state, passed.reasons[0]?.waivedBy],
    ['allow', 'waived', 'Grace'],
  );
  const useless: Partial<Waiver>[] = [
    { checkIds: ['b'] },
    { approvedBy: null },
    { approvedBy: 'Ada' },
    { approvedBy: ' ada ' },
    { expiresAt: NOW },
    { partition: 'dt=2026-01-02' },
    { dataset: 'other' },
  ];
  for (const change of useless) {
    assert.equal(
      decide(input(failing, { waivers: [waiver(change)] })).decision,
      'block',
      JSON.stringify(change),
    );
  }
  assert.equal(decide(input(failing, { waivers: [waiver({ partition: null })] })).decision, 'allow');
  assert.equal(decide(input([...failing, result('c', 'fail')], { waivers: [waiver()] })).decision, 'block');
});

const checkId = fc.constantFrom('a', 'b', 'c');
const results = fc.array(
  fc
    .record({
      checkId,
      status: fc.constantFrom<CheckStatus>('pass', 'warn', 'fail', 'error', 'no_data', 'learning', 'skipped'),
      severity: fc.constantFrom<CheckResult['severity']>('info', 'warn', 'block'),
    })
    .map(({ checkId, status, severity }) => result(checkId, status, severity)),
  { maxLength: 6 },
);
const waivers = fc.array(
  fc
    .record({
      checkIds: fc.array(checkId, { maxLength: 2 }),
      approvedBy: fc.constantFrom(null, 'Ada', 'GRACE', 'ada'),
      requestedBy: fc.constantFrom('Ada', 'Grace'),
      partition: fc.constantFrom(null, PARTITION, 'dt=2026-01-02'),
      expiresAt: fc.constantFrom(new Date(NOW.getTime() - 1), NOW, new Date(NOW.getTime() + 1)),
    })
    .map((change) => waiver(change)),
  { maxLength: 4 },
);
const measured = fc.constantFrom(
  null,
  { version: 'v', rowCount: 0 },
  { version: 'v', rowCount: 7 },
  { version: 'v', rowCount: null },
);

test('property: no un-waived fault of block severity ever gives allow', () => {
  fc.assert(
    fc.property(
      results,
      waivers,
      measured,
      fc.constantFrom('block' as const, 'allow' as const),
      (results, waivers, measured, emptyPartition) => {
        const { decision } = decide(
          input(results, { waivers, measured, policy: { publishTo: null, emptyPartition } }),
        );
        // Written out anew, not by the code under test.
        const open = results.some(
          ({ checkId, severity, status }) =>
            severity === 'block' &&
            status !== 'pass' &&
            status !== 'skipped' &&
            !waivers.some(
              (one) =>
                one.checkIds.includes(checkId) &&
                one.expiresAt.getTime() > NOW.getTime() &&
                one.approvedBy !== null &&
                one.approvedBy.toLowerCase() !== one.requestedBy.toLowerCase() &&
                (one.partition ?? PARTITION) === PARTITION,
            ),
        );
        if (open || measured === null || results.length === 0) assert.notEqual(decision, 'allow');
        if (measured?.rowCount === 0 && emptyPartition === 'block') assert.notEqual(decision, 'allow');
      },
    ),
    { numRuns: 2000 },
  );
});

test('property: what is let pass names who let it, and a waiver that does not apply changes nothing', () => {
  fc.assert(
    fc.property(results, waivers, (results, waivers) => {
      const all = decide(input(results, { waivers }));
      const inForce = waivers.filter((one) => applies(one, DATASET, PARTITION, NOW));
      assert.deepEqual(all, decide(input(results, { waivers: inForce })));
      if (inForce.length === 0) assert.ok(all.reasons.every(({ waivedBy }) => waivedBy === null));
    }),
  );
});

test('on_error: a check that could not be run holds back, unless the contract allows it', () => {
  const measured = { version: 'v', rowCount: 5 };
  const results = [result('a', 'pass'), result('b', 'error')];
  const decided = (onError: 'block' | 'allow', found = results): string =>
    decide(input(found, { measured, policy: { publishTo: 'w:t', emptyPartition: 'block', onError } }))
      .decision;
  assert.equal(decided('block'), 'unknown');
  assert.equal(decided('allow'), 'allow');
  // What is known to be bad, and what is not known for other reasons, is not let through.
  assert.equal(decided('allow', [...results, result('c', 'fail')]), 'block');
  assert.equal(decided('allow', [...results, result('c', 'no_data')]), 'unknown');
});

test('checks that are not run test nothing, also where the contract allows an empty partition', () => {
  const policy = { publishTo: 'w:t', emptyPartition: 'allow' } as const;
  const measured = { version: 'v', rowCount: 0 };
  const decided = decide(input([result('carried-1', 'skipped')], { measured, policy }));
  assert.deepEqual([decided.decision, decided.reasons[0]?.checkId], ['unknown', 'gate.no_checks']);
});
