/**
 * The floor: an event is parsed, its envelope checked, its bytes compressed and appended durably, many to
 * a commit; nothing is projected. What any server must do that acknowledges a stored, valid event.
 */
import { hash } from 'node:crypto';
import { constants, zstdCompressSync } from 'node:zlib';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { Client } from 'pg';
import { byteaArray, int2Array, timestamptzArray, uuidArray } from '#store/binary-array.ts';
import { serveLineage } from './server-process.ts';

interface Waiting {
  readonly id: string;
  readonly time: number;
  readonly body: Buffer;
  readonly stored: () => void;
  readonly failed: (error: unknown) => void;
}

const BATCH = 256;
const named = {
  type: 'object',
  required: ['namespace', 'name'],
  properties: { namespace: { type: 'string' }, name: { type: 'string' } },
};
const validate = new Ajv2020().compile<{ eventTime: string }>({
  type: 'object',
  required: ['eventTime', 'producer', 'run', 'job'],
  properties: {
    eventTime: { type: 'string' },
    producer: { type: 'string' },
    run: { type: 'object', required: ['runId'], properties: { runId: { type: 'string' } } },
    job: named,
    inputs: { type: 'array', items: named },
    outputs: { type: 'array', items: named },
  },
});

const client = new Client({ connectionString: process.env['DATABASE_URL'] });
await client.connect();
await client.query(`
  create table if not exists raw_event (
    id uuid not null, event_time timestamptz not null, received_at timestamptz not null,
    codec smallint not null, body bytea not null, primary key (event_time, id));
  alter table raw_event alter column body set storage external`);

let waiting: Waiting[] = [];
let writing = false;

async function write(): Promise<void> {
  writing = true;
  await new Promise((resolve) => setImmediate(resolve));
  while (waiting.length > 0) {
    const batch = waiting.slice(0, BATCH);
    waiting = waiting.slice(BATCH);
    try {
      await client.query({
        name: 'append',
        text: `insert into raw_event (id, event_time, received_at, codec, body)
          select * from unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::smallint[], $5::bytea[])
          on conflict do nothing`,
        values: [
          uuidArray(batch.map(({ id }) => id)),
          timestamptzArray(batch.map(({ time }) => time)),
          timestamptzArray(batch.map(() => Date.now())),
          int2Array(batch.map(() => 1)),
          byteaArray(batch.map(({ body }) => body)),
        ],
      });
      for (const { stored } of batch) stored();
    } catch (error) {
      for (const { failed } of batch) failed(error);
    }
  }
  writing = false;
}

const COMPRESSION = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

await serveLineage(async (body) => {
  const event: unknown = JSON.parse(body.toString('utf8'));
  if (!validate(event)) throw new Error('The envelope is not valid.');
  const id = hash('sha256', body).slice(0, 32);
  await new Promise<void>((stored, failed) => {
    waiting.push({
      id,
      time: Date.parse(event.eventTime),
      body: zstdCompressSync(body, COMPRESSION),
      stored,
      failed,
    });
    if (!writing) void write();
  });
  return { status: 'accepted', id };
});
