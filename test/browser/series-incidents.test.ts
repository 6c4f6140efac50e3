import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sql } from '#store/sql.ts';
import { day, DAYS, estate, goodDays, idOf } from '#test/incidents/estate.ts';
import { asTelephone, browserOfSuite, pixelsOf, sidewards, skip, violations } from '#test/support/visit.ts';

describe('incidents in the charts of a dataset', () => {
  const browser = browserOfSuite();

  test('are marked, named in the table, and opened by the keyboard', { skip }, async (t) => {
    const of = await estate(t);
    await goodDays(of);
    await of.write(DAYS, 'bronze', 50, { minute: 60 });
    await of.settle();
    const { page, url, complaints } = await browser.visit(t, of.database, `/datasets/${idOf('bronze')}`);
    const chart = page.locator('.chart');
    await chart.locator('canvas').waitFor();
    assert.match((await chart.getAttribute('aria-label')) ?? '', /1 is evidence of an incident, which Enter/);
    assert.match(await page.locator('.series .legend').innerText(), /Open incident/);
    const link = page.getByRole('list', { name: 'Incidents in this chart' }).getByRole('link');
    assert.match((await link.getAttribute('title')) ?? '', /row_count is 50/);
    // The octagon and its line, in the colour of incidents alone.
    const drawn = await pixelsOf(page, [0x7a, 0x1f, 0x6b]);
    assert.ok(drawn > 60, `${drawn} pixels in the colour of incidents`);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      assert.deepEqual(await violations(page), []);
    }
    await asTelephone(page);
    assert.deepEqual(await sidewards(page), []);
    // The last point is the one in question before any key is pressed.
    await chart.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: 'Why' }).waitFor();
    assert.match(page.url(), /\/incidents\/[0-9a-f-]{36}$/);
    await of.database.execute(sql`update incident set state = 'resolved', resolved_at = now()`);
    await page.goto(`${url}/datasets/${idOf('bronze')}?as=table`);
    const rows = page.getByRole('region', { name: 'Series as a table' }).getByRole('row');
    await rows.nth(1).waitFor();
    assert.match(await rows.nth(1).innerText(), new RegExp(`dt=${day(DAYS)}[\\s\\S]*Resolved incident`));
    assert.match(await rows.nth(2).innerText(), /–\s*$/);
    assert.deepEqual(complaints, []);
  });
});
