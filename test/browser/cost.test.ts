import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { testDatabase } from '#test/support/database.ts';
import { HOSTILE_NAMES } from '#test/support/estate.ts';
import { COST_NOW, costEstate } from '#test/support/cost-estate.ts';
import { asTelephone, browserOfSuite, sidewards, skip, violations } from '#test/support/visit.ts';

const RATES = { prices: { perSecond: 2 / 3600 }, unit: 'EUR' };
const config = { bodyBytes: 1_000_000, cost: RATES };
const now = (): Date => COST_NOW;

describe('the page of costs', () => {
  const browser = browserOfSuite();

  test(
    'says what costs most, what turned and what nobody reads; the span stands in the address',
    { skip },
    async (t) => {
      const hostile = HOSTILE_NAMES.filter((name) => name.trim() !== '');
      const database = await costEstate(t, [
        { job: 'load', daysAgo: 1, seconds: 7200, writes: { raw: 1e9 } },
        { job: 'use', daysAgo: 2, seconds: 3600, reads: { raw: 1e9 }, writes: { report: 1e6 } },
        { job: 'load', daysAgo: 40, seconds: 3600, writes: { raw: 1e9 } },
        ...hostile.map((name) => ({ job: name, daysAgo: 3, seconds: 1, writes: { [name]: 1 } })),
      ]);
      const { page, complaints } = await browser.visit(t, database, '/', { config, now });
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.keyboard.press('g');
      await page.keyboard.press('k');
      await page.getByRole('heading', { level: 1, name: /^6\.0\d EUR in 30 days$/ }).waitFor();
      await page.getByText('than in the 30 days before').waitFor();
      const datasets = page.getByRole('table', { name: /^Datasets/ }).getByRole('row');
      assert.match(
        await datasets.nth(1).innerText(),
        /raw[\s\S]*4\.00 EUR\s+2 h\s+100 % more\s+–\s+1 GB\s+1\s+1/,
      );
      assert.match(await datasets.nth(2).innerText(), /report[\s\S]*2\.00 EUR\s+1 h\s+new/);
      const unread = page.getByRole('region', { name: 'Produced but not read' }).first();
      assert.match(
        await unread.innerText(),
        /written in 30 days and read by no run[\s\S]*report\s[\s\S]*never/,
      );
      const download = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Datasets as CSV' }).click();
      const file = await readFile(await (await download).path(), 'utf8');
      assert.match(file, /raw,4,EUR,7200/);
      assert.doesNotMatch(file, /^[=+@]/m);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        assert.deepEqual(await violations(page), [], colorScheme);
      }
      await page.getByRole('combobox', { name: 'Of' }).selectOption('7');
      await page.getByRole('heading', { level: 1, name: /in 7 days$/ }).waitFor();
      assert.match(page.url(), /\/cost\?days=7$/);
      await page.reload();
      await page.getByText('nothing to compare with in the 7 days before').waitFor();
      await asTelephone(page);
      assert.deepEqual(await sidewards(page), []);
      assert.equal(await page.evaluate(() => 'hacked' in globalThis), false);
      assert.deepEqual(complaints, []);
    },
  );

  test('without runs it says how cost arrives, and without prices how it gets one', { skip }, async (t) => {
    const { page, complaints } = await browser.visit(t, await testDatabase(t), '/cost');
    await page.getByRole('heading', { level: 1, name: 'No run in 30 days' }).waitFor();
    await page.getByText('per_hour: 1.2').waitFor();
    assert.deepEqual(await violations(page), []);
    const database = await costEstate(t, [{ job: 'load', daysAgo: 1, seconds: 90, writes: { raw: 1 } }]);
    const unpriced = await browser.visit(t, database, '/cost', { now });
    await unpriced.page
      .getByRole('heading', { level: 1, name: '1 min 30 s of running in 30 days' })
      .waitFor();
    await unpriced.page.getByText('Nothing has a price yet.').waitFor();
    assert.equal(await unpriced.page.getByRole('columnheader', { name: 'Cost' }).count(), 0);
    assert.deepEqual([...complaints, ...unpriced.complaints], []);
  });
});
