import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { testDatabase } from '#test/support/database.ts';
import { HOSTILE_NAMES } from '#test/support/estate.ts';
import { airflowJob, storeNightly, warehouseId } from '#test/support/nightly.ts';
import { asTelephone, browserOfSuite, sidewards, skip, violations, type Visit } from '#test/support/visit.ts';

describe('search on its page and from anywhere', () => {
  const browser = browserOfSuite();

  async function visit(t: TestContext, path: string): Promise<Visit> {
    const database = await testDatabase(t);
    await storeNightly(database);
    return browser.visit(t, database, path);
  }

  test('finds while one types, and opens what was found, by keyboard', { skip }, async (t) => {
    const { page, complaints } = await visit(t, `/jobs/${airflowJob('nightly')}`);
    await page.getByRole('heading', { level: 1, name: 'nightly', exact: true }).waitFor();
    await page.keyboard.press('/');
    await page.getByRole('heading', { level: 1, name: 'Search' }).waitFor();
    await page.locator('input[data-filter]:focus').waitFor();
    await page.keyboard.type('orders daily');
    await page.waitForURL(/q=orders\+daily/);
    const found = page.getByRole('region', { name: 'Found' });
    const hit = found.getByRole('link', { name: 'mart.orders_daily', exact: true });
    await found.getByText('core.orders').waitFor({ state: 'detached' });
    const row = found
      .getByRole('listitem')
      .filter({ has: page.getByRole('link', { name: 'mart.orders_daily', exact: true }) })
      .first();
    assert.match(await row.innerText(), /^Dataset[\s\S]*mart\.orders_daily[\s\S]*read by 17 jobs/);
    await page.keyboard.press('Enter');
    await page.locator('[data-row]:focus').waitFor();
    await hit.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'mart.orders_daily' }).waitFor();
    await page.goBack();
    await hit.waitFor();
    assert.equal(await page.locator('input[data-filter]').inputValue(), 'orders daily');
    assert.deepEqual(complaints, []);
  });

  test('is narrowed by what the hits have in common, in the address', { skip }, async (t) => {
    const { page } = await visit(t, '/search?q=orders');
    const filters = page.getByRole('group', { name: 'Filters' });
    const jobs = filters.getByRole('button', { name: /^Job/ });
    await jobs.click();
    await page.waitForURL(/kind=job/);
    const found = page.getByRole('region', { name: 'Found' });
    await found.getByRole('link', { name: 'raw.orders' }).waitFor({ state: 'detached' });
    await found.getByRole('link', { name: 'nightly.load_orders' }).waitFor();
    assert.equal(await jobs.getAttribute('aria-pressed'), 'true');
    await jobs.click();
    await found.getByRole('link', { name: 'raw.orders' }).waitFor();
    assert.doesNotMatch(page.url(), /kind=/);
    await page.goto(page.url().replace('q=orders', 'q=orders&layer=nothing'));
    await page.getByRole('link', { name: 'Search without the filters' }).click();
    await found.getByRole('link', { name: 'raw.orders' }).waitFor();
  });

  test('says what a mistyped word was taken for, and when there is nothing', { skip }, async (t) => {
    const { page } = await visit(t, '/search?q=ordrs');
    await page.getByText('Nothing is called ordrs; this is what was found for').waitFor();
    await page
      .getByRole('region', { name: 'Found' })
      .getByRole('link', { name: 'mart.orders_daily' })
      .waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('zzzqqqxxx');
    await page.getByText('Nothing has this in its name, columns, owner, tags or description.').waitFor();
  });

  test('a column leads to its datasets', { skip }, async (t) => {
    const { page } = await visit(t, '/search?q=customers');
    const column = page.getByRole('listitem').filter({ hasText: /^Column/ });
    await column.getByRole('link', { name: 'in 1 dataset' }).click();
    await page.waitForURL(/kind=dataset/);
    await page.getByText('column customers').waitFor();
  });

  test('Ctrl K asks from anywhere; arrow keys choose, Enter opens, Escape leaves', { skip }, async (t) => {
    const { page, complaints } = await visit(t, '/runs');
    await page.getByRole('table', { name: /Runs with their job/ }).waitFor();
    assert.equal(await page.locator('script[src*="palette"], link[href*="palette"]').count(), 0);
    await page.keyboard.press('Control+k');
    const palette = page.getByRole('dialog', { name: 'Search from anywhere' });
    await palette.getByRole('option').first().waitFor();
    await palette.getByRole('option', { name: 'Quarantine' }).waitFor();
    await page.keyboard.type('core orders');
    await palette.getByRole('option', { name: /core\.orders/ }).waitFor();
    await palette.locator('[role="option"][aria-selected="true"]', { hasText: 'core.orders' }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'core.orders' }).waitFor();
    assert.match(page.url(), new RegExp(`/datasets/${warehouseId('core.orders')}`));
    assert.equal(await palette.count(), 0);
    await page.keyboard.press('Control+k');
    await page.keyboard.type('quaran');
    // At once, before anything was answered.
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/quarantine$/);
    await page.getByRole('button', { name: /^Find/ }).click();
    await palette.waitFor();
    await page.keyboard.press('Escape');
    await palette.waitFor({ state: 'detached' });
    assert.match(page.url(), /\/quarantine$/);
    assert.deepEqual(complaints, []);
  });

  test('is accessible in both themes, silent, fits a telephone, and runs no name', { skip }, async (t) => {
    const { page, complaints, url } = await visit(t, '/search');
    await page.locator('[data-row]').first().waitFor();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      assert.deepEqual(await violations(page), [], colorScheme);
    }
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').getByRole('option').first().waitFor();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      assert.deepEqual(await violations(page), [], `the palette in ${colorScheme}`);
    }
    await page.keyboard.press('Escape');
    await asTelephone(page);
    assert.deepEqual(await sidewards(page), []);
    for (const q of ['globalThis', 'long', 'desrever', 'family']) {
      await page.goto(`${url}/search?q=${q}`);
      await page.locator('.search-hits [data-row]').first().waitFor();
      assert.deepEqual(await sidewards(page), [], q);
    }
    await page.keyboard.press('Control+k');
    await page.keyboard.type(HOSTILE_NAMES[0] ?? '');
    await page
      .getByRole('dialog')
      .getByRole('option', { name: /Search all for/ })
      .waitFor();
    assert.deepEqual(await sidewards(page), []);
    assert.equal(await page.evaluate(() => 'hacked' in globalThis), false);
    assert.deepEqual(complaints, []);
  });

  test('teaches the first step when nothing was heard', { skip }, async (t) => {
    const { page } = await browser.visit(t, await testDatabase(t), '/search');
    await page.getByText('Nothing has been heard yet.').waitFor();
    await page.getByText('npm run demo').waitFor();
  });
});
