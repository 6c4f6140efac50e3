import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { stringify } from 'yaml';
import { parseContracts } from '#rules/contract/parse.ts';
import type { Change } from '#rules/diff/change.ts';
import { diffContracts } from '#rules/diff/diff.ts';
import { noShared, SHARED } from '#test/support/shared-data.ts';
import { diffTexts, ODCS, SHORT, summaryOf } from './support.ts';

/** What a generated contract may say at each place; the first is the usual. */
const CHOICES = {
  owner: ['a@example.com', 'b@example.com'],
  sla: ['4 hours', '2 hours', '6 hours', null],
  status: ['active', 'deprecated', 'retired', null],
  partition: [{ column: 'dt', grain: 'day' }, { column: 'dt' }, { columns: ['dt', 'c'] }, null],
  row_count: ['row_count > 10', 'row_count > 20', 'row_count >= 10', 'row_count between 5 and 9', null],
  share: ["c in ('x', 'y')", "c in ('x')", "c in ('x', 'y') for 90% of rows", null],
  type: ['int', 'bigint', 'smallint', 'decimal(12,2)', 'double', 'string'],
  required: [true, false],
  unique: [false, true],
  minimum: ['min_value(0)', 'min_value(1)', null],
  unit: ['kg', 'g', null],
  length: ['varchar(32)', 'varchar(64)', 'string', 'varchar(8)'],
  one_of: ["one_of('x', 'y')", "one_of('x')", "one_of('x', 'z')", null],
  pattern: ["pattern('^[a-z]$')", "pattern('^[a-z]+$')", "pattern('^[x-z]$')", null],
  pii: [false, 'email'],
  classification: ['internal', 'restricted', 'public', null],
  masking: [null, 'sha256'],
  extra: [false, true],
  description: [null, 'One', 'Two'],
} as const;

type Place = keyof typeof CHOICES;
type Choice = Record<Place, number>;

const PLACES = Object.keys(CHOICES) as Place[];

const choices: fc.Arbitrary<Choice> = fc.record(
  Object.fromEntries(PLACES.map((place) => [place, fc.nat(CHOICES[place].length - 1)])),
) as fc.Arbitrary<Choice>;

/** One to three places chosen anew. */
const steps = fc.array(fc.tuple(fc.constantFrom(...PLACES), fc.nat(5)), { minLength: 1, maxLength: 3 });

function stepped(from: Choice, changes: readonly (readonly [Place, number])[]): Choice {
  const next = { ...from };
  for (const [place, choice] of changes) next[place] = choice % CHOICES[place].length;
  return next;
}

function without(object: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null && value !== false));
}

function textOf(
  choice: Choice,
  order: (keys: readonly string[]) => readonly string[] = (keys) => keys,
): string {
  const at = (place: Place): unknown => CHOICES[place][choice[place]];
  const list = (...values: unknown[]): unknown[] | null => {
    const stated = values.filter((value) => value !== null);
    return stated.length === 0 ? null : stated;
  };
  const checks = list(at('row_count'), at('share'))?.map((check) => ({ check }));
  const contract = without({
    dataset: 'orders',
    version: '1.0.0',
    owner: at('owner'),
    sla: at('sla'),
    status: at('status'),
    partition: at('partition'),
    description: at('description'),
    quality: checks ?? null,
    schema: [
      without({ name: 'id', type: 'bigint', primary_key: true }),
      without({
        name: 'n',
        type: at('type'),
        required: at('required'),
        unique: at('unique'),
        unit: at('unit'),
        constraints: at('type') === 'string' ? null : list(at('minimum')),
      }),
      without({
        name: 'c',
        type: at('length'),
        constraints: list(at('one_of'), at('pattern')),
        pii: at('pii'),
        classification: at('classification'),
        masking: at('masking'),
      }),
      ...(at('extra') === true ? [{ name: 'more', type: 'boolean' }] : []),
    ],
  });
  return stringify(ordered(contract, order));
}

function ordered(value: unknown, order: (keys: readonly string[]) => readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((item) => ordered(item, order));
  if (typeof value !== 'object' || value === null) return value;
  const entries = new Map(Object.entries(value));
  return Object.fromEntries(order([...entries.keys()]).map((key) => [key, ordered(entries.get(key), order)]));
}

