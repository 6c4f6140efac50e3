import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { pathToFileURL } from 'node:url';

import type { CompositeTransportConfig, RunEvent, Transport } from '../src/index.ts';
import { ConsoleTransport, FileTransport, NoopTransport, OpenLineageClient } from '../src/index.ts';
import { startReceiver } from './receiver.ts';
import { isolated, recordingLogger, recordingTransport, someEvent, temporaryFolder } from './fixtures.ts';

function lines(path: string): string[] {
  return readFileSync(path, 'utf8').split('\n');
}

suite('file transport', () => {
  test('appends one line per event, whole though many are written at once', async (t) => {
    const path = join(temporaryFolder(t), 'new', 'events.jsonl');
    const transport = new FileTransport({ log_file_path: path, append: true });
    const names = Array.from({ length: 50 }, (_, index) => `job-${index}-${'x'.repeat(20_000)}`);
    await Promise.all(names.map((name) => transport.emit(someEvent(name))));
    const written = lines(path);
    assert.equal(written.pop(), '');
    assert.deepEqual(
      written.map((line) => (JSON.parse(line) as RunEvent).job.name),
      names,
    );
  });

  test('adds to what is in the file, and takes a file URL', async (t) => {
    const path = join(temporaryFolder(t), 'events.jsonl');
    writeFileSync(path, '{}\n');
    await new FileTransport({ log_file_path: pathToFileURL(path).href, append: true }).emit(someEvent());
    assert.equal(lines(path).length, 3);
  });

  test('writes a file per event, also within one millisecond', async (t) => {
    const folder = temporaryFolder(t);
    const clock = () => new Date('2026-01-02T03:04:05.678Z');
    const one = new FileTransport({ log_file_path: join(folder, 'ol') }, clock);
    const other = new FileTransport({ log_file_path: join(folder, 'ol') }, clock);
    await Promise.all([one.emit(someEvent('a')), other.emit(someEvent('b')), one.emit(someEvent('c'))]);
    const files = readdirSync(folder).toSorted();
    assert.deepEqual(
      files,
      [1, 2, 3].map((number) => `ol-20260102-030405.67800${number}.json`),
    );
    const names = files.map(
      (file) => (JSON.parse(readFileSync(join(folder, file), 'utf8')) as RunEvent).job.name,
    );
    assert.deepEqual(names.toSorted(), ['a', 'b', 'c']);
  });

  test('says which path cannot be written', async (t) => {
    const folder = temporaryFolder(t);
    const file = join(folder, 'file');
    writeFileSync(file, '');
    for (const append of [true, false]) {
      const transport = new FileTransport({ log_file_path: join(file, 'events'), append });
      await assert.rejects(transport.emit(someEvent()), {
        name: 'EmitError',
        message: /^Cannot write the event to \S+\/file\/events\S*: E[A-Z]+\.$/,
      });
    }
  });
});

suite('console and noop transports', () => {
  test('the console transport writes one line of JSON', async () => {
    const written: string[] = [];
    await new ConsoleTransport((line) => written.push(line)).emit(someEvent());
    assert.equal(written.length, 1);
    assert.deepEqual(JSON.parse(written[0] ?? ''), someEvent());
    assert.match(written[0] ?? '', /^[^\n]+\n$/);
  });

  test('the noop transport does nothing', async () => {
    await new NoopTransport().emit();
  });
});

suite('composite transport', () => {
  const failing = (priority = 0): Transport => ({
    kind: 'failing',
    priority,
    emit: async () => {
      throw new Error('out of order');
    },
    close: async () => undefined,
  });

  function composite(
    t: Parameters<typeof isolated>[0],
    transports: readonly Transport[],
    options: Partial<CompositeTransportConfig> = {},
  ) {
    const logger = recordingLogger();
    const config = { type: 'composite', transports, ...options } as const;
    return {
      logger,
      client: new OpenLineageClient({ ...isolated(t), logger, strict: true, transport: config }),
    };
  }

  test('sends by all', async (t) => {
    const [one, two] = [recordingTransport(), recordingTransport()];
    await composite(t, [one, two]).client.emit(someEvent());
    assert.deepEqual([one.events.length, two.events.length], [1, 1]);
  });

  test('goes on after a failure and reports it', async (t) => {
    const good = recordingTransport();
    const { client, logger } = composite(t, [failing(), good]);
    await client.emit(someEvent());
    assert.equal(good.events.length, 1);
    assert.deepEqual(logger.warnings, ['One transport of several failed; failing: out of order']);
  });

  test('stops at a failure when told to', async (t) => {
    const good = recordingTransport();
    const { client } = composite(t, [failing(), good], { continue_on_failure: false });
    await assert.rejects(client.emit(someEvent()), /out of order/);
    assert.equal(good.events.length, 0);
  });

  test('stops at a success when told to', async (t) => {
    const [one, two] = [recordingTransport(), recordingTransport()];
    await composite(t, [failing(), one, two], { continue_on_success: false }).client.emit(someEvent());
    assert.deepEqual([one.events.length, two.events.length], [1, 0]);
  });

  test('fails when all fail', async (t) => {
    await assert.rejects(composite(t, [failing(), failing()]).client.emit(someEvent()), {
      message: 'No transport delivered the event (failing: out of order failing: out of order)',
    });
  });

  test('sorts by falling priority, keeping the order of equals', async (t) => {
    const order: string[] = [];
    const named = (name: string, priority?: number): Transport => ({
      kind: name,
      ...(priority === undefined ? {} : { priority }),
      emit: async () => {
        order.push(name);
      },
      close: async () => undefined,
    });
    const transports = [named('none'), named('high', 5), named('low', -1), named('zero', 0)];
    await composite(t, transports, { sort_transports: true }).client.emit(someEvent());
    assert.deepEqual(order, ['high', 'none', 'zero', 'low']);
    await composite(t, transports).client.emit(someEvent());
    assert.deepEqual(order.slice(4), ['none', 'high', 'low', 'zero']);
  });

  test('flushes the queues of all, also of those with a priority', async (t) => {
    const { url, received } = await startReceiver(t);
    const queued = { type: 'batch_http', url, flush_interval: 60 } as const;
    const client = new OpenLineageClient({
      ...isolated(t),
      transport: { type: 'composite', transports: [queued, { ...queued, priority: 3 }] },
    });
    await client.emit(someEvent());
    assert.equal(received.length, 0);
    await client.flush();
    assert.equal(received.length, 2);
    await client.close();
  });

  test('takes a mapping of names, with priorities in the configuration', async (t) => {
    const folder = temporaryFolder(t);
    const order: string[] = [];
    const client = new OpenLineageClient({
      ...isolated(t),
      transports: {
        probe: (settings) => ({
          kind: 'probe',
          emit: async () => {
            order.push(settings.requiredString('label'));
          },
          close: async () => undefined,
        }),
      },
      config: {
        transport: {
          type: 'composite',
          sort_transports: true,
          transports: {
            first: { type: 'probe', label: 'later' },
            second: { type: 'probe', label: 'sooner', priority: '7' },
            third: { type: 'file', log_file_path: join(folder, 'e.jsonl'), append: true },
          },
        },
      },
    });
    await client.emit(someEvent());
    assert.deepEqual(order, ['sooner', 'later']);
    assert.equal(lines(join(folder, 'e.jsonl')).length, 2);
  });
});
