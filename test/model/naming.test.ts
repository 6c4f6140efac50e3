import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { canonicalIdentifier, identify, isRoot, NO_RULES, type NamespaceResolver } from '#model/naming.ts';
import { hostListResolver, patternGroupResolver, patternResolver } from '#model/namespace-resolvers.ts';

const namespaceBy = (resolvers: readonly NamespaceResolver[], namespace: string): string =>
  canonicalIdentifier(namespace, 'd.t', { resolvers, cases: [] }).namespace;

describe('a StarRocks frontend', () => {
  test('is the MySQL server that JDBC clients see', () => {
    assert.deepEqual(
      identify('starrocks://fe:9030', 'sales.orders'),
      identify('mysql://fe:9030', 'sales.orders'),
    );
    assert.notDeepEqual(identify('starrocks://fe:9030', 'a.t'), identify('mysql://other:9030', 'a.t'));
  });

  test('is one under a rule too, whichever spelling the rule names', () => {
    for (const scheme of ['starrocks', 'mysql']) {
      const rules = [
        patternResolver('warehouse', new RegExp(`^${scheme}://fe\\d:9030$`, 'g'), null),
        hostListResolver('prod', ['fe-a', 'fe-b'], scheme),
      ];
      for (const sent of ['starrocks://fe1:9030', 'mysql://fe2:9030'])
        assert.equal(namespaceBy(rules, sent), 'warehouse');
      for (const sent of ['starrocks://fe-a:9030', 'mysql://fe-b:9030'])
        assert.equal(namespaceBy(rules, sent), 'mysql://prod:9030');
    }
  });
});

describe('lists of hosts', () => {
  const resolver = hostListResolver('prod', ['fe1', 'FE2.internal', '10.0.0.7:9030', '::1'], 'mysql');
  const cases: [string, string][] = [
    ['mysql://fe1:9030', 'mysql://prod:9030'],
    ['mysql://FE1', 'mysql://prod'],
    ['mysql://fe2.internal:9030', 'mysql://prod:9030'],
    ['mysql://10.0.0.7:9030', 'mysql://prod'],
    ['mysql://10.0.0.7:3306', 'mysql://10.0.0.7:3306'],
    ['mysql://fe10:9030', 'mysql://fe10:9030'],
    ['postgres://fe1:9030', 'postgres://fe1:9030'],
    ['starrocks://fe1:9030', 'mysql://prod:9030'],
  ];
  for (const [sent, meant] of cases) test(sent, () => assert.equal(namespaceBy([resolver], sent), meant));

  test('brokers that are one are named once', () => {
    const kafka = hostListResolver('events', ['b1', 'b2'], null);
    assert.equal(namespaceBy([kafka], 'kafka://b1:9092,b2:9092'), 'kafka://events:9092');
    assert.equal(namespaceBy([kafka], 'kafka://b2:9092'), 'kafka://events:9092');
    assert.equal(namespaceBy([kafka], 'kafka://b1:9092,x:9092'), 'kafka://events:9092,x:9092');
    assert.equal(namespaceBy([kafka], 'b1'), 'events');
    assert.equal(namespaceBy([kafka], 'x'), 'x');
  });
});

describe('patterns', () => {
  test('replace what matches, with groups', () => {
    const resolver = patternResolver('cluster-$1', /kafka-(\w+)-\d+/g, 'kafka');
    assert.equal(namespaceBy([resolver], 'kafka://kafka-eu-17:9092'), 'kafka://cluster-eu:9092');
    assert.equal(namespaceBy([resolver], 'pulsar://kafka-eu-17:9092'), 'pulsar://kafka-eu-17:9092');
  });

  test('keep a named group', () => {
    const resolver = patternGroupResolver('cluster', /(?<cluster>[a-z]+)-prod-\d+/g, null);
    assert.equal(namespaceBy([resolver], 'hive://meta-prod-3:9083'), 'hive://meta:9083');
  });

  test('the first that changes a name decides', () => {
    const one = patternResolver('one', /zero/g, null);
    const two = patternResolver('two', /zero|one/g, null);
    assert.equal(namespaceBy([one, two], 'mysql://zero'), 'mysql://one');
    assert.equal(namespaceBy([one, two], 'mysql://one'), 'mysql://two');
  });

  test('what leaves nothing of a namespace is not taken', () =>
    assert.equal(namespaceBy([patternResolver('', /.*/g, null)], 'mysql://x'), 'mysql://x'));
});

describe('letter case', () => {
  const rules = {
    ...NO_RULES,
    cases: [
      { scheme: 'hive', namespace: 'lower', name: 'lower' },
      { scheme: 'snowflake', namespace: null, name: 'upper' },
      { scheme: 'bigquery', namespace: null, name: 'lower' },
    ],
  } as const;
  const cases: [string, string, string, string][] = [
    ['hive://Meta:9083', 'DB.Orders', 'hive://meta:9083', 'db.orders'],
    ['snowflake://Org-Acc', 'db.s.T', 'snowflake://Org-Acc', 'DB.S.T'],
    ['bigquery', 'P.D.T', 'bigquery', 'p.d.t'],
    ['hiveserver://X', 'A', 'hiveserver://X', 'A'],
    ['postgres://DB', 'A', 'postgres://DB', 'A'],
  ];
  for (const [namespace, name, ...expected] of cases) {
    test(`${namespace} ${name}`, () => {
      const found = canonicalIdentifier(namespace, name, rules);
      assert.deepEqual([found.namespace, found.name], expected);
    });
  }
});

test('one spelling is stable: named again it is itself', () => {
  const rules = {
    resolvers: [
      hostListResolver('prod', ['fe1', 'fe2'], null),
      patternResolver('c-$1', /kafka-(\w+)-\d+/g, null),
    ],
    cases: [{ scheme: 'hive', namespace: 'lower', name: 'lower' }],
  } as const;
  const namespace = fc.oneof(
    fc.constantFrom(
      's3a://b',
      's3n://b/',
      'starrocks://fe1:9030',
      'mysql://fe2:9030',
      'kafka://kafka-eu-1',
      'hive://M',
      'file',
      'hdfs://nn/',
    ),
    fc.string({ minLength: 1 }),
  );
  const name = fc.oneof(
    fc.constantFrom('/', '//', 'a/', '/a/dt=1/', 'a/2026/01', 'D.T'),
    fc.string({ minLength: 1 }),
  );
  fc.assert(
    fc.property(namespace, name, (sentNamespace, sentName) => {
      const first = identify(sentNamespace, sentName, rules);
      assert.deepEqual(identify(first.namespace, first.name, rules), { ...first, values: [] });
    }),
  );
});

test('a whole bucket or file system is no dataset', () => {
  const roots = [
    ['s3://b', '/'],
    ['s3://b', ''],
    ['file', '/'],
    ['hdfs://nn:8020', '.'],
  ] as const;
  for (const [namespace, name] of roots) assert(isRoot({ namespace, name }), `${namespace} ${name}`);
  assert(!isRoot({ namespace: 's3://b', name: 'a' }));
  assert(!isRoot({ namespace: 'mysql://h', name: '/' }));
});
