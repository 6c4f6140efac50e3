import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { openDatabase } from '#store/database.ts';
import { startEmbedded } from '#store/embedded/start-embedded.ts';
import { sql } from '#store/sql.ts';
import { scratchFolder, startAssay } from '#test/support/assay-process.ts';
import { outputWithRows, sampleEvent } from '#test/support/sample-events.ts';

const EVENTS = 20_000;
const SENDERS = 32;

const runIdOf = (n: number): string => `018cc251-f400-7000-8000-${String(n >> 1).padStart(12, '0')}`;
const eventOf = (n: number): Buffer =>
  sampleEvent({
    runId: runIdOf(n),
    type: n % 2 === 0 ? 'START' : 'COMPLETE',
    time: new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString(),
    job: `job ${(n >> 1) % 50}`,
    outputs: [outputWithRows(`table ${(n >> 1) % 50}`, n)],
  });

test(
  'kill -9 during a load of 20,000 events: every acknowledged event is there exactly once',
  { timeout: 180_000 },
  async (t) => {
    const dataDir = scratchFolder(t);
    const acknowledged = new Map<string, number>();

    /** Sends the events from `next` on until all are sent or the server is gone. */
    const load = async (url: string, numbers: readonly number[]): Promise<void> => {
      let next = 0;
      const sender = async (): Promise<void> => {
        while (next < numbers.length) {
          const n = numbers[next++] as number;
          let response: Response;
          try {
            response = await fetch(`${url}/api/v1/lineage`, {
              method: 'POST',
              body: Buffer.from(eventOf(n)),
            });
            if (response.status !== 201) continue;
            const { id } = (await response.json()) as { id: string };
            acknowledged.set(id, n);
          } catch {
            return;
          }
        }
      };
      await Promise.all(Array.from({ length: SENDERS }, sender));
    };

    const first = await startAssay(t, { ASSAY_DATA_DIR: dataDir });
    const all = Array.from({ length: EVENTS }, (_, n) => n);
    const killed = once(first.process, 'exit');
    const loading = load(first.url, all);
    while (acknowledged.size < EVENTS / 4) await new Promise((resolve) => setTimeout(resolve, 5));
    first.process.kill('SIGKILL');
    await Promise.all([killed, loading]);
    const beforeCrash = acknowledged.size;
    assert(
      beforeCrash >= EVENTS / 4 && beforeCrash < EVENTS,
      `${beforeCrash} events were acknowledged when the process was killed`,
    );

    // The client that got no answer sends again: everything, so that duplicates abound.
    const second = await startAssay(t, { ASSAY_DATA_DIR: dataDir });
    await load(second.url, all);
    assert.equal(acknowledged.size, EVENTS);
    await second.stop();

    const server = await startEmbedded({ dataDir });
    t.after(() => server.stop());
    const database = openDatabase({ url: server.url('assay') });
    t.after(() => database.close());
    const stored = await database.rows<{ id: string; times: number }>(
      sql`select id, count(*)::integer as times from raw_event group by id`,
    );
    assert.equal(stored.length, EVENTS);
    assert(stored.every(({ id, times }) => times === 1 && acknowledged.has(id)));
    const [runs] = await database.rows<{ runs: number; events: number; complete: number }>(
      sql`select count(*)::integer as runs, sum(event_count)::integer as events, count(*) filter (where state = 'COMPLETED')::integer as complete from run`,
    );
    assert.deepEqual(runs, { runs: EVENTS / 2, events: EVENTS, complete: EVENTS / 2 });
  },
);
