import type { Dictionary } from './codec.ts';
import type { IngestOutcome, IngestSource } from './ingest.ts';

/** What the ingest thread is told. Events are numbered by the sender, in order. */
export type ToIngestThread =
  | {
      readonly kind: 'events';
      /** Number of the first. */
      readonly first: number;
      /** Where each one's bytes lie: number of the block, where they begin in it, and their length. */
      readonly places: readonly number[];
      readonly sources: readonly IngestSource[];
      /** The contentId of each one's bytes, one after another, each of ID_LENGTH. */
      readonly ids: string;
    }
  | {
      readonly kind: 'keep';
      readonly number: number;
      readonly bytes: Uint8Array;
      readonly source: IngestSource;
      readonly reason: string;
      readonly detail: string;
    }
  /** Memory that both see; null when a block is no more. Its bytes stay as they are until what lies there is answered. */
  | { readonly kind: 'block'; readonly block: number; readonly memory: SharedArrayBuffer | null }
  | { readonly kind: 'dictionary'; readonly dictionary: Dictionary | null }
  | { readonly kind: 'close' };

/** What became of one event: its outcome, the id of what was kept, or why neither. */
export type ThreadAnswer = IngestOutcome | { readonly kept: string } | { readonly error: SentError };

/** What the ingest thread tells. */
export interface FromIngestThread {
  /** Events that were accepted, nearly all: in columns, because each object in a message costs as much as ten numbers. */
  readonly accepted: AcceptedEvents;
  /** Numbers of the others, and what became of each. */
  readonly numbers: readonly number[];
  readonly answers: readonly ThreadAnswer[];
  readonly batches: readonly { readonly events: number; readonly bytes: number; readonly seconds: number }[];
  readonly quarantined: readonly { readonly reason: string; readonly producer: string | null }[];
}

export interface AcceptedEvents {
  readonly numbers: readonly number[];
  /** Their ids one after another, each of ID_LENGTH. */
  readonly ids: string;
  /** For each twice its warnings, and one more when it was there already. */
  readonly states: readonly number[];
}

/** Characters of an event's id. */
export const ID_LENGTH = 36;

/** An error as it travels between threads: what it is told apart by must not be lost. */
export interface SentError {
  readonly name: string;
  readonly message: string;
  /** Of a system error (ECONNREFUSED), or an SQLSTATE. */
  readonly code: string | null;
  readonly stack: string | null;
}

export function sendError(error: unknown): SentError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), code: null, stack: null };
  const { name, message, stack = null } = error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : null;
  return { name, message, code, stack };
}

const KINDS = new Map<string, new (message: string) => Error>([
  ['TypeError', TypeError],
  ['RangeError', RangeError],
]);

export function receiveError({ name, message, code, stack }: SentError): Error {
  const error = new (KINDS.get(name) ?? Error)(message);
  if (!KINDS.has(name)) error.name = name;
  if (stack !== null) error.stack = stack;
  return code === null ? error : Object.assign(error, { code });
}
