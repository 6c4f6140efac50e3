import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { sql } from '#store/sql.ts';
import { scratchFolder, startAssay } from '#test/support/assay-process.ts';
import { testDatabase } from '#test/support/database.ts';
import { facet, sampleEvent } from '#test/support/sample-events.ts';

const SENDERS = 64;
const EVENT_BYTES = 64 * 1024;
/** Offered at least, in requests: all of them kept would be 640 MB. */
const OFFERED = 10_000;
/** Growth of the resident memory that is allowed, in bytes: a fraction of what is offered. */
const GROWTH = 256 * 1024 * 1024;

const PADDING = facet({ text: 'x'.repeat(EVENT_BYTES) });
const eventOf = (n: number): Buffer =>
  sampleEvent({
    runId: `018cc251-f400-7000-8000-${String(n).padStart(12, '0')}`,
    type: 'COMPLETE',
    time: new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString(),
    job: `job ${n % 50}`,
    runFacets: { padding: PADDING },
  });

interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly text: string;
}

test(
  'ten times as much as can be stored: 503 for the rest, steady memory, nothing acknowledged is lost',
  { timeout: 180_000 },
  async (t) => {
    const database = await testDatabase(t);
    // A slow disk: whatever is committed takes a quarter of a second.
    await database.execute(sql`
      create function assay.dawdle() returns trigger language plpgsql
      as 'begin perform pg_sleep(0.25); return null; end'`);
    await database.execute(
      sql`create trigger dawdle before insert on assay.raw_segment execute function assay.dawdle()`,
    );
    const folder = scratchFolder(t);
    writeFileSync(join(folder, 'assay.yaml'), 'ingest: { queue_megabytes: 1, body_megabytes: 1 }\n');
    const assay = await startAssay(t, { ASSAY_DATA_DIR: folder, DATABASE_URL: database.url });
    const agent = new Agent({ keepAlive: true, maxSockets: SENDERS });
    t.after(() => agent.destroy());

    const post = (body: Buffer): Promise<Answer> =>
      new Promise((resolve, reject) => {
        const sent = httpRequest(`${assay.url}/api/v1/lineage`, { method: 'POST', agent }, (answer) => {
          let text = '';
          answer.setEncoding('utf8').on('data', (more: string) => (text += more));
          answer.on('end', () =>
            resolve({ status: answer.statusCode ?? 0, retryAfter: answer.headers['retry-after'], text }),
          );
        });
        sent.on('error', reject);
        sent.end(body);
      });

    for (let n = 0; n < SENDERS; n += 1) await post(Buffer.from('{}')); // what every process loads at first
    const before = residentBytes(assay.process.pid);
    const acknowledged = new Map<string, number>();
    const refused: number[] = [];
    let offered = 0;
    let peak = before ?? 0;
    const sender = async (): Promise<void> => {
      while (offered < OFFERED || offered < 10 * acknowledged.size) {
        const n = offered;
        offered += 1;
        const { status, retryAfter, text } = await post(eventOf(n));
        if (status === 201) acknowledged.set((JSON.parse(text) as { id: string }).id, n);
        else {
          assert.deepEqual([status, retryAfter], [503, '1'], text);
          refused.push(n);
        }
        if (n % 100 === 0) peak = Math.max(peak, residentBytes(assay.process.pid) ?? 0);
      }
    };
    await Promise.all(Array.from({ length: SENDERS }, sender));

    assert.equal(acknowledged.size + refused.length, offered);
    assert.ok(
      acknowledged.size > 0 && refused.length >= 9 * acknowledged.size,
      `${acknowledged.size} of ${offered}`,
    );
    const stored = await database.rows<{ id: string; times: number }>(
      sql`select id, count(*)::integer as times from raw_event group by id`,
    );
    assert.equal(stored.length, acknowledged.size);
    assert.ok(stored.every(({ id, times }) => times === 1 && acknowledged.has(id)));
    if (before === null) t.diagnostic('there is no /proc here: the memory was not looked at');
    else {
      const grown = Math.round((peak - before) / 1024 / 1024);
      assert.ok(peak - before < GROWTH, `grown by ${grown} MB`);
      t.diagnostic(`${acknowledged.size} of ${offered} stored; ${grown} MB more than before`);
    }

    // When the disk is quick again, what was refused is taken.
    await database.execute(sql`drop trigger dawdle on assay.raw_segment`);
    const again = await post(eventOf(refused[0] ?? 0));
    assert.equal(again.status, 201, again.text);
  },
);

/** Resident memory of a process in bytes; null where /proc is not there. */
function residentBytes(pid: number | undefined): number | null {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? null : Number(kilobytes) * 1024;
  } catch {
    return null;
  }
}
