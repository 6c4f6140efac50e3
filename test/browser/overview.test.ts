import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { datasetId } from '#model/ids.ts';
import { testDatabase } from '#test/support/database.ts';
import { flights, HOSTILE_NAMES, hostileEstate, seedEstate, type SeedDataset } from '#test/support/estate.ts';
import { asTelephone, browserOfSuite, sidewards, skip, violations, type Visit } from '#test/support/visit.ts';

const GOLD = datasetId('postgres://localhost:5432', 'assay.gold.daily_routes');
const SILVER = datasetId('postgres://localhost:5432', 'assay.silver.flights');

describe('the first page', () => {
  const browser = browserOfSuite();

  /** Serves the built pages over this estate and opens them. */
  async function visit(t: TestContext, estate: readonly SeedDataset[], path = '/'): Promise<Visit> {
    const database = await testDatabase(t);
    await seedEstate(database, estate);
    return browser.visit(t, database, path);
  }

  test('says first what is held and why, in sentences', { skip }, async (t) => {
    const { page, complaints } = await visit(t, flights());
    await page.getByRole('heading', { level: 1, name: '1 partition is held from gold' }).waitFor();
    const held = page.getByRole('region', { name: 'Held from gold' });
    const text = await held.innerText();
    assert.match(text, /assay\.gold\.daily_routes\s+flight_date=2001-07-01/);
    assert.match(text, /Failed\s+row_count is 6; the contract wants row_count > 1000\./);
    assert.match(text, /Waived\s+null_percentage\(origin\) is 0\.17.*Let pass by dana@example\.com/s);
    assert.match(text, /since 21 Nov 2026, 12:59 CET/);
    assert.match(text, /Gold ends with flight_date=2001-06-30/);
    assert.equal(await held.locator('time').first().getAttribute('title'), '2026-11-21 11:59:00 UTC');
    assert.equal(await page.title(), '(1 held) Assay');
    const reason = await held.getByText('row_count is 6; the contract').boundingBox();
    assert.ok(reason && reason.y < 300, 'the reason stands in the first screen');
    assert.deepEqual(complaints, []);
  });

  test('shows findings and how each dataset stands, with a word beside each shape', { skip }, async (t) => {
    const { page } = await visit(t, flights());
    const findings = page.getByRole('region', { name: 'Findings' });
    await findings.getByText('row_count 6 lies below the expected 2867 to 3233 for a Sunday.').waitFor();
    await findings.getByRole('button', { name: 'Show 4 more partitions' }).click();
    assert.equal(await findings.locator('.rows > li').count(), 9);
    const rows = page.getByRole('table', { name: /Datasets/ }).getByRole('row');
    assert.match(
      await rows.nth(1).innerText(),
      /assay\.gold\.daily_routes[\s\S]*aviation[\s\S]*flight_date=2001-07-01\s+6\s+Held/,
    );
    assert.match(await rows.nth(2).innerText(), /Finding/);
  });

  test('works by keyboard alone', { skip }, async (t) => {
    const { page } = await visit(t, flights());
    await page.getByText('Show 4 more').waitFor();
    const focused = () => page.locator(':focus').textContent();
    await page.keyboard.press('j');
    assert.match((await focused()) ?? '', /assay\.gold\.daily_routes flight_date=2001-07-01/);
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    assert.match((await focused()) ?? '', /assay\.silver\.flights flight_date=2001-07-01/);
    await page.keyboard.press('k');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'assay.silver.flights' }).waitFor();
    assert.match(page.url(), new RegExp(`/datasets/${SILVER}`));
    await page.goBack();
    await page.getByText('Show 4 more').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('jk?bronze');
    assert.equal(
      await page.getByRole('searchbox').inputValue(),
      'jk?bronze',
      'keys are letters while one types',
    );
    await page.getByText('No dataset has this in its name or namespace.').waitFor();
    await page.getByRole('searchbox').fill('bronze');
    await page
      .getByRole('table', { name: /Datasets/ })
      .getByRole('link', { name: 'bronze/flights' })
      .waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { level: 2, name: 'Datasets' }).click();
    await page.keyboard.press('?');
    await page.getByRole('dialog').getByText('filter what is shown').waitFor();
    await page.keyboard.press('Escape');
    assert.equal(await page.getByRole('dialog').count(), 0);
    await page.keyboard.press('g');
    await page.keyboard.press('t');
    await page.getByRole('heading', { level: 1, name: '1 partition is held from gold' }).waitFor();
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`is accessible and silent in ${colorScheme}`, { skip }, async (t) => {
      const { page, complaints } = await visit(t, [...flights(), ...hostileEstate()]);
      await page.emulateMedia({ colorScheme });
      await page.getByRole('table', { name: /Datasets/ }).waitFor();
      assert.deepEqual(await violations(page), []);
      await page.locator('h1').click();
      await page.keyboard.press('?');
      assert.deepEqual(await violations(page), []);
      assert.deepEqual(complaints, []);
    });

    test(`teaches the first steps when nothing was heard, in ${colorScheme}`, { skip }, async (t) => {
      const { page, complaints, url } = await visit(t, []);
      await page.emulateMedia({ colorScheme });
      await page.getByRole('heading', { level: 1, name: 'Nothing has been heard yet' }).waitFor();
      await page.getByText('npm run demo').waitFor();
      const curl = await page.getByText('curl -X POST').innerText();
      assert.ok(curl.includes(`${url}/api/v1/lineage`));
      const event = JSON.parse(/-d '(.*)'$/s.exec(curl)?.[1] ?? '') as { eventType: string };
      assert.equal(event.eventType, 'COMPLETE');
      assert.deepEqual(await violations(page), []);
      assert.deepEqual(complaints, []);
    });
  }

  test('hostile names are shown, never run, and leave the layout alone', { skip }, async (t) => {
    const { page, complaints } = await visit(t, hostileEstate());
    await page
      .getByRole('heading', { level: 1, name: `${HOSTILE_NAMES.length} partitions are held from gold` })
      .waitFor();
    const table = page.getByRole('table', { name: /Datasets/ });
    await table.getByText('<script>globalThis.hacked = true</script>').first().waitFor();
    await table.getByText('⟨U+202E⟩txet desrever').first().waitFor();
    assert.equal(await table.getByRole('row').count(), HOSTILE_NAMES.length + 1);
    assert.deepEqual(await sidewards(page), []);
    assert.equal(await page.evaluate(() => 'hacked' in globalThis), false);
    assert.equal(await page.locator('main img, main script').count(), 0);
    const tallest = await table
      .getByRole('row')
      .evaluateAll((rows) => Math.max(...rows.map((row) => row.clientHeight)));
    assert.ok(tallest < 220, `the tallest row has ${tallest} pixels`);
    assert.deepEqual(complaints, []);
  });

  test('fits a telephone: nothing is cut off or scrolls sidewards at 375 pixels', { skip }, async (t) => {
    const { page } = await visit(t, [...flights(), ...hostileEstate()]);
    await asTelephone(page);
    await page.getByRole('table', { name: /Datasets/ }).waitFor();
    assert.deepEqual(await sidewards(page), []);
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('link', { name: 'Publications' }).waitFor();
    assert.deepEqual(await sidewards(page), []);
    assert.deepEqual(await violations(page), []);
  });

  test('nothing moves while it loads', { skip }, async (t) => {
    const { page, url } = await visit(t, flights());
    await page.route('**/api/v2/**', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      await route.continue();
    });
    await page.addInitScript(`
      globalThis.shifts = [];
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) globalThis.shifts.push(entry.value);
      }).observe({ type: 'layout-shift', buffered: true });
    `);
    await page.goto(`${url}/`);
    await page.getByRole('table', { name: /Datasets/ }).waitFor();
    await page.evaluate(
      'new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))',
    );
    const total = Number(await page.evaluate('globalThis.shifts.reduce((sum, shift) => sum + shift, 0)'));
    // The measure of web.dev: below 0.1 is good.
    assert.ok(total < 0.1, `the layout shifted by ${total}`);
  });

  test(
    'says what to do when the server is gone, and keeps what it had read, with its time',
    { skip },
    async (t) => {
      const { page, url } = await visit(t, flights());
      await page.getByText('row_count is 6; the contract').first().waitFor();
      await page.clock.install();
      await page.goto(`${url}/`);
      await page.getByText('row_count is 6; the contract').first().waitFor();
      await page.route('**/api/v2/**', (route) => route.abort());
      await page.clock.fastForward(11_000);
      await page.clock.fastForward(2_000);
      const alert = page.getByRole('alert');
      await alert.getByText('The collector does not answer').waitFor({ timeout: 20_000 });
      assert.match(
        await alert.innerText(),
        /npm start[\s\S]*Shown below is what was read at \d\d:\d\d:\d\d CET/,
      );
      assert.match(await page.getByRole('banner').innerText(), /Not answering/);
      assert.equal(await page.getByText('row_count is 6; the contract wants').first().isVisible(), true);
      await page.goto(`${url}/`);
      await page.getByRole('heading', { name: 'The collector does not answer' }).waitFor({ timeout: 20_000 });
      assert.deepEqual(await violations(page), []);
    },
  );

  test('repeats the words of the problem when the store is gone', { skip }, async (t) => {
    const { page, url } = await visit(t, flights());
    await page.route('**/api/v2/overview', (route) =>
      route.fulfill({
        status: 503,
        contentType: 'application/problem+json',
        body: JSON.stringify({
          title: 'The store does not answer',
          status: 503,
          detail: 'Try again in a moment.',
        }),
      }),
    );
    await page.goto(`${url}/`);
    await page.getByRole('heading', { name: 'The store does not answer' }).waitFor({ timeout: 20_000 });
    assert.match(await page.getByRole('alert').innerText(), /Try again in a moment\.[\s\S]*\/readyz/);
    assert.match(await page.getByRole('banner').innerText(), /In trouble/);
  });

  test('a link of an older message leads where it led', { skip }, async (t) => {
    const { page } = await visit(t, flights(), `/?dataset=${GOLD}`);
    await page.getByRole('heading', { level: 1, name: 'assay.gold.daily_routes' }).waitFor();
    assert.equal(new URL(page.url()).pathname, `/datasets/${GOLD}`);
  });
});
