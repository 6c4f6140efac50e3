import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import Fastify from 'fastify';
import { answerProblems } from '#api/answer.ts';
import { registerGateRoutes } from '#api/gates.ts';
import { junitReport, junitWithoutDecision } from '#cli/junit.ts';
import type { EvaluationAnswer } from '#api/schema/gates.ts';
import { stage } from '#test/adapters/postgres/warehouse.ts';
import { testGate } from '#test/gate/gate.ts';
import { runAssay, scratchFolder } from '#test/support/assay-process.ts';

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

/** Reads the part of XML that reports use, and refuses what is not well-formed in it. */
function parseXml(text: string): Element {
  const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
  const plain = (raw: string): string => {
    assert.doesNotMatch(raw, /[<>"]|&(?!(?:amp|lt|gt|quot|apos|#\d+);)/, raw);
    // What XML 1.0 cannot hold.
    for (const sign of raw) {
      const code = sign.codePointAt(0) ?? 0;
      const held =
        code >= 0x20 ? (code & 0xfffe) !== 0xfffe && (code < 0xd800 || code > 0xdfff) : code === 10;
      assert.ok(held, `U+${code.toString(16)}`);
    }
    return raw.replaceAll(/&(\w+);|&#(\d+);/g, (_, name: string | undefined, code: string) =>
      name === undefined ? String.fromCodePoint(Number(code)) : (NAMED[name] ?? ''),
    );
  };
  const [declaration = ''] = /^<\?xml[^>]*\?>\n/.exec(text) ?? [];
  assert.ok(declaration);
  const root: Element = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  for (const [, markup, words] of text.slice(declaration.length).matchAll(/(<[^>]*>)|([^<]+)/g)) {
    const inner = open.at(-1) ?? root;
    if (words !== undefined) {
      inner.text += plain(words);
      continue;
    }
    const [, end, name = '', rest = '', empty] =
      /^<(\/?)([a-z-]+)((?: [a-zA-Z]+="[^"]*")*)(\/?)>$/.exec(markup ?? '') ?? [];
    assert.ok(name, `not well-formed: ${markup}`);
    if (end === '/') {
      assert.equal(open.pop()?.name, name);
      continue;
    }
    const attributes = Object.fromEntries(
      [...rest.matchAll(/ ([a-zA-Z]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, plain(value)]),
    );
    const element: Element = { name, attributes, children: [], text: '' };
    inner.children.push(element);
    if (empty !== '/') open.push(element);
  }
  assert.equal(open.length, 1, 'every element is closed');
  return root.children[0] ?? root;
}

function partsOf(xml: string): { suite: Element; cases: string[] } {
  const suite = parseXml(xml).children[0];
  assert.ok(suite);
  const cases = suite.children
    .filter(({ name }) => name === 'testcase')
    .map(({ attributes, children: [child] }) =>
      [attributes['name'], child?.name ?? 'pass', child?.attributes['message'] ?? child?.text ?? '']
        .filter((word) => word !== '')
        .join(' | '),
    );
  return { suite, cases };
}

const check = (checkId: string, status: string, message = 'm'): EvaluationAnswer['checks'][number] => ({
  checkId,
  text: checkId,
  severity: 'block',
  status,
  value: null,
  expected: '',
  message,
  facts: {},
  baseline: [],
  failingRows: null,
});

const EVALUATION = {
  id: 'e1',
  dataset: 'gold.orders',
  partition: 'dt=2026-01-31',
  state: 'failed',
  decision: 'block',
  reasons: [],
  checks: [],
  candidate: { kind: 'table', ref: 'staging.orders', version: 'v' },
  contract: { version: '1.0.0', hash: 'h', lastError: null },
  requestedAt: '2026-01-31T06:40:00.000Z',
  decidedAt: '2026-01-31T06:40:01.500Z',
} as unknown as EvaluationAnswer;

test('each check is a test case: bad data is a failure, what is not known an error, what is waived passes', () => {
  const reason = (checkId: string, status: string, holds: boolean, waivedBy: string | null = null) => ({
    checkId,
    status,
    message: 'm',
    holds,
    waivedBy,
  });
  const { suite, cases } = partsOf(
    junitReport({
      ...EVALUATION,
      checks: [
        check('a', 'pass'),
        check('b', 'fail', 'is -3, expected >= 0'),
        check('c', 'learning'),
        check('d', 'fail', 'known'),
        check('e', 'skipped', 'not run here'),
        check('f', 'warn', 'rather few'),
        check('g', 'error', 'timed out'),
      ],
      reasons: [
        reason('b', 'fail', true),
        reason('c', 'learning', true),
        reason('d', 'fail', false, 'Grace'),
        reason('f', 'warn', false),
        reason('g', 'error', true),
        reason('gate.frozen', 'fail', true),
      ],
    }),
  );
  assert.deepEqual(cases, [
    'a | pass',
    'b | failure | is -3, expected >= 0',
    'c | error | m',
    'd | system-out | fail: known (waived by Grace)',
    'e | skipped | not run here',
    'f | system-out | warn: rather few',
    'g | error | timed out',
    'gate.frozen | failure | m',
  ]);
  const { tests, failures, errors, skipped, time, name, timestamp } = suite.attributes;
  assert.deepEqual(
    [tests, failures, errors, skipped, time, name, timestamp],
    ['8', '2', '2', '1', '1.500', 'gold.orders dt=2026-01-31', '2026-01-31T06:40:00'],
  );
});

test('no text breaks the report', () => {
  const nasty = `</testcase><x a="1">'&amp;]]>\u0000\u0008\u001f\ud800\uffff\t\n\r&#0;`;
  const { suite, cases } = partsOf(
    junitReport({ ...EVALUATION, dataset: nasty, partition: nasty, checks: [check(nasty, 'pass', nasty)] }),
  );
  const shown = `</testcase><x a="1">'&amp;]]>\ufffd\ufffd\ufffd\ufffd\ufffd\t\n\r&#0;`;
  assert.deepEqual(cases, [`${shown} | pass`]);
  assert.equal(suite.attributes['name'], `${shown} ${shown}`);
  assert.match(junitWithoutDecision('d', '', 'a < b'), /<error type="error" message="a &lt; b"\/>/);
});

async function served(t: TestContext): Promise<{ url: string; candidate: string; file: string }> {
  const gate = await testGate(t);
  const app = Fastify();
  answerProblems(app);
  registerGateRoutes(app, gate.services);
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  t.after(() => app.close());
  return {
    url,
    candidate: await stage(gate.house, '2001-01-01', 9),
    file: join(scratchFolder(t), 'gate.xml'),
  };
}

test('assay gate check --junit writes the report, also where there is no decision; --on-error allow goes on then', async (t) => {
  const { url, candidate, file } = await served(t);
  const run = (to: string, ref: string, ...more: string[]): ReturnType<typeof runAssay> =>
    runAssay([
      'gate',
      'check',
      'gold.daily_routes',
      '--partition',
      'flight_date=2001-01-01',
      '--candidate',
      ref,
      '--kind',
      'table',
      '--url',
      to,
      '--junit',
      file,
      ...more,
    ]);
  const held = await run(url, candidate);
  assert.equal(held.code, 1, held.stderr);
  const { suite, cases } = partsOf(readFileSync(file, 'utf8'));
  assert.deepEqual([suite.attributes['tests'], suite.attributes['failures']], ['2', '1']);
  assert.match(cases[0] ?? '', /^row_count between 1 and 5 \| failure \| row_count is 9/);
  // Bad data is no error.
  assert.equal((await run(url, candidate, '--on-error', 'allow')).code, 1);

  const nowhere = 'http://127.0.0.1:1';
  assert.equal((await run(nowhere, candidate)).code, 3);
  assert.match(partsOf(readFileSync(file, 'utf8')).cases[0] ?? '', /^decision \| error \| No Assay answers/);
  const lenient = await run(nowhere, candidate, '--on-error', 'allow');
  assert.equal(lenient.code, 0);
  assert.match(lenient.stderr, /goes on without one; nothing was published/);
  const unwritable = await run(url, candidate, '--junit', join(file, 'x.xml'));
  assert.equal(unwritable.code, 4);
  assert.match(unwritable.stderr, /The report cannot be written/);
});
