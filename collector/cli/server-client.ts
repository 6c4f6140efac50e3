import { CommandFailure, EXIT, type ExitCode } from './exit-codes.ts';

/** How long is waited, and what is told then. */
export interface TimeLimit {
  readonly seconds: number;
  readonly message: string;
}

/** Talks to a running Assay. */
export interface ServerClient {
  readonly url: string;
  get<T>(path: string): Promise<T>;
  /** Null when there is nothing (404). */
  find<T>(path: string): Promise<T | null>;
  /** @param limit for how long the answer may take; beyond it a failure with the exit code of a timeout. */
  post<T>(path: string, body: unknown, limit?: TimeLimit): Promise<T>;
  put<T>(path: string, body: unknown): Promise<T>;
  /** Sends bytes as they are; none at all when there are none. */
  postBytes<T>(path: string, body: Uint8Array): Promise<T>;
  /** An answer that is no JSON document. */
  bytes(path: string): Promise<Buffer>;
  /** Sends bytes as they are; answers status and document without judging them. */
  send(
    path: string,
    body: Uint8Array,
    headers?: Readonly<Record<string, string>>,
  ): Promise<{ readonly status: number; readonly document: unknown; readonly retryAfter: number | null }>;
}

const CODES: Readonly<Record<string, ExitCode>> = {
  'urn:assay:problem:version_moved': EXIT.versionMoved,
  'urn:assay:problem:blocked': EXIT.bad,
  'urn:assay:problem:publication_refused': EXIT.bad,
  'urn:assay:problem:invalid_envelope': EXIT.bad,
  'urn:assay:problem:not_json': EXIT.bad,
  'urn:assay:problem:invalid_contract': EXIT.usage,
  'urn:assay:problem:invalid_request': EXIT.usage,
  'urn:assay:problem:unknown_warehouse': EXIT.usage,
  'urn:assay:problem:waiver_invalid': EXIT.usage,
};

/** @param url from --url, ASSAY_URL or the default port. The key is ASSAY_KEY's. */
export function serverClient(url: string): ServerClient {
  if (!URL.canParse(url))
    throw new CommandFailure(
      `"${url}" is not a URL; --url and ASSAY_URL look like http://127.0.0.1:4100.`,
      EXIT.usage,
    );
  const request = async (path: string, init: RequestInit, limit?: TimeLimit): Promise<Response> => {
    const signal = limit === undefined ? null : AbortSignal.timeout(Math.ceil(limit.seconds * 1000));
    try {
      return await fetch(new URL(path, url), { ...init, signal });
    } catch {
      if (limit !== undefined && signal?.aborted === true)
        throw new CommandFailure(limit.message, EXIT.timeout);
      throw new CommandFailure(
        `No Assay answers at ${url}; start it with "assay up", or name another with --url or ASSAY_URL.`,
        EXIT.unknown,
      );
    }
  };
  const answer = async <T>(response: Response): Promise<T> => {
    const document: unknown = await response.json().catch(() => null);
    if (response.ok) return document as T;
    throw failureOf(document, response.status, url);
  };
  const key = process.env['ASSAY_KEY'];
  const authorization = key ? { authorization: `Bearer ${key}` } : {};
  const json = { ...authorization, 'content-type': 'application/json' };
  return {
    url,
    get: async (path) => answer(await request(path, { headers: authorization })),
    find: async <T>(path: string) => {
      const response = await request(path, { headers: authorization });
      return response.status === 404 ? null : answer<T>(response);
    },
    post: async (path, body, limit) =>
      answer(await request(path, { method: 'POST', headers: json, body: JSON.stringify(body) }, limit)),
    put: async (path, body) =>
      answer(await request(path, { method: 'PUT', headers: json, body: JSON.stringify(body) })),
    postBytes: async (path, body) =>
      answer(
        await request(
          path,
          body.byteLength === 0
            ? { method: 'POST', headers: authorization }
            : { method: 'POST', headers: json, body: Buffer.from(body) },
        ),
      ),
    bytes: async (path) => {
      const response = await request(path, { headers: authorization });
      if (!response.ok) await answer(response);
      return Buffer.from(await response.arrayBuffer());
    },
    send: async (path, body, headers) => {
      const response = await request(path, {
        method: 'POST',
        headers: { ...json, ...headers },
        body: Buffer.from(body),
      });
      const retryAfter = Number(response.headers.get('retry-after'));
      return {
        status: response.status,
        document: await response.json().catch(() => null),
        retryAfter: retryAfter || null,
      };
    },
  };
}

function failureOf(document: unknown, status: number, url: string): CommandFailure {
  if (typeof document !== 'object' || document === null || !('detail' in document)) {
    return new CommandFailure(
      `${url} answered ${status} without saying why; is this really Assay?`,
      EXIT.unknown,
    );
  }
  const { type, title, detail, errors } = document as {
    type?: string;
    title?: string;
    detail: string;
    errors?: unknown;
  };
  const lines = [`${title ?? 'Error'}: ${detail}`];
  // Where there is one fault, the detail is often the same sentence.
  const faults = (Array.isArray(errors) ? errors.map(lineOf) : []).filter((line) => !line.endsWith(detail));
  lines.push(...faults.map((line) => `  ${line}`));
  return new CommandFailure(
    lines.join('\n'),
    CODES[type ?? ''] ?? (status >= 500 ? EXIT.unknown : EXIT.usage),
  );
}

/** A fault as problem documents list them: by place in a file, or by pointer into the body. */
interface ShownFault {
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly pointer?: string;
  readonly message?: string;
  readonly detail?: string;
  readonly mend?: string;
}

function lineOf(error: unknown): string {
  if (typeof error === 'string') return error;
  if (typeof error !== 'object' || error === null) return String(error);
  const { file, line, column, pointer, message, detail, mend } = error as ShownFault;
  const place = line === undefined ? (pointer ?? '') : `${file ?? ''}:${line}:${column ?? 1}`;
  return [place === '' ? '' : `${place}:`, message ?? detail, mend].filter(Boolean).join(' ');
}
