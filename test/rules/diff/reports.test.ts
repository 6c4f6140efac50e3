import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import { compareTexts } from '#rules/diff/compare.ts';
import { githubReport } from '#rules/diff/report-github.ts';
import { junitReport } from '#rules/diff/report-junit.ts';
import { sarifReport } from '#rules/diff/report-sarif.ts';
import { textReport } from '#rules/diff/report-text.ts';
import type { Consumers, FileReport } from '#rules/diff/report.ts';
import { SHORT } from './support.ts';

const NOW = new Date('2026-11-21T12:00:00Z');
const HOSTILE = `]]></failure>&amp;<b a="'">\u0001\u{1F600}\ud800%0A%,:\r\n::error::x\t##[group]`;

function reportOf(
  after: string,
  { file = 'contracts/orders.yaml', before = SHORT, consumers = null as Consumers | null, accept = '' } = {},
): FileReport {
  const entries =
    accept === ''
      ? []
      : [
          {
            rule: 'B2',
            path: accept,
            reason: HOSTILE,
            author: 'ann',
            expires: '2027-01-01',
            line: 1,
            column: 1,
          },
        ];
  const compared = compareTexts(
    { file, text: before },
    { file, text: after },
    { file: 'a.yaml', entries },
    {},
    NOW,
  );
  if (compared.status === 'error') throw new Error(JSON.stringify(compared.problems));
  const { report } = compared;
  return { ...report, changes: report.changes.map((change) => ({ ...change, consumers })) };
}

const NARROWED = SHORT.replace('decimal(12,2)', 'decimal(10,2)');
const AMOUNT = '/datasets/orders/columns/amount/type';
const hostile = (): FileReport => {
  const report = reportOf(NARROWED.replace('description: All orders', 'description: Other'), {
    file: `contracts/a b,:&"<>#?%\u00e9/../x.yaml`,
  });
  return {
    ...report,
    changes: report.changes.map((change) => ({
      ...change,
      message: HOSTILE,
      mend: HOSTILE,
      path: `/${HOSTILE}`,
      before: HOSTILE,
    })),
    refusals: [HOSTILE],
  };
};

test('the text names place, path, readers and what refuses', () => {
  const consumers: Consumers = {
    jobs: ['a', 'b', 'c'].map((name) => ({ namespace: 'n', name, certain: name !== 'c' })),
    datasets: [
      { namespace: 'superset://bi', name: 'sales', kind: 'dashboard', certain: true },
      { namespace: 'superset://bi', name: 'board', kind: 'dashboard', certain: true },
      { namespace: 'n', name: 'table', kind: 'dataset', certain: true },
    ],
    truncated: false,
  };
  const line = NARROWED.split('\n').indexOf('    type: decimal(10,2)') + 1;
  assert.deepEqual(textReport([reportOf(NARROWED, { consumers })]), [
    'contracts/orders.yaml: 2.1.0, 1 change, needs a major version: refused.',
    `  MAJOR B2   contracts/orders.yaml:${line}:5: The type of orders.amount is narrowed from decimal(12,2) to decimal(10,2). Add a column of the new type beside it, or raise the major version.`,
    `             ${AMOUNT}`,
    '             3 jobs and 2 dashboards read orders.amount; of 1 it is not known which columns: a, b, c, sales, board.',
    '  refused  The changes need a higher major version, but it stays 2.1.0.',
  ]);
  assert.deepEqual(textReport([reportOf(SHORT)]), ['contracts/orders.yaml: 2.1.0, nothing changed.']);
});

