import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { predict, type Step } from '#rules/objective/predict.ts';
import { at } from './promises.ts';

const MINUTE = 60;
const steady = (minutes: number): number[] => Array.from({ length: 20 }, () => minutes * MINUTE);

function stepsOf(steps: readonly (Partial<Step> & { readonly id: string })[]): Map<string, Step> {
  return new Map(
    steps.map((step) => [
      step.id,
      { landed: false, usual: steady(30), runningSince: null, inputs: [], ...step },
    ]),
  );
}

const DUE = at('2026-05-03T06:00');

describe('a predicted miss', () => {
  const chain = stepsOf([
    { id: 'bronze', usual: steady(60) },
    { id: 'silver', inputs: ['bronze', 'dimension'] },
    { id: 'dimension', usual: steady(5) },
    { id: 'gold', inputs: ['silver'] },
  ]);

  test('is now and the longest way to it, and names what everything waits for', () => {
    const early = predict('gold', chain, DUE, at('2026-05-03T03:59'));
    assert.equal(early?.willMiss, false);
    assert.equal(early.warnAt.toISOString(), '2026-05-03T04:00:00.001Z');
    const late = predict('gold', chain, DUE, at('2026-05-03T04:10'));
    assert.equal(late?.willMiss, true);
    assert.deepEqual(late.path, ['bronze', 'silver', 'gold']);
    assert.equal(late.expectedAt.toISOString(), '2026-05-03T06:10:00.000Z');
  });

  test('what is there, or runs already, does not count again', () => {
    const steps = new Map(chain);
    steps.set('bronze', { ...(chain.get('bronze') ?? assert.fail()), landed: true });
    steps.set('silver', {
      ...(chain.get('silver') ?? assert.fail()),
      runningSince: at('2026-05-03T05:00'),
    });
    const found = predict('gold', steps, DUE, at('2026-05-03T05:10'));
    assert.equal(found?.expectedAt.toISOString(), '2026-05-03T06:00:00.000Z');
    assert.equal(found.willMiss, false);
    assert.deepEqual(found.path, ['silver', 'gold']);
  });

  test('slow cases count: the 90 % quantile, spreads adding up as squares', () => {
    const usual = Array.from({ length: 11 }, (_, n) => (n === 10 ? 200 : n >= 9 ? 40 : 30) * MINUTE);
    const one = predict('a', stepsOf([{ id: 'a', usual }]), DUE, at('2026-05-03T05:00'));
    assert.equal(one?.expectedAt.toISOString(), '2026-05-03T05:40:00.000Z');
    const steps = stepsOf([
      { id: 'a', usual, inputs: ['b'] },
      { id: 'b', usual },
    ]);
    const two = predict('a', steps, DUE, at('2026-05-03T05:00'));
    const minutes = (+(two?.expectedAt ?? 0) - +at('2026-05-03T05:00')) / 60_000;
    assert.ok(Math.abs(minutes - (60 + Math.sqrt(200))) < 0.001, String(minutes));
  });

  test('nothing is said of what is there or not known; circles end', () => {
    const now = at('2026-05-03T05:00');
    assert.equal(predict('a', stepsOf([{ id: 'a', landed: true }]), DUE, now), null);
    assert.equal(predict('a', stepsOf([{ id: 'a', usual: [60, 60] }]), DUE, now), null);
    assert.equal(predict('b', stepsOf([{ id: 'a' }]), DUE, now), null);
    const circle = stepsOf([
      { id: 'a', inputs: ['b'] },
      { id: 'b', inputs: ['a'] },
    ]);
    assert.deepEqual(predict('a', circle, DUE, now)?.path, ['b', 'a']);
  });
});
