import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { factKey } from '#model/measurement.ts';
import { compileFacts, factToSql } from '#rules/expression/to-sql.ts';

const COMPILED: [key: string, text: string | null][] = [
  ['row_count', 'count(*)'],
  ['null_count(a)', 'count(*) filter (where "a" is null)'],
  ['count(a)', 'count("a")'],
  ['sum(a)', '(sum("a"))::double precision'],
  ['min(a)', '(min("a"))::double precision'],
  ['max("a b")', '(max("a b"))::double precision'],
  ['distinct_count(a)', 'count(distinct "a")'],
  ['duplicate_count(a)', 'count("a") - count(distinct "a")'],
  [
    'duplicate_count(a,b)',
    'count(*) filter (where "a" is not null and "b" is not null) - count(distinct ("a", "b")) filter (where "a" is not null and "b" is not null)',
  ],
  ['size_bytes', null],
  ['file_count', null],
];

describe('compiling facts to SQL', () => {
  for (const [key, text] of COMPILED) {
    test(key, () => assert.equal(factToSql(key, 'postgres'), text));
  }

  test('one select list by key, without what rows cannot tell', () => {
    const compiled = compileFacts(['row_count', 'size_bytes', 'sum(a)', 'row_count'], 'postgres');
    assert.deepEqual(
      [...compiled],
      [
        ['row_count', 'count(*)'],
        ['sum(a)', '(sum("a"))::double precision'],
      ],
    );
  });

  test('a text that is no fact key is refused', () => {
    assert.throws(() => factToSql('null_count(a) or 1=1', 'postgres'), /is not a fact key/);
    assert.throws(() => factToSql('null_count(a"b)', 'postgres'), /is not a fact key/);
  });

  test('a column name stays inside its quotes, whatever it contains', () => {
    const evil = fc.oneof(
      fc.constantFrom('a"; drop table x; --', '"', '""', "'", '\\', '$$', '\n', '/*'),
      fc.string({ minLength: 1 }).filter((name) => !name.includes('\0')),
    );
    fc.assert(
      fc.property(evil, (name) => {
        const text = factToSql(factKey('null_count', [name]), 'postgres') ?? '';
        const quoted = text.slice('count(*) filter (where '.length, -' is null)'.length);
        assert.equal(text, `count(*) filter (where ${quoted} is null)`);
        assert.match(quoted, /^"(?:[^"]|"")*"$/);
        assert.equal(quoted.slice(1, -1).replaceAll('""', '"'), name);
      }),
    );
  });
});
