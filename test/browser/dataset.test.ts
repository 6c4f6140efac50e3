import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { datasetId } from '#model/ids.ts';
import { testDatabase } from '#test/support/database.ts';
import { flights, HOSTILE_NAMES, hostileEstate, seedEstate, type SeedDataset } from '#test/support/estate.ts';
import {
  asTelephone,
  browserOfSuite,
  pixelsOf,
  sidewards,
  skip,
  violations,
  type Visit,
} from '#test/support/visit.ts';

const GOLD = datasetId('postgres://localhost:5432', 'assay.gold.daily_routes');
const SILVER = datasetId('postgres://localhost:5432', 'assay.silver.flights');

describe('the page of a dataset', () => {
  const browser = browserOfSuite();
  /** Serves the built pages over this estate and opens one. */
  async function visit(t: TestContext, estate: readonly SeedDataset[], path: string): Promise<Visit> {
    const database = await testDatabase(t);
    await seedEstate(database, estate);
    return browser.visit(t, database, path);
  }

  const chartOf = (page: Page) => page.locator('.chart canvas');

  test(
    'the chart has the held partition and the findings marked, and the same as a table',
    { skip },
    async (t) => {
      const { page, complaints } = await visit(t, flights(), `/datasets/${GOLD}`);
      await chartOf(page).waitFor();
      const label = await page.locator('.chart').getAttribute('aria-label');
      assert.match(label ?? '', /182 partitions: 3 findings, 1 held/);
      assert.match(
        await page.locator('.series .legend').innerText(),
        /expected band[\s\S]*Held[\s\S]*Finding[\s\S]*Saturday and Sunday/,
      );
      assert.match(
        await page.locator('.readout').innerText(),
        /Last: flight_date=2001-07-01 \(Sun, 1 Jul 2001\)\s+Rows 6\s+expected 2,867 to 3,233\s+Finding\s+Held/,
      );
      // The square of the held partition is drawn in its own colour at the end of the line.
      const held = await pixelsOf(page, [0xa0, 0x1c, 0x14]);
      assert.ok(held > 60, `${held} pixels in the colour of what is held`);
      await page.getByRole('button', { name: 'Table', exact: true }).click();
      const rows = page.getByRole('region', { name: 'Series as a table' }).getByRole('row');
      assert.equal(await rows.count(), 183);
      assert.match(
        await rows.nth(1).innerText(),
        /flight_date=2001-07-01\s+Sun, 1 Jul 2001\s+6\s+2,867 to 3,233\s+Finding\s+Held/,
      );
      assert.match(await rows.nth(2).innerText(), /As expected\s+Published/);
      assert.deepEqual(complaints, []);
    },
  );

  test('arrow keys move through the chart', { skip }, async (t) => {
    const { page } = await visit(t, flights(), `/datasets/${GOLD}`);
    await chartOf(page).waitFor();
    await page.locator('.chart').focus();
    await page.keyboard.press('ArrowLeft');
    await page.getByText('flight_date=2001-06-30 (Sat, 30 Jun 2001)').waitFor();
  });

  test('the address names dataset, metric and form', { skip }, async (t) => {
    const { page, url } = await visit(t, flights(), `/datasets/${SILVER}`);
    await page.getByRole('heading', { level: 1, name: 'assay.silver.flights' }).waitFor();
    await page.getByRole('button', { name: 'Table', exact: true }).click();
    assert.match(page.url(), /as=table/);
    await page.reload();
    await page.getByRole('region', { name: 'Series as a table' }).waitFor();
    await page.goto(`${url}/datasets/${SILVER}?metric=avg(price)`);
    await page.getByText('Nothing was measured of this yet.').waitFor();
    assert.equal(await page.getByLabel('Metric').inputValue(), 'avg(price)');
  });

  test('follows the theme when it changes, the chart too', { skip }, async (t) => {
    const { page } = await visit(t, flights(), `/datasets/${GOLD}`);
    await chartOf(page).waitFor();
    const grey = () =>
      page
        .locator('body')
        .evaluate((body) => String(body.ownerDocument.defaultView.getComputedStyle(body).backgroundColor));
    await page.emulateMedia({ colorScheme: 'light' });
    const light = await grey();
    await page.emulateMedia({ colorScheme: 'dark' });
    assert.notEqual(await grey(), light);
    while ((await pixelsOf(page, [0xff, 0x91, 0x89])) === 0) await page.waitForTimeout(50);
  });

  test('a link to a dataset that is not there says so', { skip }, async (t) => {
    const { page } = await visit(t, flights(), '/datasets/00000000-0000-0000-0000-000000000000');
    await page.getByRole('heading', { level: 1, name: 'There is no such dataset' }).waitFor();
    assert.deepEqual(await violations(page), []);
  });

  test('days by state, and the same by words', { skip }, async (t) => {
    const { page } = await visit(t, flights(), `/datasets/${GOLD}`);
    const days = page.getByRole('region', { name: 'Days' }).getByRole('img');
    assert.match(
      (await days.getAttribute('aria-label')) ?? '',
      /182 days with a partition, 1 held, \d+ with findings/,
    );
    assert.equal(await days.locator('.day-held').count(), 1);
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`is accessible and silent in ${colorScheme}`, { skip }, async (t) => {
      const { page, complaints } = await visit(t, [...flights(), ...hostileEstate()], `/datasets/${GOLD}`);
      await page.emulateMedia({ colorScheme });
      await chartOf(page).waitFor();
      assert.deepEqual(await violations(page), []);
      await page.getByRole('button', { name: 'Table', exact: true }).click();
      await page.locator('details.columns summary').click();
      assert.deepEqual(await violations(page), []);
      assert.deepEqual(complaints, []);
    });
  }

  test('hostile names are shown, never run, and fit a telephone', { skip }, async (t) => {
    const { page, url } = await visit(t, hostileEstate(), '/');
    await asTelephone(page);
    for (const [n, name] of HOSTILE_NAMES.entries()) {
      const id = datasetId(n % 2 === 0 ? 'postgres://localhost:5432' : name, name);
      await page.goto(`${url}/datasets/${id}`);
      await chartOf(page).waitFor();
      await page.getByRole('region', { name: 'Runs' }).waitFor();
      await page.getByRole('region', { name: 'Publications' }).waitFor();
      await page.locator('details.columns summary').click();
      assert.deepEqual(await sidewards(page), [], name.slice(0, 40));
    }
    assert.equal(await page.evaluate(() => 'hacked' in globalThis), false);
    assert.equal(await page.locator('main img, main script').count(), 0);
  });
});
