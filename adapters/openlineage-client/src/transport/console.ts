import type { OpenLineageEvent } from '../event.ts';
import type { Transport } from './transport.ts';
import { serialise } from './transport.ts';

/** Writes every event as one line of JSON, to standard output unless told otherwise. */
export class ConsoleTransport implements Transport {
  readonly kind = 'console';
  readonly #write: (line: string) => void;

  constructor(write: (line: string) => void = (line) => process.stdout.write(line)) {
    this.#write = write;
  }

  async emit(event: OpenLineageEvent): Promise<void> {
    this.#write(`${serialise(event)}\n`);
  }

  async close(): Promise<void> {}
}
