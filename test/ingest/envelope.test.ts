import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readEnvelope, type ReceivedEvent } from '#ingest/envelope.ts';
import { recordedEvents } from '#test/support/recorded-events.ts';
import { noShared } from '#test/support/shared-data.ts';

const read = (text: string | Buffer): ReturnType<typeof readEnvelope> => readEnvelope(Buffer.from(text));
const accepted = (text: string | Buffer): ReceivedEvent => {
  const result = read(text);
  assert(result.event, JSON.stringify(result));
  return result.event;
};
const problems = (text: string | Buffer): string[] => {
  const result = read(text);
  assert(!result.event);
  return result.problems.map(({ pointer, detail }) => `${pointer} ${detail}`);
};
const minimal = {
  eventTime: '2026-01-01T00:00:00Z',
  run: { runId: 'r' },
  job: { namespace: 'n', name: 'j' },
};
const json = (change: object = {}): string => JSON.stringify({ ...minimal, ...change });

describe('envelope', () => {
  test('every recorded event is accepted', { skip: noShared() }, () => {
    const events = recordedEvents();
    assert(events.length >= 50);
    for (const { bytes } of events) accepted(bytes);
  });

  test('kinds of events are told by what is there, not by schemaURL', () => {
    assert.equal(accepted(json()).type, 'run');
    assert.equal(accepted(json({ dataset: { namespace: 'n', name: 'd' } })).type, 'run');
    assert.equal(
      accepted('{"eventTime":"2026-01-01T00:00:00Z","dataset":{"namespace":"n","name":"d"}}').type,
      'dataset',
    );
    assert.equal(
      accepted('{"eventTime":"2026-01-01T00:00:00Z","job":{"namespace":"n","name":"d"}}').type,
      'job',
    );
  });

  test('eventType may be missing, unknown or lower case', () => {
    assert.equal(accepted(json()).kind, 'OTHER');
    assert.equal(accepted(json({ eventType: 'NEW' })).kind, 'OTHER');
    assert.equal(accepted(json({ eventType: 'complete' })).kind, 'COMPLETE');
  });

  test('inputs and outputs may be null', () => {
    accepted(json({ inputs: null, outputs: null }));
  });

  test('the same event has one id, compact or spaced; another event another', () => {
    const spaced = JSON.stringify(JSON.parse(json()), null, 2);
    assert.equal(accepted(json()).id, accepted(spaced).id);
    assert.notEqual(accepted(json()).id, accepted(json({ eventType: 'START' })).id);
  });

  const broken: [string, string | Buffer, RegExp][] = [
    ['not JSON', '{"eventTime":', /not JSON/],
    ['not UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), /not UTF-8/],
    ['an array', '[]', /JSON object/],
    ['no time', '{"job":{"namespace":"n","name":"j"}}', /^\/eventTime This is missing/],
    ['no identity', '{"eventTime":"2026-01-01T00:00:00Z"}', /^\/job An event names a job/],
    ['no runId', json({ run: {} }), /^\/run\/runId This is missing/],
    [
      'no job beside a run',
      '{"eventTime":"2026-01-01T00:00:00Z","run":{"runId":"r"}}',
      /^\/job This is missing/,
    ],
    ['no job name', json({ job: { namespace: 'n' } }), /^\/job\/name This is missing/],
    ['a bad time', json({ eventTime: 'today' }), /^\/eventTime "today" is no date-time/],
    [
      'an output without name',
      json({ outputs: [{ namespace: 'n' }] }),
      /^\/outputs\/0\/name This is missing/,
    ],
    ['facets that are no object', json({ run: { runId: 'r', facets: [] } }), /^\/run\/facets/],
  ];
  for (const [name, text, expected] of broken)
    test(`${name} is refused with its place`, () => assert.match(problems(text).join('\n'), expected));

  test('U+0000 does not lose an event', () => {
    const event = accepted(json({ job: { namespace: 'n', name: 'a\u0000b' } }));
    assert.equal(event.raw.job?.name, 'a\uFFFDb');
  });

  test('duplicate keys keep the last (Spark 4.2 sends them)', () => {
    assert.equal(accepted(json().replace('"name":"j"', '"name":"a","name":"b"')).raw.job?.name, 'b');
  });
});