test('an accepted break is said to be one, in each report', () => {
  const report = reportOf(NARROWED, { accept: AMOUNT });
  assert.match(textReport([report]).join('\n'), /fine\.\n[^]*accepted by ann until 2027-01-01/);
  assert.match(junitReport([report]), /failures="0"/);
  assert.match(githubReport([report]).join('\n'), /^::warning /);
  const text = JSON.stringify(sarifReport([report], '1.0.0'));
  assert.match(text, /"suppressions":\[\{"kind":"external","status":"accepted"/);
});

/** A reader of XML that takes nothing that is not well formed: elements, attributes, text, the five entities and numbers. */
function readXml(text: string): { elements: Map<string, number>; texts: string[] } {
  assert.doesNotMatch(text, /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u);
  const [head = ''] =
    /^<\?xml version="1\.0" encoding="UTF-8"\?>\n/.exec(text) ?? assert.fail('no declaration');
  const elements = new Map<string, number>();
  const texts: string[] = [];
  const open: string[] = [];
  const token = /<([a-z-]+)((?:\s+[a-z]+="[^"<&]*(?:&[^"<]*)*")*)\s*(\/?)>|<\/([a-z-]+)>|([^<]+)/gy;
  token.lastIndex = head.length;
  let end = head.length;
  for (let found = token.exec(text); found; found = token.exec(text)) {
    const [, name, attributes = '', closed, closes, content] = found;
    end = token.lastIndex;
    for (const [reference] of (attributes + (content ?? '')).matchAll(/&[^;]*;?/g))
      assert.match(reference, /^&(?:amp|lt|gt|quot|apos|#\d+);$/);
    if (name !== undefined) {
      elements.set(name, (elements.get(name) ?? 0) + 1);
      if (closed === '') open.push(name);
    } else if (closes !== undefined) assert.equal(open.pop(), closes);
    else texts.push(content ?? '');
  }
  assert.equal(end, text.length, `not well formed at ${text.slice(end, end + 60)}`);
  assert.deepEqual(open, []);
  return { elements, texts };
}

test('JUnit XML is well formed and counts right, whatever the texts', () => {
  const text = junitReport([reportOf(NARROWED), hostile(), reportOf(SHORT)]);
  const { elements, texts } = readXml(text);
  assert.deepEqual(
    ['testsuites', 'testsuite', 'testcase', 'failure'].map((name) => elements.get(name)),
    [1, 3, 6, 5],
  );
  assert.match(text, /<testsuites name="contract changes" tests="6" failures="5" errors="0">/);
  assert.ok(texts.some((content) => content.includes(']]&gt;&lt;/failure&gt;&amp;amp;')));
});

/** What SARIF 2.1.0 demands of the parts that we write (OASIS, sections 3.13 to 3.27). */
const SARIF = {
  type: 'object',
  required: ['version', 'runs'],
  properties: {
    $schema: { type: 'string', pattern: '^https://' },
    version: { const: '2.1.0' },
    runs: {
      type: 'array',
      items: {
        type: 'object',
        required: ['tool', 'results'],
        additionalProperties: false,
        properties: {
          columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
          tool: {
            type: 'object',
            required: ['driver'],
            properties: {
              driver: {
                type: 'object',
                required: ['name'],
                properties: {
                  name: { type: 'string' },
                  semanticVersion: { type: 'string', pattern: '^\\d+\\.\\d+\\.\\d+' },
                  rules: {
                    type: 'array',
                    uniqueItems: true,
                    items: {
                      type: 'object',
                      required: ['id'],
                      additionalProperties: false,
                      properties: {
                        id: { type: 'string' },
                        name: { type: 'string' },
                        shortDescription: { type: 'object', required: ['text'] },
                      },
                    },
                  },
                },
              },
            },
          },
          results: {
            type: 'array',
            items: {
              type: 'object',
              required: ['message', 'ruleId', 'ruleIndex', 'locations'],
              additionalProperties: false,
              properties: {
                ruleId: { type: 'string' },
                ruleIndex: { type: 'integer', minimum: -1 },
                level: { enum: ['none', 'note', 'warning', 'error'] },
                message: {
                  type: 'object',
                  required: ['text'],
                  properties: { text: { type: 'string', minLength: 1 } },
                },
                partialFingerprints: { type: 'object', additionalProperties: { type: 'string' } },
                properties: { type: 'object' },
                suppressions: {
                  type: 'array',
                  items: {
                    type: 'object',
                    required: ['kind'],
                    properties: {
                      kind: { enum: ['inSource', 'external'] },
                      status: { enum: ['accepted', 'underReview', 'rejected'] },
                      justification: { type: 'string' },
                    },
                  },
                },
                locations: {
                  type: 'array',
                  items: {
                    type: 'object',
                    required: ['physicalLocation'],
                    properties: {
                      physicalLocation: {
                        type: 'object',
                        required: ['artifactLocation', 'region'],
                        properties: {
                          // A URI reference, RFC 3986.
                          artifactLocation: {
                            type: 'object',
                            required: ['uri'],
                            properties: {
                              uri: {
                                type: 'string',
                                pattern: "^(?:[A-Za-z0-9._~!$&'()*+,;=@/-]|%[0-9A-F]{2})+$",
                              },
                            },
                          },
                          region: {
                            type: 'object',
                            required: ['startLine'],
                            properties: {
                              startLine: { type: 'integer', minimum: 1 },
                              startColumn: { type: 'integer', minimum: 1 },
                            },
                          },
                        },
                      },
                    },
                  },
                },
              },
            },
          },
        },
      },
    },
  },
};

test('SARIF has the shape of the standard, whatever the texts', () => {
  const validate = new Ajv({ strict: true, strictRequired: false, allErrors: true }).compile(SARIF);
  for (const reports of [[], [reportOf(NARROWED), hostile(), reportOf(NARROWED, { accept: AMOUNT })]]) {
    const log = JSON.parse(JSON.stringify(sarifReport(reports, '0.1.0'))) as {
      runs: [
        { tool: { driver: { rules: { id: string }[] } }; results: { ruleId: string; ruleIndex: number }[] },
      ];
    };
    assert.ok(validate(log), JSON.stringify(validate.errors, null, 1));
    const [{ tool, results }] = log.runs;
    for (const { ruleId, ruleIndex } of results) assert.equal(tool.driver.rules[ruleIndex]?.id, ruleId);
  }
});

test('GitHub annotations cannot be broken out of', () => {
  const lines = githubReport([hostile()]);
  assert.equal(lines.length, 3);
  for (const line of lines) {
    assert.doesNotMatch(line, /[\r\n]/);
    // As the runner reads a command: up to the second ::, the properties at each comma, then the escapes.
    const [, level, properties = '', message = ''] = /^::([a-z]+) ([^]*?)::([^]*)$/.exec(line) ?? [];
    assert.ok(level === 'error' || level === 'notice', level);
    const unescape = (text: string): string =>
      text
        .replaceAll('%2C', ',')
        .replaceAll('%3A', ':')
        .replaceAll('%0D', '\r')
        .replaceAll('%0A', '\n')
        .replaceAll('%25', '%');
    const read = Object.fromEntries(properties.split(',').map((part) => part.split('=').map(unescape)));
    assert.deepEqual(Object.keys(read), ['file', 'line', 'col', 'title']);
    assert.equal(read['file'], hostile().file);
    assert.ok(unescape(message).includes(HOSTILE));
  }
});

test('documentation alone is no annotation; what readers may feel is a warning, what they may use a notice', () => {
  const levels = (after: string): readonly string[] =>
    githubReport([reportOf(after)]).map((line) => line.slice(2, line.indexOf(' ')));
  const version = (text: string): string => text.replace('"2.1.0"', '"3.0.0"');
  assert.deepEqual(levels(version(SHORT.replace('All orders', 'Every order'))), []);
  assert.deepEqual(levels(version(NARROWED)), ['warning']);
  assert.deepEqual(levels(version(`${SHORT}  - name: more\n    type: int\n`)), ['notice']);
  assert.deepEqual(levels(NARROWED), ['error', 'error']);
});
