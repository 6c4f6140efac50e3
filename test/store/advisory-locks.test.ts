import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ADVISORY_LOCKS } from '#store/advisory-locks.ts';

const STORE = new URL('../../collector/store/', import.meta.url);

test('every advisory lock has a number of its own, and no file keeps one to itself', () => {
  const numbers = Object.values(ADVISORY_LOCKS);
  assert.equal(new Set(numbers).size, numbers.length);
  const elsewhere = readdirSync(STORE)
    .filter((file) => file.endsWith('.ts') && file !== 'advisory-locks.ts')
    .filter((file) => /4_?100_?000\d/.test(readFileSync(new URL(file, STORE), 'utf8')));
  assert.deepEqual(elsewhere, []);
});
