/** One request that an adapter sends to a receiver. */
export interface HttpRequest {
  readonly method: 'POST' | 'PATCH' | 'GET';
  readonly url: string;
  /** May hold secrets: never logged. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What came of it. A redirect is an answer like any other: nobody follows it. */
export type HttpAnswer =
  | {
      readonly status: 'answered';
      readonly code: number;
      /** From when on the receiver takes requests again, as its Retry-After says; null when it says nothing. */
      readonly notBefore: Date | null;
      /** Its beginning, as text. */
      readonly body: string;
    }
  /** No answer: a name that does not resolve, a closed port, silence, a broken connection. */
  | { readonly status: 'unreachable'; readonly reason: string }
  /** It was not sent, because it must not be. */
  | { readonly status: 'refused'; readonly reason: string };

/** How adapters reach receivers over HTTP: adapters/http implements it, tests bring their own. Never throws. */
export type SendHttp = (request: HttpRequest) => Promise<HttpAnswer>;

const RETRYABLE: readonly number[] = [408, 425, 429];

/** What an answer means for a delivery: done, worth another attempt, or in vain. */
export function refusalOf(
  answer: HttpAnswer,
  receiver: string,
):
  | { readonly status: 'retryable'; readonly reason: string; readonly notBefore?: Date }
  | { readonly status: 'failure'; readonly reason: string }
  | null {
  if (answer.status === 'unreachable')
    return { status: 'retryable', reason: `${receiver} cannot be reached: ${answer.reason}` };
  if (answer.status === 'refused') return { status: 'failure', reason: answer.reason };
  const { code, notBefore, body } = answer;
  if (code >= 200 && code < 300) return null;
  const reason = `${receiver} answered ${code}${body === '' ? '' : `: ${oneLine(body)}`}`;
  if (code >= 500 || RETRYABLE.includes(code))
    return { status: 'retryable', reason, ...(notBefore !== null && { notBefore }) };
  return { status: 'failure', reason };
}

/** The beginning of an answer as one line, without what a terminal would obey. */
function oneLine(body: string): string {
  return body
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .slice(0, 200);
}
