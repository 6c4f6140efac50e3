import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { openCalendar } from '#adapters/holidays/calendar.ts';
import { entriesOfFile } from '#adapters/holidays/files.ts';

describe('public holidays', () => {
  test('of a country and a region', async () => {
    const victoria = await openCalendar({ country: 'AU', region: 'VIC' });
    assert.equal(victoria('2016-11-01'), 'Melbourne Cup');
    assert.equal(victoria('2016-11-02'), null);
    const whole = await openCalendar({ country: 'AU' });
    assert.equal(whole('2016-11-01'), null);
    assert.equal(whole('2016-12-25'), 'Christmas Day');
  });

  test('without a country there are none', async () => {
    const calendar = await openCalendar(null);
    assert.equal(calendar('2026-12-25'), null);
  });

  test('observances are common days', async () => {
    const calendar = await openCalendar({ country: 'US' });
    assert.equal(calendar('2026-02-14'), null);
    assert.equal(calendar('2026-07-04'), 'Independence Day');
  });

  test('a country or region that is not known names its mend', async () => {
    await assert.rejects(openCalendar({ country: 'XX' }), /calendar\.country is "XX".*ISO 3166-1/);
    await assert.rejects(openCalendar({ country: 'AU', region: 'BY' }), /must be one of .*VIC/);
  });
});

describe('own entries come first', () => {
  test('add, rename and remove', async () => {
    const calendar = await openCalendar({
      country: 'US',
      entries: [
        { yearly: '12-24', name: 'Inventory' },
        { date: '2026-07-04', remove: true },
        { date: '2026-11-27', name: 'Black Friday' },
      ],
    });
    assert.equal(calendar('2031-12-24'), 'Inventory');
    assert.equal(calendar('2026-07-04'), null);
    assert.equal(calendar('2027-07-04'), 'Independence Day');
    assert.equal(calendar('2026-11-27'), 'Black Friday');
  });

  test('an entry for a date comes before a yearly one', async () => {
    const calendar = await openCalendar({
      entries: [
        { date: '2026-12-24', remove: true },
        { yearly: '12-24', name: 'Inventory' },
      ],
    });
    assert.equal(calendar('2026-12-24'), null);
    assert.equal(calendar('2027-12-24'), 'Inventory');
  });

  test('from files', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'assay-calendar-'));
    t.after(() => rmSync(folder, { recursive: true }));
    writeFileSync(
      join(folder, 'own.csv'),
      'date,name,remove\n2026-03-03,"Fair, first day",\n2026-12-25,,yes\n',
    );
    const calendar = await openCalendar({ country: 'DE', files: [join(folder, 'own.csv')] });
    assert.equal(calendar('2026-03-03'), 'Fair, first day');
    assert.equal(calendar('2026-12-25'), null);
    assert.equal(calendar('2026-12-26') === null, false);
    await assert.rejects(openCalendar({ files: [join(folder, 'none.csv')] }), /cannot be read \(ENOENT\)/);
  });
});

describe('files', () => {
  test('iCalendar: several days, every year, folded lines', () => {
    const text = [
      'BEGIN:VCALENDAR',
      'BEGIN:VEVENT',
      'SUMMARY:Company',
      '  holiday',
      'DTSTART;VALUE=DATE:20260102',
      'DTEND;VALUE=DATE:20260104',
      'END:VEVENT',
      'BEGIN:VEVENT',
      'SUMMARY:Founding day\\, observed',
      'DTSTART;VALUE=DATE:20200505',
      'RRULE:FREQ=YEARLY',
      'END:VEVENT',
      'END:VCALENDAR',
    ].join('\r\n');
    assert.deepEqual(entriesOfFile('own.ICS', text), [
      { date: '2026-01-02', name: 'Company holiday' },
      { date: '2026-01-03', name: 'Company holiday' },
      { yearly: '05-05', name: 'Founding day, observed' },
    ]);
  });

  for (const [what, path, text, message] of [
    ['an event without a day', 'a.ics', 'BEGIN:VEVENT\nSUMMARY:X\nEND:VEVENT', /event "X" has no DTSTART/],
    [
      'a rule that is not read',
      'a.ics',
      'BEGIN:VEVENT\nSUMMARY:X\nDTSTART:20260101\nRRULE:FREQ=WEEKLY\nEND:VEVENT',
      /FREQ=WEEKLY; only FREQ=YEARLY/,
    ],
    [
      'a season',
      'a.ics',
      'BEGIN:VEVENT\nSUMMARY:X\nDTSTART:20260101\nDTEND:20270101\nEND:VEVENT',
      /lasts 365 days/,
    ],
    ['no header', 'a.csv', '2026-03-03,Fair', /a\.csv:1: the first line must name the columns/],
    ['no date', 'a.csv', 'date,name\n2026-02-30,Fair', /a\.csv:2: "2026-02-30" is no date/],
    ['no day of the year', 'a.csv', 'yearly\n13-01', /a\.csv:2: "13-01" is no day of the form 03-03/],
  ] as const) {
    test(`${what} is a fault with its place`, () => {
      assert.throws(() => entriesOfFile(path, text), message);
    });
  }
});
