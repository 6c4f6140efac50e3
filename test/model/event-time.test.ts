import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { parseEventTime } from '#model/event-time.ts';

describe('event time', () => {
  test('the usual form and its other spellings are one instant', () => {
    const instants = fc.date({
      min: new Date('1900-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59.999Z'),
      noInvalidDate: true,
    });
    const fractions = fc.string({ unit: fc.constantFrom(...'0123456789'.split('')), maxLength: 9 });
    fc.assert(
      fc.property(instants, fractions, (instant, fraction) => {
        const seconds = instant.toISOString().slice(0, 19);
        const text = fraction === '' ? seconds : `${seconds}.${fraction}`;
        const usual = parseEventTime(`${text}Z`);
        const nine = fraction.padEnd(9, '0');
        assert.deepEqual(usual, {
          milliseconds: Date.parse(`${seconds}Z`) + Number(nine.slice(0, 3)),
          nanoseconds: Number(nine.slice(3)),
          zoned: true,
        });
        assert.deepEqual(parseEventTime(`${text}+00:00`), usual);
        assert.deepEqual(parseEventTime(text.replace('T', ' ')), { ...usual, zoned: false });
      }),
    );
  });

  test('days and times that do not exist are none, whatever the spelling', () => {
    for (const text of [
      '2026-02-29T00:00:00Z',
      '2026-02-31T00:00:00Z',
      '2026-13-01T00:00:00Z',
      '2026-00-01T00:00:00Z',
      '2026-01-00T00:00:00Z',
      '2026-01-01T25:00:00Z',
      '2026-01-01T00:60:00Z',
      '2026-01-01T00:00:61Z',
      '1899-12-31T23:59:59Z',
      '2026-01-01T00:00:00.Z',
      '2026-01-01T00:00:00.1x3Z',
      '2026-1-01T00:00:00Z',
      '2026-01-01T00:00:0OZ',
      '',
    ])
      assert.equal(parseEventTime(text), null, text);
  });

  test('a leap day, the last second of a year and a leap second are times', () => {
    for (const text of ['2024-02-29T12:00:00Z', '2026-12-31T23:59:59Z', '2016-12-31T23:59:60Z'])
      assert.notEqual(parseEventTime(text), null, text);
  });
});
