import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ConfigError, parseConfig } from '#collector/config-file.ts';
import { namingRules } from '#collector/naming-config.ts';
import { identify } from '#model/naming.ts';

const named = (text: string, namespace: string, name = 'd.T'): string => {
  const found = identify(namespace, name, namingRules(parseConfig(text, 'assay.yaml', {}).naming));
  return `${found.namespace} ${found.name}`;
};

describe('rules of naming in assay.yaml', () => {
  const text = `
naming:
  resolvers:
    events: { type: hostList, hosts: [b1, b2], schema: kafka }
    cluster-$1: { type: pattern, regex: 'meta-(\\w+)-\\d+' }
    any: { type: patternGroup, regex: 'fe-(?<cluster>\\w+)-\\d+', matchingGroup: cluster }
  case:
    - { scheme: hive, name: lower }
`;
  const cases: [string, string][] = [
    ['kafka://b2:9092', 'kafka://events:9092 d.T'],
    ['hive://meta-eu-17:9083', 'hive://cluster-eu:9083 d.t'],
    ['starrocks://fe-prod-3:9030', 'mysql://prod:9030 d.T'],
    ['postgres://db:5432', 'postgres://db:5432 d.T'],
  ];
  for (const [namespace, expected] of cases)
    test(namespace, () => assert.equal(named(text, namespace), expected));

  test('none are needed', () => assert.equal(named('', 's3a://b', '/a/dt=1'), 's3://b a'));
});

describe('a fault in the rules of naming names its place and the mend', () => {
  const resolver = (settings: string): string => `naming:\n  resolvers:\n    prod: ${settings}\n`;
  const cases: [string, string, RegExp][] = [
    [
      'no hosts',
      resolver('{ type: hostList }'),
      /^assay\.yaml:3:11: \/naming\/resolvers\/prod is a hostList and needs hosts\.$/,
    ],
    [
      'no group',
      resolver('{ type: patternGroup, regex: x }'),
      /:3:11: .*is a patternGroup and needs matchingGroup\.$/,
    ],
    [
      'a member of another type',
      resolver('{ type: hostList, hosts: [a], regex: x }'),
      /:3:48: \/naming\/resolvers\/prod\/regex is not for a resolver of type hostList\.$/,
    ],
    [
      'a broken pattern',
      resolver("{ type: pattern, regex: '(' }"),
      /:3:35: .*regex is no regular expression of JavaScript: /,
    ],
    [
      'a group that is not there',
      resolver("{ type: patternGroup, regex: '(?<a>x)', matchingGroup: b }"),
      /:3:66: .*matchingGroup names no group of the regex; write \(\?<b>…\) in it\.$/,
    ],
    [
      'an unknown type',
      resolver('{ type: hosts }'),
      /:3:19: .*type must be one of hostList, pattern, patternGroup\.$/,
    ],
    [
      'an unknown member',
      resolver('{ type: hostList, hosts: [a], scheme: x }'),
      /scheme is no setting of Assay/,
    ],
    [
      'an unknown case',
      'naming:\n  case:\n    - { scheme: hive, name: small }\n',
      /:3:29: .*must be one of lower, upper\.$/,
    ],
  ];
  for (const [what, text, message] of cases) {
    test(what, () =>
      assert.throws(
        () => parseConfig(text, 'assay.yaml', {}),
        (error) => error instanceof ConfigError && message.test(error.message),
      ),
    );
  }
});
