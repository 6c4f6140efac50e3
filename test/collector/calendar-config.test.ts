import assert from 'node:assert/strict';
import { test } from 'node:test';
import { calendarOf, calendarSettings } from '#collector/calendar-config.ts';
import { ConfigError, parseConfig } from '#collector/config.ts';

const parse = (text: string): ReturnType<typeof parseConfig> => parseConfig(text, 'assay.yaml', {});

test('a calendar is read, its files relative to the working directory', () => {
  const { calendar } = parse(
    'calendar:\n  country: DE\n  region: BY\n  entries: [{ yearly: 12-24, name: Eve }]\n  files: [own.ics]\n',
  );
  assert.deepEqual(calendarSettings(calendar, '/etc/assay'), {
    country: 'DE',
    region: 'BY',
    entries: [{ yearly: '12-24', name: 'Eve' }],
    files: ['/etc/assay/own.ics'],
  });
  assert.equal(calendarSettings(undefined, '/etc/assay'), null);
});

for (const [what, text, message] of [
  ['a region alone', 'calendar: { region: BY }', /:1:\d+: \/calendar\/region needs a country/],
  ['a small country', 'calendar: { country: de }', /\/calendar\/country/],
  [
    'an entry with neither',
    'calendar:\n  entries:\n    - name: X',
    /:3:\d+: \/calendar\/entries\/0 needs either/,
  ],
  [
    'an entry with both',
    'calendar: { entries: [{ date: "2026-01-01", yearly: 01-01 }] }',
    /needs either date/,
  ],
  ['no such day', 'calendar: { entries: [{ date: "2026-02-30" }] }', /"2026-02-30" is no date/],
  ['a misspelt key', 'calendar: { entries: [{ dates: "2026-02-03" }] }', /dates is no setting/],
] as const) {
  test(`${what} is a fault with its place`, () => {
    assert.throws(
      () => parse(text),
      (error) => error instanceof ConfigError && message.test(error.message),
    );
  });
}

test('a country without holidays is a fault of the configuration', async () => {
  await assert.rejects(calendarOf({ country: 'XX' }), ConfigError);
});
