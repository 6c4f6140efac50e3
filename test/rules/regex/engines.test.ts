import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { Client } from 'pg';
import { testRegex } from '#rules/regex/match.ts';
import { parseRegex } from '#rules/regex/parse.ts';
import { translateRegex } from '#rules/regex/translate.ts';
import type { Regex } from '#rules/regex/tree.ts';
import { emptyDatabase } from '#test/support/database.ts';
import { MARIADB_MISSING, startMariadb } from '#test/support/mariadb-server.ts';
import { DUCKDB_MISSING } from '../sql/engines.ts';
import { patterns, texts } from './patterns.ts';

interface Case {
  readonly regex: Regex;
  readonly javaScript: string;
  readonly texts: readonly string[];
}

function cases(seed: number): readonly Case[] {
  const drawn = fc.sample(fc.tuple(patterns, fc.array(texts, { minLength: 5, maxLength: 5 })), {
    numRuns: 3000,
    seed,
  });
  return drawn.flatMap(([pattern, texts]) => {
    const parsed = parseRegex(pattern.ours);
    return parsed.status === 'ok' ? [{ regex: parsed.regex, javaScript: pattern.javaScript, texts }] : [];
  });
}

test('generated patterns match what JavaScript says that they match', () => {
  let found = 0;
  let tried = 0;
  for (const { regex, javaScript, texts } of cases(1)) {
    const theirs = new RegExp(javaScript, 'u');
    for (const text of texts) {
      const matches = testRegex(regex, text);
      tried += 1;
      if (matches) found += 1;
      assert.equal(matches, theirs.test(text), `${regex.source} on ${JSON.stringify(text)}`);
    }
  }
  assert.ok(tried > 8000 && found > 2000 && tried - found > 2000, `${found} of ${tried}`);
});

test('generated patterns, translated, match in PostgreSQL what they match here', async (t) => {
  const client = new Client({ connectionString: await emptyDatabase(t) });
  await client.connect();
  t.after(() => client.end());
  const rows = cases(2).flatMap(({ regex, texts }) => texts.map((text) => ({ regex, text })));
  const { rows: answers } = await client.query<{ found: boolean }>(
    'select text ~ pattern as found from unnest($1::text[], $2::text[]) with ordinality as t(text, pattern, at) order by at',
    [rows.map(({ text }) => text), rows.map(({ regex }) => translateRegex(regex, 'postgres'))],
  );
  assert.ok(rows.length > 8000);
  for (const [index, { regex, text }] of rows.entries())
    assert.equal(
      answers[index]?.found,
      testRegex(regex, text),
      `${regex.source} as ${translateRegex(regex, 'postgres')} on ${JSON.stringify(text)}`,
    );
});

test('a text of a million characters takes one walk, whatever the expression', () => {
  const parsed = parseRegex('^[^@]*x[^@]*y[^@]*$');
  assert.equal(parsed.status, 'ok');
  if (parsed.status === 'ok') assert.equal(testRegex(parsed.regex, 'x'.repeat(1_000_000)), false);
});

for (const [pattern, expected] of [
  [
    '^a.b$',
    {
      postgres: '\\Aa[^\\u000a]b\\Z',
      mysql: '(?-i)\\Aa[^\\x{a}]b\\z',
      spark: '\\Aa[^\\u000a]b\\z',
      duckdb: '\\Aa[^\\x{a}]b\\z',
    },
  ],
  [
    '^\\d+$',
    {
      postgres: '\\A[0-9]+\\Z',
      clickhouse: '\\A[0-9]+\\z',
      trino: '\\A[0-9]+\\z',
      starrocks: '\\A[0-9]+\\z',
    },
  ],
  ['.*(a|b).*', { postgres: '[ab]', duckdb: '[ab]' }],
  ['.*', { postgres: '\\A', duckdb: '\\A' }],
  ['x[\\s\\S]y', { postgres: 'x.y', spark: 'x(?:s:.)y'.replace('?:s', '?s') }],
  ['a(b|cd)*e', { postgres: 'a(?:b|cd)*e' }],
  ["'; drop table t; --", { postgres: "\\'\\; drop table t\\; \\-\\-" }],
] as const)
  test(`${pattern} is written for each engine with nothing left to its flags`, () => {
    const parsed = parseRegex(pattern);
    assert.equal(parsed.status, 'ok');
    if (parsed.status !== 'ok') return;
    for (const [dialect, text] of Object.entries(expected))
      assert.equal(translateRegex(parsed.regex, dialect as 'postgres'), text, dialect);
  });

test(
  'generated patterns, translated, match in DuckDB (RE2) what they match here',
  { skip: DUCKDB_MISSING },
  async (t) => {
    const { DuckDBInstance } = await import('@duckdb/node-api');
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    t.after(() => connection.closeSync());
    for (const { regex, texts } of cases(3).slice(0, 600)) {
      const pattern = translateRegex(regex, 'duckdb');
      const columns = texts.map((_, index) => `regexp_matches($${index + 2}, $1)`).join(', ');
      const answer = await connection.runAndReadAll(`select ${columns}`, [pattern, ...texts]);
      assert.deepEqual(
        answer.getRows()[0],
        texts.map((text) => testRegex(regex, text)),
        `${regex.source} as ${pattern} on ${JSON.stringify(texts)}`,
      );
    }
  },
);

test(
  'generated patterns, translated, match in MariaDB (PCRE) what they match here, under a collation without case',
  { skip: MARIADB_MISSING },
  async (t) => {
    const server = await startMariadb();
    t.after(() => server.stop());
    const connection = await createConnection({ uri: await server.database('regexes'), charset: 'utf8mb4' });
    t.after(() => connection.end());
    for (const { regex, texts } of cases(4).slice(0, 600)) {
      const pattern = translateRegex(regex, 'mysql');
      const columns = texts.map((_, index) => `convert(? using utf8mb4) regexp ? as x${index}`).join(', ');
      const [rows] = await connection.query<RowDataPacket[]>(
        `select ${columns}`,
        texts.flatMap((text) => [text, pattern]),
      );
      assert.deepEqual(
        texts.map((_, index) => rows[0]?.[`x${index}`] === 1),
        texts.map((text) => testRegex(regex, text)),
        `${regex.source} as ${pattern} on ${JSON.stringify(texts)}`,
      );
    }
  },
);
