import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EvaluationAnswer } from '#api/schema/gates.ts';
import { CommandFailure, EXIT } from './exit-codes.ts';
import type { ServerClient } from './server-client.ts';

/** Seconds of one request: clients and proxies give up answers that take five minutes. */
const LONGEST_REQUEST = 240;
/** Seconds that one question about an evaluation waits on the server. */
const POLL = 10;

export interface EvaluationRequest {
  /** `/api/v2/gates/{dataset}/evaluations`, with its query. */
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>> & { readonly publish: boolean };
  /** Seconds until the caller gives up. */
  readonly wait: number;
  /** What is told then. */
  readonly message: string;
}

/**
 * Has a candidate evaluated and waits for the decision, and for the publication where that was asked for, however
 * long that is: what takes longer than one request is asked for again by its key. Throws a CommandFailure with
 * the exit code of a timeout when nothing is known of it by then.
 */
export async function evaluateAndWait(
  client: ServerClient,
  { path, body, wait, message }: EvaluationRequest,
  longestRequest = LONGEST_REQUEST,
): Promise<EvaluationAnswer> {
  const until = performance.now() + wait * 1000;
  const order = { idempotencyKey: randomUUID(), ...body };
  const patience = Math.min(wait, longestRequest);
  let evaluation: EvaluationAnswer;
  try {
    evaluation = await client.post<EvaluationAnswer>(path, order, { seconds: patience, message });
  } catch (error) {
    const goesOn = error instanceof CommandFailure && error.exitCode === EXIT.timeout && wait > patience;
    if (!goesOn) throw error;
    // It goes on at the server: the same key gives the same evaluation, and publishing is under way already.
    const rest = Math.max(1, (until - performance.now()) / 1000);
    const again = { ...order, publish: false };
    evaluation = await client.post<EvaluationAnswer>(path, again, { seconds: rest, message });
  }
  while (!isSettled(evaluation, body.publish) && performance.now() < until) {
    const seconds = Math.max(0, Math.min(POLL, Math.ceil((until - performance.now()) / 1000)));
    // A decision is answered at once, also while its publication is under way.
    if (evaluation.decision !== null) await sleep(Math.min(1000, seconds * 1000));
    evaluation = await client.get<EvaluationAnswer>(
      `/api/v2/gates/evaluations/${evaluation.id}?wait=${seconds}`,
    );
  }
  return evaluation;
}

function isSettled({ decision, publication, frozen }: EvaluationAnswer, publish: boolean): boolean {
  if (decision === null) return false;
  if (!publish || decision !== 'allow' || frozen !== null) return true;
  return publication !== null && publication.state !== 'publishing';
}
