import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ConfigError, parseConfig } from '#collector/config-file.ts';
import { kafkaSettingsOf } from '#collector/config-kafka.ts';
import type { KafkaSettings } from '#adapters/kafka/settings.ts';

function settingsOf(text: string, environment: Record<string, string> = {}): KafkaSettings {
  const { kafka } = parseConfig(`kafka:\n${text}`, 'assay.yaml', environment);
  assert.ok(kafka);
  return kafkaSettingsOf(kafka, '/etc/assay');
}

describe('kafka in assay.yaml', () => {
  test('brokers and topics are enough', () => {
    assert.deepEqual(settingsOf('  brokers: [kafka-1:9092, kafka-2:9092]\n  topics: [openlineage]\n'), {
      brokers: ['kafka-1:9092', 'kafka-2:9092'],
      topics: ['openlineage'],
      groupId: 'assay',
      fromBeginning: true,
      ssl: null,
      sasl: null,
    });
  });

  test('TLS and SASL, with the password from the environment and paths beside the file', () => {
    const text =
      '  brokers: [k:9093]\n  topics: [a]\n  ssl: { ca: ca.pem, cert: /tls/c.pem, key: /tls/k.pem }\n' +
      '  sasl: { mechanism: scram-sha-256, username: assay, password: "${SECRET}" }\n';
    const { ssl, sasl } = settingsOf(text, { SECRET: 's3' });
    assert.deepEqual(ssl, { ca: '/etc/assay/ca.pem', cert: '/tls/c.pem', key: '/tls/k.pem' });
    assert.deepEqual(sasl, { mechanism: 'scram-sha-256', username: 'assay', password: 's3' });
  });

  for (const [what, text, message] of [
    ['no broker', '  brokers: []\n  topics: [a]\n', /^assay\.yaml:2:12: \/kafka\/brokers /],
    ['a broker without port', '  brokers: [k]\n  topics: [a]\n', /^assay\.yaml:2:13: \/kafka\/brokers\/0 /],
    ['a topic that cannot be', '  brokers: [k:1]\n  topics: ["a b"]\n', /:3:12: \/kafka\/topics\/0 /],
    [
      'a mechanism that is not known',
      '  brokers: [k:1]\n  topics: [a]\n  sasl: { mechanism: md5, username: u, password: p }\n',
      /\/kafka\/sasl\/mechanism must be one of plain, scram-sha-256, scram-sha-512\.$/,
    ],
    ['a cert alone', '  brokers: [k:1]\n  topics: [a]\n  ssl: { cert: c.pem }\n', /without its key/],
    ['another key', '  brokers: [k:1]\n  topics: [a]\n  acks: 1\n', /\/kafka\/acks is no setting of Assay/],
  ] as const)
    test(`${what} is an error that names its place`, () => {
      assert.throws(
        () => settingsOf(text),
        (error) => error instanceof ConfigError && message.test(error.message),
      );
    });
});
