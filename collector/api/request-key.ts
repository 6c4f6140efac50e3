import type { Key } from '#collector/keys/key-ring.ts';
import type { FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    /** The key that the request came with; absent without configured keys and on open routes. */
    key?: Key;
  }
}

/** Who acts: the key's name, where keys are configured; else who is said to. */
export function actorOf<T extends string | null | undefined>(request: FastifyRequest, said: T): string | T {
  return request.key?.name ?? said;
}
