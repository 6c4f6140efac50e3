import { hash, randomBytes } from 'node:crypto';

/** Tells a key of ours from other secrets, for those who search for leaked ones. */
const PREFIX = 'assay_';

/** Shortest key that is taken, in characters: what a person can remember, a program can guess. */
export const SHORTEST_KEY = 24;

/** A new key: 256 random bits. */
export function newKeyText(): string {
  return PREFIX + randomBytes(32).toString('base64url');
}

/** How a key is stored: SHA-256 in hexadecimal. A random key needs no salt and no slow hash. */
export function keyHash(text: string): string {
  return hash('sha256', text, 'hex');
}
