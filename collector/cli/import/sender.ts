import { setTimeout as sleep } from 'node:timers/promises';
import { CommandFailure, EXIT } from '../exit-codes.ts';
import type { ServerClient } from '../server-client.ts';
import { isJson } from './read-lines.ts';

/** An event to be sent, and how to speak of it. */
export interface Outgoing {
  /** file:line, or the file. */
  readonly place: string;
  readonly bytes: Buffer;
}

export interface ImportReport {
  events: number;
  rejected: number;
  /** Places where the last line was not written to its end; the next import takes it. */
  readonly unfinished: string[];
  /** Place and reason of the first rejected events. */
  readonly problems: string[];
}

const SHOWN_PROBLEMS = 20;
const ATTEMPTS = 60;
/** What api/event-source.ts reads; commands load nothing of the server. */
const FROM_FILE = { 'assay-source': 'file' };

interface BatchAnswer {
  readonly summary: { readonly successful: number };
  readonly failed_events?: readonly {
    readonly index: number;
    readonly reason: string;
    readonly retriable: boolean;
  }[];
}

/** Sends events to a running Assay and counts what became of them. Waits while Assay has no room. */
export class Sender {
  readonly report: ImportReport = { events: 0, rejected: 0, unfinished: [], problems: [] };
  readonly #client: ServerClient;

  constructor(client: ServerClient) {
    this.#client = client;
  }

  /** Resolves when each event is stored or rejected. Throws a CommandFailure when Assay stays overloaded or goes away. */
  async send(events: readonly Outgoing[]): Promise<void> {
    // What is no JSON would break the array: it goes by itself, and into quarantine.
    const sound = events.filter(({ bytes }) => isJson(bytes));
    const odd = events.filter((event) => !sound.includes(event));
    await this.#sendBatch(sound);
    for (const event of odd) await this.#sendOne(event);
  }

  reject(problem: string): void {
    this.report.rejected += 1;
    if (this.report.problems.length < SHOWN_PROBLEMS) this.report.problems.push(problem);
    else if (this.report.problems.length === SHOWN_PROBLEMS)
      this.report.problems.push('… and more; "assay quarantine list" shows them.');
  }

  async #sendBatch(batch: readonly Outgoing[]): Promise<void> {
    let pending = batch;
    for (let attempt = 1; pending.length > 0; attempt += 1) {
      if (attempt > ATTEMPTS) throw this.#overloaded();
      const body = Buffer.concat([
        Buffer.from('['),
        ...pending.flatMap(({ bytes }, index) => (index === 0 ? [bytes] : [Buffer.from(','), bytes])),
        Buffer.from(']'),
      ]);
      const answer = await this.#client.send('/api/v1/lineage/batch', body, FROM_FILE);
      if (answer.status === 503) {
        await sleep((answer.retryAfter ?? 1) * 1000);
        continue;
      }
      if (answer.status !== 200) {
        for (const event of pending) await this.#sendOne(event);
        return;
      }
      const { summary, failed_events: failed = [] } = answer.document as BatchAnswer;
      this.report.events += summary.successful;
      for (const failure of failed) {
        if (!failure.retriable) this.reject(`${pending[failure.index]?.place}: ${failure.reason}`);
      }
      const again = failed.filter((failure) => failure.retriable);
      pending = again.flatMap((failure) => pending[failure.index] ?? []);
      if (again.length > 0) await sleep(1000);
    }
  }

  async #sendOne({ place, bytes }: Outgoing): Promise<void> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const answer = await this.#client.send('/api/v1/lineage', bytes, FROM_FILE);
      if (answer.status === 503) {
        await sleep((answer.retryAfter ?? 1) * 1000);
        continue;
      }
      if (answer.status === 401 || answer.status === 403)
        throw new CommandFailure(detailOf(answer.document, answer.status), EXIT.usage);
      if (answer.status === 201) this.report.events += 1;
      else this.reject(`${place}: ${detailOf(answer.document, answer.status)}`);
      return;
    }
    throw this.#overloaded();
  }

  #overloaded(): CommandFailure {
    return new CommandFailure(
      `Assay stayed overloaded; ${this.report.events} events are stored, run the same command again later.`,
      EXIT.timeout,
    );
  }
}

function detailOf(document: unknown, status: number): string {
  if (typeof document !== 'object' || document === null || !('detail' in document))
    return `answered ${status}`;
  const { detail, errors } = document as {
    detail: string;
    errors?: readonly { pointer: string; detail: string }[];
  };
  return [detail, ...(errors ?? []).map((error) => `${error.pointer || '/'}: ${error.detail}`)].join(' ');
}