function weight(changes: readonly Change[]): number {
  return Math.max(0, ...changes.map((change) => ['PATCH', 'MINOR', 'MAJOR'].indexOf(change.class) + 1));
}

test('nothing changes between a contract and itself, whatever the order of its keys', () => {
  fc.assert(
    fc.property(choices, (choice) => {
      assert.deepEqual(diffTexts(textOf(choice), textOf(choice)), []);
      assert.deepEqual(
        diffTexts(
          textOf(choice),
          textOf(choice, (keys) => keys.toReversed()),
        ),
        [],
      );
    }),
    { numRuns: 150, seed: 5 },
  );
  for (const text of [SHORT, ODCS])
    assert.deepEqual(diffTexts(text, text, { positional: true, strict: true }), []);
});

test('the same two contracts always differ alike, whatever the order of their keys', () => {
  const sorted = (keys: readonly string[]): readonly string[] => keys.toSorted();
  fc.assert(
    fc.property(choices, steps, (choice, changes) => {
      const after = stepped(choice, changes);
      const found = diffTexts(textOf(choice), textOf(after)).map(summaryOf);
      assert.deepEqual(diffTexts(textOf(choice), textOf(after)).map(summaryOf), found);
      assert.deepEqual(diffTexts(textOf(choice, sorted), textOf(after)).map(summaryOf), found);
      assert.deepEqual(diffTexts(textOf(choice), textOf(after, sorted)).map(summaryOf), found);
    }),
    { numRuns: 150, seed: 6 },
  );
});

test('each path is told of once by a rule', () => {
  fc.assert(
    fc.property(choices, choices, (before, after) => {
      const told = diffTexts(textOf(before), textOf(after)).map(({ rule, path }) => `${rule} ${path}`);
      assert.equal(new Set(told).size, told.length, told.join('\n'));
    }),
    { numRuns: 150, seed: 7 },
  );
});

test('two steps that break nobody break nobody together, and what differs is never silent', () => {
  let harmless = 0;
  fc.assert(
    fc.property(choices, steps, steps, (first, one, other) => {
      const [second, third] = [stepped(first, one), stepped(stepped(first, one), other)];
      const [a, b, c] = [textOf(first), textOf(second), textOf(third)];
      const most = Math.max(weight(diffTexts(a, b)), weight(diffTexts(b, c)));
      if (most < 3) {
        harmless += 1;
        assert.ok(weight(diffTexts(a, c)) <= most);
      }
      // Texts that differ say something else, so that somebody has to raise the version at least.
      if (a !== b) assert.ok(diffTexts(a, b).length > 0, `${a}\n${b}`);
    }),
    { numRuns: 400, seed: 8 },
  );
  assert.ok(harmless > 30, String(harmless));
});

test(
  'every official ODCS file is the same as itself, and no two make the comparison stumble',
  { skip: noShared() },
  () => {
    const files = globSync('odcs/**/*.{yaml,yml}', { cwd: SHARED }).flatMap((name) => {
      const parsed = parseContracts(readFileSync(join(SHARED, name), 'utf8'), name);
      return parsed.status === 'ok' ? [parsed] : [];
    });
    assert.ok(files.length > 10, String(files.length));
    for (const before of files) {
      assert.deepEqual(diffContracts(before, before), []);
      for (const after of files) {
        const told = diffContracts(before, after, { positional: true, strict: true, otherWriters: true });
        const paths = told.map(({ rule, path }) => `${rule} ${path}`);
        assert.equal(new Set(paths).size, paths.length);
      }
    }
  },
);

test('a file of thousands of renamed columns and changed checks is compared as any other', () => {
  const text = (letter: string, limit: number): string =>
    stringify({
      dataset: 'wide',
      version: '1.0.0',
      owner: 'o@example.com',
      schema: Array.from({ length: 2000 }, (_, index) => ({ name: `${letter}${index}`, type: 'int' })),
      quality: Array.from({ length: 1500 }, (_, index) => ({ check: `row_count > ${limit + index}` })),
    });
  const told = diffTexts(text('a', 0), text('b', 5000));
  const count = (rule: string): number => told.filter((change) => change.rule === rule).length;
  assert.deepEqual([count('B1'), count('B15'), count('B11')], [2000, 2000, 3000]);
});
