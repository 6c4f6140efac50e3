import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { runAssay, scratchFolder, startAssay, type CommandResult } from '#test/support/assay-process.ts';
import { sampleEvent } from '#test/support/sample-events.ts';

interface Report {
  readonly events: number;
  readonly rejected: number;
  readonly unfinished: readonly string[];
  readonly problems: readonly string[];
}

const event = (n: number): string =>
  sampleEvent({
    runId: `018cc251-f400-717f-9d98-${String(n).padStart(12, '0')}`,
    type: 'COMPLETE',
    time: '2026-01-01T00:00:00Z',
  }).toString();
const events = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, n) => `${event(from + n)}\n`).join('');

const ENTRY = join(import.meta.dirname, '../../collector/cli/assay.ts');

describe('assay import', { timeout: 300_000 }, () => {
  let folder = '';
  let url = '';
  const started = async (t: TestContext): Promise<void> => {
    folder = scratchFolder(t);
    ({ url } = await startAssay(t, { ASSAY_DATA_DIR: folder }));
  };
  const run = (...args: string[]): Promise<CommandResult> =>
    runAssay(['import', ...args, '--json'], { ASSAY_URL: url });
  /** Imports and gives [events, rejected, unfinished], having checked the exit code. */
  const imported = async (code: number, ...args: string[]): Promise<[number, number, number]> => {
    const result = await run(...args);
    assert.equal(result.code, code, result.stderr);
    const report = JSON.parse(result.stdout) as Report;
    return [report.events, report.rejected, report.unfinished.length];
  };
  const runs = async (): Promise<number> => {
    const overview = (await (await fetch(`${url}/api/v2/overview`)).json()) as { counts: { runs: number } };
    return overview.counts.runs;
  };

  test('files, again and grown, replaced, compressed, from the standard input, folders, followed', async (t) => {
    await started(t);
    const file = join(folder, 'events.jsonl');

    // A second run goes on: what was read, also the faulty lines, is not sent again.
    writeFileSync(file, `${events(0, 600)}\n{"broken":\r\n`);
    assert.deepEqual(await imported(1, file), [600, 1, 0]);
    assert.deepEqual(await imported(0, file), [0, 0, 0]);
    assert.deepEqual(await imported(1, file, '--from-start'), [600, 1, 0]);
    assert.equal(await runs(), 600);
    const response = await fetch(`${url}/api/v2/quarantine`);
    const { events: kept } = (await response.json()) as { events: { source: string }[] };
    assert.deepEqual(
      kept.map(({ source }) => source),
      ['file'],
    );

    // What stands behind the last line end is taken once it is whole.
    const [head, tail] = [event(600).slice(0, 50), event(600).slice(50)];
    appendFileSync(file, events(700, 702) + head);
    assert.deepEqual(await imported(0, file), [2, 0, 1]);
    appendFileSync(file, tail);
    assert.deepEqual(await imported(0, file), [1, 0, 0]);
    appendFileSync(file, `\n{"no": "event"}\n`);
    const grown = await run(file);
    assert.match(
      (JSON.parse(grown.stdout) as Report).problems[0] ?? '',
      /events\.jsonl:606: /,
      'the line counts from the beginning',
    );
    assert.equal(await runs(), 603);

    // Another file under the same name, longer than the first, is read from its beginning.
    writeFileSync(file, events(1000, 1700));
    assert.deepEqual(await imported(0, file), [700, 0, 0]);
    writeFileSync(file, events(1700, 1702));
    assert.deepEqual(await imported(0, file), [2, 0, 0], 'a shorter one too');

    // Compressed, whatever it is called; grown by a further frame.
    for (const [name, compress, from] of [
      ['a.jsonl.gz', gzipSync, 2000],
      ['b.jsonl.zst', zstdCompressSync, 3000],
      ['c.jsonl', gzipSync, 4000],
    ] as const) {
      const packed = join(folder, name);
      writeFileSync(packed, compress(Buffer.from(events(from, from + 300))));
      assert.deepEqual(await imported(0, packed), [300, 0, 0], name);
      assert.deepEqual(await imported(0, packed), [0, 0, 0], name);
      appendFileSync(packed, compress(Buffer.from(events(from + 300, from + 310))));
      assert.deepEqual(await imported(0, packed), [10, 0, 0], name);
    }
    const cut = join(folder, 'cut.gz');
    writeFileSync(cut, gzipSync(Buffer.from(events(0, 600))).subarray(0, -200));
    const damaged = await run(cut);
    assert.equal(damaged.code, 1);
    assert.match(damaged.stderr, /cut\.gz is damaged or not written to its end/);

    const absent = await run(join(folder, 'absent.jsonl'));
    assert.equal(absent.code, 4);
    assert.match(absent.stderr, /ENOENT/);
  });

  test('the standard input, as it is and compressed', async (t) => {
    await started(t);
    for (const [from, compress] of [
      [0, (bytes: Buffer) => bytes],
      [300, gzipSync],
    ] as const) {
      const child = spawn(process.execPath, [ENTRY, 'import', '-', '--url', url], { stdio: 'pipe' });
      let stdout = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
      child.stdin.end(compress(Buffer.from(events(from, from + 300))));
      const [code] = (await once(child, 'close')) as [number];
      assert.deepEqual([code, stdout], [0, '300 events stored, 0 rejected.\n']);
    }
    assert.equal(await runs(), 600);
  });

  test('folders: files of one event, in the order in which they were written, and only new ones again', async (t) => {
    await started(t);
    const inbox = join(folder, 'inbox');
    mkdirSync(join(inbox, 'deeper'), { recursive: true });
    let second = 0;
    const put = (name: string, content: string): void => {
      const path = join(inbox, name);
      writeFileSync(path, content);
      second += 1;
      utimesSync(path, 1_700_000_000 + second, 1_700_000_000 + second);
    };
    put('b.json', event(0));
    put('a.json', JSON.stringify(JSON.parse(event(1)), null, 2));
    put('deeper/c.json', event(2));
    put('lines.jsonl', events(10, 15));
    put('.hidden.json', event(3));
    put('_SUCCESS', '');
    assert.deepEqual(await imported(0, inbox), [8, 0, 0]);
    assert.deepEqual(await imported(0, inbox), [0, 0, 0]);
    put('0.json', event(4));
    put('half.json', event(5).slice(0, 60));
    put('later.json', event(6));
    assert.deepEqual(await imported(0, inbox), [2, 0, 1]);
    put('half.json', event(5));
    assert.deepEqual(await imported(0, inbox), [2, 0, 0], 'what is newer than an unfinished one comes again');
    assert.deepEqual(await imported(0, inbox), [0, 0, 0]);
    put('bad.json', '{"no": "event"}');
    assert.deepEqual(await imported(1, inbox), [0, 1, 0]);
    assert.equal(await runs(), 11);
  });

  test('a file that is followed: what is appended arrives, and the next run goes on from there', async (t) => {
    await started(t);
    const file = join(folder, 'live.jsonl');
    writeFileSync(file, events(0, 3));
    const child = spawn(process.execPath, [ENTRY, 'import', file, '--follow', '--json', '--url', url], {
      stdio: 'pipe',
    });
    t.after(() => child.kill('SIGKILL'));
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    const reached = async (count: number): Promise<void> => {
      while ((await runs()) < count) await new Promise((resolve) => setTimeout(resolve, 50));
    };
    await reached(3);
    appendFileSync(file, events(3, 5) + event(5).slice(0, 40));
    await reached(5);
    appendFileSync(file, `${event(5).slice(40)}\n`);
    await reached(6);
    writeFileSync(file, events(100, 101));
    await reached(7);
    const closed = once(child, 'close');
    child.kill('SIGINT');
    const [code] = (await closed) as [number];
    const report = JSON.parse(stdout) as Report;
    assert.deepEqual([code, report.events, report.rejected, report.unfinished], [0, 7, 0, []]);
    appendFileSync(file, events(101, 102));
    assert.deepEqual(await imported(0, file), [1, 0, 0]);
  });
});
