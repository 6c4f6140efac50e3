import type { Settings } from '../config/settings.ts';
import type { OpenLineageEvent } from '../event.ts';
import type { HttpOptions } from './http-sender.ts';
import { HttpSender } from './http-sender.ts';
import { readHttpOptions } from './http-settings.ts';
import type { Transport, TransportContext } from './transport.ts';
import { serialise } from './transport.ts';

/** Posts every event, and resolves when the server has taken it. */
export class HttpTransport implements Transport {
  readonly kind = 'http';
  readonly #url: URL;
  readonly #sender: HttpSender;

  constructor(options: HttpOptions) {
    this.#url = options.url;
    this.#sender = new HttpSender(options);
  }

  /** Reads the keys of the Python client's http transport. @throws {ConfigurationError} */
  static fromSettings(settings: Settings, context: TransportContext): HttpTransport {
    return new HttpTransport(readHttpOptions(settings, context));
  }

  async emit(event: OpenLineageEvent): Promise<void> {
    await this.#sender.post(this.#url, serialise(event));
  }

  async close(): Promise<void> {
    this.#sender.close();
  }
}
