import type { Transport } from './transport.ts';

/** Drops every event. */
export class NoopTransport implements Transport {
  readonly kind = 'noop';

  async emit(): Promise<void> {}

  async close(): Promise<void> {}
}
