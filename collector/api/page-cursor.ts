import { Problem } from '#collector/problems.ts';

/** A place in a list as a text that a client hands back without looking into it. */
export function cursorText(parts: readonly string[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** Reads such a text; null when there is none. Throws invalid_request when this list did not give it. */
export function readCursor(
  text: string | undefined,
  isSound: readonly ((part: string) => boolean)[],
): readonly string[] | null {
  if (text === undefined) return null;
  const parts = parse(text);
  if (parts?.length === isSound.length && isSound.every((sound, index) => sound(parts[index] ?? '')))
    return parts;
  throw new Problem('invalid_request', 'cursor is not one that this list gave; leave it out to begin.');
}

function parse(text: string): readonly string[] | null {
  try {
    const parts: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    return Array.isArray(parts) && parts.every((part) => typeof part === 'string') ? parts : null;
  } catch {
    return null;
  }
}

/** Any text that Postgres takes. */
export const isText = (part: string): boolean => !part.includes('\u0000');
