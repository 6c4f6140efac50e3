import { StarRocksError } from './session.ts';

/**
 * Words of answers after which a statement may have run all the same: a frontend that is not the leader sends it on
 * and gives up waiting, a load that takes too long may be committed later, a leader goes while it works.
 */
const DOUBT =
  /time[d]?[ -]?out|forward|leader|transport|\brpc\b|thrift|connection (?:refused|reset|lost)|shut(?:ting)? ?down|cancelled/i;

/** Sorts what mysql2 throws. An answer of the frontend refuses; anything else leaves doubt whether it ran. */
export function faultOf(error: unknown, secrets: readonly string[] = []): StarRocksError {
  if (error instanceof StarRocksError) return error;
  const code = numberOf(error);
  const message = hide(messageOf(error), secrets);
  const answered = code !== null && !isFatal(error) && !DOUBT.test(message);
  return new StarRocksError(answered ? 'refused' : 'lost', message, code);
}

/** Whether no statement was sent at all: the frontend could not be reached, or did not let us in. */
export function isUnreachable(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^(?:ECONNREFUSED|ENOTFOUND|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN|ETIMEDOUT|ECONNRESET|EPIPE|PROTOCOL_CONNECTION_LOST)$/.test(
    code,
  );
}

/** The number of the frontend's error; null when the error is ours or the network's. */
function numberOf(error: unknown): number | null {
  const isServer = error instanceof Error && 'sqlState' in error && 'errno' in error;
  return isServer && typeof error.errno === 'number' ? error.errno : null;
}

function isFatal(error: unknown): boolean {
  return error instanceof Error && 'fatal' in error && error.fatal === true;
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  const code = 'code' in error ? String(error.code) : error.name;
  return error.message === '' ? code : error.message.split('\n')[0]!;
}

/** A password has no place in a message, whoever put it there. */
function hide(text: string, secrets: readonly string[]): string {
  return secrets.reduce((shown, secret) => (secret === '' ? shown : shown.replaceAll(secret, '***')), text);
}
