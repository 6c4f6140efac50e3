import type { Writable } from 'node:stream';
import type { ChangeTopic } from '#store/changes.ts';
import { addIds, type ChangeBatch } from './change-feed.ts';

/** Beats that a client may fail to read before it is let go. */
const MISSED_BEATS = 3;

/**
 * One listener of the stream. While its connection takes no more, changes are put together instead of waiting one by
 * one: what is held for it never grows beyond one message. Who does not read for three beats is let go.
 */
export class StreamClient {
  readonly #out: Writable;
  readonly #pending = new Map<ChangeTopic, readonly string[]>();
  #position = '';
  #reset = false;
  #ready = false;
  #full = false;
  #missed = 0;

  constructor(out: Writable) {
    this.#out = out;
    out.on('drain', () => {
      this.#full = false;
      this.#missed = 0;
      this.#flush();
    });
  }

  /** The first words: where the client stands, and what it missed. Until then changes wait, put together. */
  begin(batch: ChangeBatch): void {
    if (batch.changed === null) this.#reset = true;
    for (const [topic, ids] of batch.changed ?? []) addIds(this.#pending, topic, ids);
    this.#position = batch.position;
    this.#ready = true;
    const nothing = this.#pending.size === 0 && !this.#reset;
    // What it missed follows and carries the position, so that it is asked for again if it does not arrive.
    this.#write(`retry: 2000\n${nothing ? `id: ${batch.position}\n` : ''}event: ready\ndata: {}\n\n`);
    this.#flush();
  }

  tell({ position, changed }: ChangeBatch): void {
    if (changed === null) this.#reset = true;
    for (const [topic, ids] of changed ?? []) addIds(this.#pending, topic, ids);
    if (!this.#ready) return;
    this.#position = position;
    this.#flush();
  }

  /** Keeps the connection open through proxies. */
  beat(): void {
    if (!this.#full) return this.#write(': beat\n\n');
    this.#missed += 1;
    if (this.#missed >= MISSED_BEATS) this.#out.destroy();
  }

  end(): void {
    this.#out.end();
  }

  /** Everything in one message, with its position: whoever loses it in the middle asks for all of it again. */
  #flush(): void {
    if (!this.#ready || this.#full || (this.#pending.size === 0 && !this.#reset)) return;
    const event = this.#reset
      ? 'event: reset\ndata: {}'
      : `event: changed\ndata: ${JSON.stringify({ topics: Object.fromEntries(this.#pending) })}`;
    this.#reset = false;
    this.#pending.clear();
    this.#write(`id: ${this.#position}\n${event}\n\n`);
  }

  #write(text: string): void {
    if (this.#out.destroyed || this.#out.writableEnded) return;
    if (!this.#out.write(text)) this.#full = true;
  }
}
