import { hash } from 'node:crypto';

/** A UUID in its 36-character lower-case form. */
export type Uuid = string;

const UUID_PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** True for the 36-character form of any UUID version (Airflow alone has used versions 3, 4 and 7). */
export function isUuid(text: string): boolean {
  return UUID_PATTERN.test(text);
}

/** Formats 16 bytes (32 hexadecimal digits) as a UUID. */
export function uuidFromHex(hex: string): Uuid {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

/**
 * An identifier computed from what it identifies: the first 128 bits of SHA-256 over the parts.
 *
 * Ids made this way need no round trip to be allocated, are the same in every collector, and do not
 * depend on the order in which events arrive. Each part is prefixed by its length, so ("ab","c") and
 * ("a","bc") differ.
 */
export function derivedId(kind: string, ...parts: readonly string[]): Uuid {
  let text = kind;
  for (const part of parts) text += `\u0000${part.length}:${part}`;
  return contentId(text);
}

/** The first 128 bits of SHA-256 over a content. */
export function contentId(content: string | Uint8Array): Uuid {
  return uuidFromHex(hash('sha256', content));
}

export const namespaceId = (name: string): Uuid => derivedId('namespace', name);
export const jobId = (namespace: string, name: string): Uuid => derivedId('job', namespace, name);
export const datasetId = (namespace: string, name: string): Uuid => derivedId('dataset', namespace, name);

/** The run's own id when it is a UUID; else (some producers send "run_id") one derived from the text. */
export function runIdOf(externalId: string): Uuid {
  return isUuid(externalId) ? externalId.toLowerCase() : derivedId('run', externalId);
}
