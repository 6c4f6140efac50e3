import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '#store/database.ts';
import { sql } from '#store/sql.ts';
import { outputWithRows, sampleEvent } from './sample-events.ts';

/** START and COMPLETE of one run after another; the same number always gives the same bytes. */
export function eventOf(n: number): Buffer {
  const run = n >> 1;
  return sampleEvent({
    runId: `018cc251-f400-7000-8000-${String(run).padStart(12, '0')}`,
    type: n % 2 === 0 ? 'START' : 'COMPLETE',
    time: new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString(),
    job: `job ${run % 50}`,
    outputs: [outputWithRows(`table ${run % 50}`, n)],
  });
}

/** Sends each event until it is acknowledged, as a patient client does. */
export class InsistentLoad {
  readonly acknowledged = new Map<string, number>();
  /** Answers by status; 0 for those that never came. */
  readonly answers = new Map<number, number>();
  readonly #events: number;
  readonly #urls: () => readonly string[];
  #next = 0;

  /** @param urls of the collectors, asked anew for each request. */
  constructor(events: number, urls: () => readonly string[]) {
    this.#events = events;
    this.#urls = urls;
  }

  /** Resolves when every event has been acknowledged; fails when one is not within the time, in milliseconds. */
  async run(senders: number, within: number): Promise<void> {
    const deadline = Date.now() + within;
    const send = async (): Promise<void> => {
      while (this.#next < this.#events) {
        const n = this.#next++;
        while (!(await this.#sendOnce(n))) {
          assert(
            Date.now() < deadline,
            `event ${n} was not taken in ${within} ms: ${JSON.stringify([...this.answers])}`,
          );
          await sleep(50);
        }
      }
    };
    await Promise.all(Array.from({ length: senders }, send));
  }

  /** Resolves once so many events have been acknowledged. */
  async reached(events: number): Promise<void> {
    while (this.acknowledged.size < events) await sleep(2);
  }

  async #sendOnce(n: number): Promise<boolean> {
    const urls = this.#urls();
    let status = 0;
    try {
      const response = await fetch(`${urls[n % urls.length]}/api/v1/lineage`, {
        method: 'POST',
        body: eventOf(n),
        signal: AbortSignal.timeout(20_000),
      });
      status = response.status;
      const answer = (await response.json()) as { readonly id: string };
      if (status === 201) this.acknowledged.set(answer.id, n);
      else if (status === 503) assert.equal(response.headers.get('retry-after'), '1');
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      status = 0;
    }
    this.answers.set(status, (this.answers.get(status) ?? 0) + 1);
    return status === 201;
  }

  /** Every acknowledged event is stored exactly once, nothing else is, and the model counts each once. */
  async verify(database: Database): Promise<void> {
    assert.equal(this.acknowledged.size, this.#events);
    const stored = await database.rows<{ id: string; times: number }>(
      sql`select id, count(*)::integer as times from raw_event group by id`,
    );
    assert.equal(stored.length, this.#events);
    assert(stored.every(({ id, times }) => times === 1 && this.acknowledged.has(id)));
    const [runs] = await database.rows<{ runs: number; events: number; complete: number }>(sql`
      select count(*)::integer as runs, sum(event_count)::integer as events,
             count(*) filter (where state = 'COMPLETED')::integer as complete from run`);
    assert.deepEqual(runs, { runs: this.#events / 2, events: this.#events, complete: this.#events / 2 });
    // No answer but these: whatever fails in the store, the sender is asked to come again.
    assert.deepEqual(
      [...this.answers.keys()].filter((status) => ![0, 201, 503].includes(status)),
      [],
    );
  }
}
