import { Type, type Static } from 'typebox';
import { keyHash, SHORTEST_KEY } from './keys/key-text.ts';
import type { KeyEntry } from './keys/key-ring.ts';
import { SCOPES } from './keys/scopes.ts';

/** An entry of `keys` in assay.yaml. */
export const KeySettings = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 200 }),
    hash: Type.Optional(Type.String()),
    /** The key itself, for those who have their secrets in the environment: `${NAME}`. */
    key: Type.Optional(Type.String()),
    scopes: Type.Array(Type.Enum(SCOPES), { minItems: 1 }),
    namespaces: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })),
  },
  { additionalProperties: false },
);
export type KeySettings = Static<typeof KeySettings>;

/** What is wrong with the entries beyond their form. No text of a key or a hash is repeated. */
export function keyFaults(
  keys: readonly KeySettings[],
): { readonly pointer: string; readonly fault: string }[] {
  return keys.flatMap((settings, index) => {
    const fault = faultOf(settings, keys.slice(0, index));
    return fault === null ? [] : [{ pointer: `/keys/${index}`, fault: `(${settings.name}) ${fault}` }];
  });
}

function faultOf({ name, hash, key }: KeySettings, before: readonly KeySettings[]): string | null {
  // A person is known by the key's name, so two names must not be read as one.
  const plain = name.trim().toLowerCase();
  if (before.some((other) => other.name.trim().toLowerCase() === plain))
    return 'has the name of another key.';
  if ((hash === undefined) === (key === undefined))
    return 'takes either hash, which "assay key new" prints, or key: ${A_VARIABLE}.';
  if (hash !== undefined && !/^[0-9a-f]{64}$/i.test(hash))
    return 'has a hash that is not the 64 hexadecimal digits of a SHA-256; "assay key new" prints one.';
  if (key !== undefined && key.length < SHORTEST_KEY)
    return `has a key of fewer than ${SHORTEST_KEY} characters; make one with "assay key new".`;
  const same = hashOf({ hash, key });
  return before.some((other) => hashOf(other) === same) ? 'is the same key as another.' : null;
}

/** The key as it is held in memory. */
export function keyEntry({ name, hash, key, scopes, namespaces }: KeySettings): KeyEntry {
  return { name: name.trim(), hash: hashOf({ hash, key }), scopes, namespaces: namespaces ?? null };
}

interface KeySource {
  readonly hash?: string | undefined;
  readonly key?: string | undefined;
}

function hashOf({ hash, key }: KeySource): string {
  return hash?.toLowerCase() ?? keyHash(key ?? '');
}
