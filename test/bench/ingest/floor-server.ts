/**
 * The floor: an event is parsed, its envelope checked, its bytes appended durably, many to a commit and
 * compressed together; nothing is projected. What any server must do that acknowledges a stored, valid event.
 */
import { hash } from 'node:crypto';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { Client } from 'pg';
import { packSegment } from '#ingest/segment.ts';
import { int4Array, timestamptzArray, uuidArray } from '#store/binary-array.ts';
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
    id uuid not null, event_time timestamptz not null, received_at timestamptz not null, segment bigint not null,
    position integer not null, length integer not null, primary key (event_time, id));
  create table if not exists raw_segment (
    id bigint generated always as identity primary key, codec smallint not null, body bytea not null);
  alter table raw_segment alter column body set storage external`);

let waiting: Waiting[] = [];
let writing = false;

async function write(): Promise<void> {
  writing = true;
  await new Promise((resolve) => setImmediate(resolve));
  while (waiting.length > 0) {
    const batch = waiting.slice(0, BATCH);
    waiting = waiting.slice(BATCH);
    try {
      const { codec, body, spans } = packSegment(batch.map(({ body }) => body));
      await client.query({
        name: 'append',
        text: `
          with segment as (insert into raw_segment (codec, body) values ($1::smallint, $2::bytea) returning id)
          insert into raw_event (id, event_time, received_at, segment, position, length)
          select event.id, event.event_time, $3::timestamptz, segment.id, event.position, event.length
            from segment cross join unnest($4::uuid[], $5::timestamptz[], $6::integer[], $7::integer[])
              as event (id, event_time, position, length)
          on conflict do nothing`,
        values: [
          codec,
          body,
          new Date(),
          uuidArray(batch.map(({ id }) => id)),
          timestamptzArray(batch.map(({ time }) => time)),
          int4Array(spans.map(({ position }) => position)),
          int4Array(spans.map(({ length }) => length)),
        ],
      });
      for (const { stored } of batch) stored();
    } catch (error) {
      for (const { failed } of batch) failed(error);
    }
  }
  writing = false;
}

await serveLineage(async (body) => {
  const event: unknown = JSON.parse(body.toString('utf8'));
  if (!validate(event)) throw new Error('The envelope is not valid.');
  const id = hash('sha256', body).slice(0, 32);
  await new Promise<void>((stored, failed) => {
    waiting.push({
      id,
      time: Date.parse(event.eventTime),
      body,
      stored,
      failed,
    });
    if (!writing) void write();
  });
  return { status: 'accepted', id };
});
