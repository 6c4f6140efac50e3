import { createRequire } from 'node:module';

// The build for CommonJS puts `__filename` here.
const requireFromHere = createRequire(import.meta.url);

/**
 * An optional peer package, loaded by require because a constructor cannot wait for an import. Undefined
 * when it is not installed.
 */
export function loadPeer(name: string): unknown {
  try {
    return requireFromHere(name) as unknown;
  } catch {
    return undefined;
  }
}
