import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { uuidFromHex } from '#model/ids.ts';
import { EVENT_KINDS, eventOfKey, kindOfKey, orderKey, timeOfKey } from '#model/order-key.ts';

const hex = (digits: number): fc.Arbitrary<string> =>
  fc
    .array(fc.nat(15), { minLength: digits, maxLength: digits })
    .map((list) => list.map((n) => n.toString(16)).join(''));

test('a key tells its event’s time, kind and the beginning of its id', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -2_208_988_800_000, max: 253_402_300_799_999 }),
      fc.nat(999_999),
      fc.constantFrom(...EVENT_KINDS),
      hex(32),
      (milliseconds, nanoseconds, kind, digits) => {
        const id = uuidFromHex(digits);
        const key = orderKey({ milliseconds, nanoseconds, zoned: true }, kind, id);
        assert.equal(kindOfKey(key), kind);
        assert.equal(timeOfKey(key).getTime(), milliseconds);
        const place = eventOfKey(key);
        assert.equal(place.at.getTime(), milliseconds);
        assert.equal(place.microseconds, Math.floor(nanoseconds / 1000));
        assert(place.from <= id && id <= place.to);
        assert.equal(place.from.slice(0, 13), id.slice(0, 13));
      },
    ),
  );
});
