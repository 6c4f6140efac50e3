import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { ConfigError, loadConfig, parseConfig, type Config } from '#collector/config.ts';
import { keyHash } from '#collector/keys/key-text.ts';
import { scratchFolder } from '#test/support/assay-process.ts';

const SECRET = 'a-secret-of-more-than-24-characters';

function load(t: TestContext, text: string, environment: Record<string, string> = {}): Config {
  const folder = scratchFolder(t);
  writeFileSync(join(folder, 'assay.yaml'), text);
  return loadConfig(environment, folder);
}

describe('keys in assay.yaml', () => {
  test('by hash or from the environment; with them Assay may listen anywhere', (t) => {
    const text = `keys:
  - { name: hashed, hash: ${keyHash('one')}, scopes: [read] }
  - { name: plain, key: "\${SECRET}", scopes: [ingest, "gate:publish"], namespaces: [prod] }
auth: { query_key: true }
`;
    const config = load(t, text, { SECRET, ASSAY_HOST: '0.0.0.0' });
    assert.deepEqual([config.host, config.queryKey], ['0.0.0.0', true]);
    assert.equal(config.keys?.find('one')?.name, 'hashed');
    const plain = config.keys?.find(SECRET);
    assert.deepEqual(
      [plain?.name, plain?.allows('gate:publish'), plain?.allows('read')],
      ['plain', true, false],
    );
    assert.equal(config.keys?.find(keyHash('one')), null);
  });

  test('without them, or with none in the list, only loopback', (t) => {
    for (const text of ['', 'keys: []\n']) {
      assert.equal(load(t, text).keys, null);
      assert.throws(
        () => load(t, text, { ASSAY_HOST: '0.0.0.0' }),
        /loopback only; make one with "assay key new"/,
      );
    }
  });

  const hash = keyHash('x');
  const cases: [string, string, RegExp][] = [
    [
      'neither hash nor key',
      'keys:\n  - { name: a, scopes: [read] }\n',
      /^assay\.yaml:2:5: \/keys\/0 \(a\) takes either hash/,
    ],
    ['both', `keys:\n  - { name: a, hash: ${hash}, key: ${SECRET}, scopes: [read] }\n`, /takes either hash/],
    ['a hash that is none', 'keys:\n  - { name: a, hash: abc, scopes: [read] }\n', /64 hexadecimal digits/],
    ['a short key', 'keys:\n  - { name: a, key: hunter2, scopes: [read] }\n', /fewer than 24 characters/],
    [
      'no scope',
      `keys:\n  - { name: a, hash: ${hash}, scopes: [] }\n`,
      /^assay\.yaml:2:\d+: \/keys\/0\/scopes /,
    ],
    [
      'an unknown scope',
      `keys:\n  - { name: a, hash: ${hash}, scopes: [write] }\n`,
      /\/keys\/0\/scopes\/0 must be one of ingest, read/,
    ],
    [
      'a misspelt setting',
      `keys:\n  - { name: a, hash: ${hash}, scopes: [read], namespace: [x] }\n`,
      /namespace is no setting/,
    ],
    [
      'two of one name, in any spelling',
      `keys:\n  - { name: Ada, hash: ${hash}, scopes: [read] }\n  - { name: "ada ", hash: ${keyHash('y')}, scopes: [read] }\n`,
      /^assay\.yaml:3:5: \/keys\/1 \(ada \) has the name of another key/,
    ],
    [
      'one key under two names',
      `keys:\n  - { name: a, key: ${SECRET}, scopes: [read] }\n  - { name: b, hash: ${keyHash(SECRET)}, scopes: [read] }\n`,
      /is the same key as another/,
    ],
  ];
  for (const [what, text, message] of cases) {
    test(`${what}: told by its place, without a word of the secret`, () => {
      assert.throws(
        () => parseConfig(text, 'assay.yaml', {}),
        (error) => {
          assert(error instanceof ConfigError);
          assert.match(error.message, message);
          assert.doesNotMatch(error.message, /hunter2|a-secret-of|[0-9a-f]{64}/);
          return true;
        },
      );
    });
  }
});
