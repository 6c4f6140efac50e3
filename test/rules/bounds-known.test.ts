import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge } from './evidence.ts';

const CASES: [check: string, facts: Record<string, number>, status: string][] = [
  ['amount >= 0', { 'min(amount)': 0 }, 'pass'],
  ['amount > 0', { 'min(amount)': 0 }, 'fail'],
  ['0 <= amount', { 'min(amount)': 3 }, 'pass'],
  ['amount < 10', { 'max(amount)': 9 }, 'pass'],
  ['amount < 10', { 'min(amount)': 9 }, 'no_data'],
  ['amount >= 0 for 99% of rows', { 'min(amount)': -1 }, 'no_data'],
  ['amount >= 0 for 99% of rows', { 'min(amount)': 1 }, 'pass'],
  ['amount between 0 and 10', { 'min(amount)': 1, 'max(amount)': 10 }, 'pass'],
  ['amount between 0 and 10', { 'min(amount)': 1 }, 'no_data'],
  ['amount between 0 and 10', { 'max(amount)': 11 }, 'fail'],
  ['amount >= 0 and amount < 5', { 'min(amount)': 1, 'max(amount)': 4 }, 'pass'],
  ['amount >= 0 and other < 5', { 'min(amount)': 1, 'max(other)': 4 }, 'no_data'],
  ['amount != 5', { 'min(amount)': 6, 'max(amount)': 7 }, 'no_data'],
  ['amount <= 9007199254740993', { 'max(amount)': 1 }, 'no_data'],
  ['amount <= 5', { 'max(amount)': 1e300 }, 'no_data'],
  // Rows that were counted come first.
  ['amount >= 0', { 'min(amount)': 0, 'true_count(amount >= 0)': 1, 'false_count(amount >= 0)': 2 }, 'fail'],
  ["amount >= 0 where region = 'eu'", { 'min(amount)': 0 }, 'no_data'],
];

test('the least and greatest values decide comparisons with numbers where they can', () => {
  for (const [text, facts, status] of CASES) {
    const found = judge(text, { row_count: 10, ...facts });
    assert.equal(found.status, status, `${text}: ${found.message}`);
  }
});
