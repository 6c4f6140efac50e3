import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { mayBeSpaced, splitJsonArray, withoutWhitespace } from '#ingest/json-text.ts';
import { recordedEvents } from '#test/support/recorded-events.ts';
import { noShared } from '#test/support/shared-data.ts';

const strip = (text: string): string =>
  mayBeSpaced(text) ? Buffer.from(withoutWhitespace(Buffer.from(text))).toString() : text;

describe('white space between tokens', () => {
  test('is left out, inside strings it stays', () => {
    assert.equal(strip('{ "a b" : [ 1 , "c, \\" d" ] ,\n"e":{} }\n'), '{"a b":[1,"c, \\" d"],"e":{}}');
  });

  test('any JSON, pretty or compact, gives the compact bytes', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        const value: unknown = JSON.parse(json);
        assert.equal(strip(JSON.stringify(value, null, 2)), JSON.stringify(value));
        assert.equal(strip(JSON.stringify(value, null, '\t')), JSON.stringify(value));
      }),
    );
  });

  test('recorded events keep their meaning', { skip: noShared() }, () => {
    for (const { bytes } of recordedEvents()) {
      const text = bytes.toString();
      assert.deepEqual(JSON.parse(strip(text)), JSON.parse(text));
    }
  });
});

describe('splitting an array', () => {
  const split = (text: string): string[] | null =>
    splitJsonArray(Buffer.from(text))?.map((bytes) => Buffer.from(bytes).toString()) ?? null;

  test('gives each element as it was sent', () => {
    assert.deepEqual(split(' [ {"a":[1,2]} , "x,]" ,3] '), ['{"a":[1,2]}', '"x,]"', '3']);
    assert.deepEqual(split('[]'), []);
    assert.deepEqual(split(' [ ] '), []);
  });

  for (const text of ['{}', '', '[1', '[1,2]x', '1', '["a]', '[[1]']) {
    test(`"${text}" is no array`, () => assert.equal(split(text), null));
  }

  test('any array falls apart into its elements', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.constantFrom(0, 2), (values, indent) => {
        assert.deepEqual(
          split(JSON.stringify(values, null, indent))?.map((element) => JSON.parse(element) as unknown),
          JSON.parse(JSON.stringify(values)),
        );
      }),
    );
  });
});
