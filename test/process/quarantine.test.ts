import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { QuarantineList } from '#api/schema/quarantine.ts';
import { runAssay, scratchFolder, startAssay, type CommandResult } from '#test/support/assay-process.ts';
import { sampleEvent } from '#test/support/sample-events.ts';

test(
  'assay quarantine: list, show, mend and replay, discard, with the exit codes',
  { timeout: 120_000 },
  async (t) => {
    const folder = scratchFolder(t);
    const { url } = await startAssay(t, { ASSAY_DATA_DIR: folder });
    const assay = (...args: string[]): Promise<CommandResult> =>
      runAssay(['quarantine', ...args], { ASSAY_URL: url });
    const listed = async (...args: string[]): Promise<QuarantineList> =>
      JSON.parse((await assay('list', '--json', ...args)).stdout) as QuarantineList;
    const send = (body: Buffer | string): Promise<Response> =>
      fetch(`${url}/api/v1/lineage`, { method: 'POST', body: Buffer.from(body) });

    assert.match((await assay('list')).stdout, /Nothing is in quarantine/);
    const bytes = Buffer.from([0x7b, 0xff, 0x0a]);
    await send(bytes);
    await send('{"producer":"https://old","job":{"namespace":"n"}}');
    await send('{"producer":"https://old","job":{"namespace":"m"}}');
    const { events } = await listed('--search', '"n"');
    assert.deepEqual(
      events.map(({ producer, reason }) => [producer, reason]),
      [['https://old', 'invalid_envelope']],
    );
    const id = events[0]?.id ?? '';
    const first = await assay('list', '--limit', '2');
    const [, cursor = ''] = /There are more: --cursor (\S+)/.exec(first.stdout) ?? [];
    assert.equal((await listed('--cursor', cursor)).events.length, 1);

    // The bytes come out as they went in.
    const odd = (await listed('--reason', 'not_json')).events[0]?.id ?? '';
    const file = join(folder, 'odd.bin');
    assert.equal((await assay('show', odd, '--output', file)).code, 0);
    assert.ok(readFileSync(file).equals(bytes));
    assert.match((await assay('show', id)).stdout, /\/job\/name: This is missing\.[^]*"namespace":"n"/);
    assert.equal((await assay('show', 'nothing')).code, 4);

    // Still broken: 1. Mended: 0, and then it is done with.
    const still = await assay('replay', id);
    assert.equal(still.code, 1);
    assert.match(still.stderr, /\/job\/name/);
    const mended = join(folder, 'mended.json');
    writeFileSync(mended, sampleEvent({ runId: 'r', type: 'COMPLETE', time: '2026-01-01T00:00:00Z' }));
    const done = await assay('replay', id, '--file', mended, '--by', 'ada', '--json');
    assert.equal(done.code, 0, done.stderr);
    const event = (JSON.parse(done.stdout) as { id: string }).id;
    assert.deepEqual(
      (await listed('--state', 'replayed')).events.map((entry) => [
        entry.id,
        entry.replayedAs,
        entry.settledBy,
      ]),
      [[id, event, 'ada']],
    );
    assert.equal((await assay('replay', id)).code, 4);
    assert.equal((await assay('replay')).code, 4);

    const all = await assay('replay', '--all', '--producer', 'https://old', '--json');
    assert.equal(all.code, 1);
    assert.deepEqual((JSON.parse(all.stdout) as { replayed: number }).replayed, 0);
    assert.equal((await assay('replay', '--all', '--producer', 'https://none')).code, 0);

    assert.equal((await assay('discard', odd)).code, 4, 'without a reason');
    const rest = (await listed()).events.map((entry) => entry.id);
    assert.equal((await assay('discard', ...rest, '--reason', 'a test')).code, 0);
    assert.deepEqual((await listed()).events, []);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    assert.match(
      metrics,
      /assay_ingest_quarantined_total\{reason="invalid_envelope",producer="https:\/\/old"\} 2/,
    );
    assert.match(metrics, /assay_quarantine_open_entries\{producer="none"\} 0/);
    assert.match(metrics, /assay_raw_log_bytes [1-9]/);
  },
);
