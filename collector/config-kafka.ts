import { isAbsolute, join } from 'node:path';
import { Type, type Static } from 'typebox';
import type { KafkaSettings } from '#adapters/kafka/settings.ts';
import { ConfigError } from './config-error.ts';

const path = Type.String({ minLength: 1 });

/** `kafka:` in assay.yaml. */
export const KafkaFileSchema = Type.Object(
  {
    brokers: Type.Array(Type.String({ pattern: '^[^\\s:/]+:[0-9]{1,5}$' }), { minItems: 1 }),
    topics: Type.Array(Type.String({ pattern: '^[A-Za-z0-9._-]{1,249}$' }), { minItems: 1 }),
    group_id: Type.Optional(Type.String({ minLength: 1 })),
    from_beginning: Type.Optional(Type.Boolean()),
    ssl: Type.Optional(
      Type.Object(
        { ca: Type.Optional(path), cert: Type.Optional(path), key: Type.Optional(path) },
        { additionalProperties: false },
      ),
    ),
    sasl: Type.Optional(
      Type.Object(
        {
          mechanism: Type.Union(
            ['plain', 'scram-sha-256', 'scram-sha-512'].map((name) => Type.Literal(name)),
          ),
          username: Type.String({ minLength: 1 }),
          password: Type.String({ minLength: 1 }),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);
export type KafkaFile = Static<typeof KafkaFileSchema>;

/** Completes what the file says. Paths are relative to `directory`. Throws ConfigError. */
export function kafkaSettingsOf(file: KafkaFile, directory: string): KafkaSettings {
  const { ssl, sasl } = file;
  const at = (name: string | undefined): string | null =>
    name === undefined ? null : isAbsolute(name) ? name : join(directory, name);
  if ((ssl?.cert === undefined) !== (ssl?.key === undefined))
    throw new ConfigError('kafka.ssl names a cert without its key, or a key without its cert; write both.');
  return {
    brokers: file.brokers,
    topics: file.topics,
    groupId: file.group_id ?? 'assay',
    fromBeginning: file.from_beginning ?? true,
    ssl: ssl === undefined ? null : { ca: at(ssl.ca), cert: at(ssl.cert), key: at(ssl.key) },
    sasl: sasl === undefined ? null : { ...sasl, mechanism: mechanismOf(sasl.mechanism) },
  };
}

function mechanismOf(name: string): 'plain' | 'scram-sha-256' | 'scram-sha-512' {
  return name === 'plain' || name === 'scram-sha-256' ? name : 'scram-sha-512';
}
