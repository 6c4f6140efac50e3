import { hash, timingSafeEqual } from 'node:crypto';
import { Problem } from '#collector/problems.ts';
import type { Scope } from './scopes.ts';

/** A key as configured: never its text. */
export interface KeyEntry {
  /** Who acts with it: requests, waivers and publications carry this name. */
  readonly name: string;
  /** SHA-256 of the key's text, in hexadecimal. */
  readonly hash: string;
  readonly scopes: readonly Scope[];
  /** Namespaces that it may send events of, `*` at the end for any that begin so; null: all. */
  readonly namespaces: readonly string[] | null;
}

/** The part of an event that says whose it is. */
export interface NamespacedEvent {
  readonly job?: { readonly namespace: string };
  readonly dataset?: { readonly namespace: string };
}

/** A key that was presented and found. */
export interface Key {
  readonly name: string;
  readonly scopes: readonly Scope[];
  allows(scope: Scope): boolean;
  /** Throws forbidden when the event is of a namespace that is not the key's; undefined: all are. */
  readonly permit: ((event: NamespacedEvent) => void) | undefined;
}

/** The configured keys, by their hashes. */
export class KeyRing {
  readonly #keys: readonly { readonly hash: Buffer; readonly key: Key }[];

  constructor(entries: readonly KeyEntry[]) {
    this.#keys = entries.map((entry) => ({ hash: Buffer.from(entry.hash, 'hex'), key: keyOf(entry) }));
  }

  /** The key of this text, or null. Takes equally long whichever key it is, and if it is none. */
  find(text: string): Key | null {
    const given = hash('sha256', text, 'buffer');
    let found: Key | null = null;
    for (const { hash: known, key } of this.#keys) if (timingSafeEqual(known, given)) found = key;
    return found;
  }
}

function keyOf({ name, scopes, namespaces }: KeyEntry): Key {
  const all = scopes.includes('admin');
  return {
    name,
    scopes,
    allows: (scope) => all || scopes.includes(scope),
    permit: namespaces === null ? undefined : (event) => checkNamespace(name, namespaces, event),
  };
}

/** An event belongs to its job, one about a dataset alone to the dataset. */
function checkNamespace(name: string, namespaces: readonly string[], event: NamespacedEvent): void {
  const namespace = event.job?.namespace ?? event.dataset?.namespace ?? '';
  if (namespaces.some((pattern) => matches(pattern, namespace))) return;
  throw new Problem(
    'forbidden',
    `The key "${name}" may send events of ${namespaces.join(', ')}, not of ${namespace}; add it to the key's namespaces in assay.yaml.`,
  );
}

function matches(pattern: string, namespace: string): boolean {
  return pattern.endsWith('*') ? namespace.startsWith(pattern.slice(0, -1)) : namespace === pattern;
}
