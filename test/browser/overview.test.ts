import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, test, type TestContext } from 'node:test';
import Fastify from 'fastify';
import type { BrowserContext, Page } from 'playwright-core';
import { answerProblems } from '#api/answer.ts';
import { registerOverviewRoutes } from '#api/overview.ts';
import { registerPages } from '#api/pages.ts';
import { datasetId } from '#model/ids.ts';
import { noBrowser, openBrowser } from '#test/support/browser.ts';
import { testDatabase } from '#test/support/database.ts';
import { flights, HOSTILE_NAMES, hostileEstate, seedEstate, type SeedDataset } from '#test/support/estate.ts';

const DIST = join(import.meta.dirname, '../../dashboards/dist');
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const GOLD = datasetId('postgres://localhost:5432', 'assay.gold.daily_routes');
const SILVER = datasetId('postgres://localhost:5432', 'assay.silver.flights');

interface Visit {
  readonly page: Page;
  /** What the browser complained of: errors, warnings, refused content. */
  readonly complaints: string[];
  readonly url: string;
}

describe('the overview page', () => {
  const skip = noBrowser();
  let browser: { readonly context: BrowserContext; close(): Promise<void> };
  before(async () => {
    if (skip !== false) return;
    browser = await openBrowser();
  });
  after(() => (skip === false ? browser.close() : undefined));

  /** Serves the built pages over this estate and opens them. */
  async function visit(t: TestContext, estate: readonly SeedDataset[], path = '/'): Promise<Visit> {
    const database = await testDatabase(t);
    await seedEstate(database, estate);
    const app = Fastify({ forceCloseConnections: true });
    answerProblems(app);
    registerOverviewRoutes(app, { database });
    await registerPages(app, { directory: DIST });
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    const page = await browser.context.newPage();
    t.after(async () => {
      await page.close();
      await app.close();
    });
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(url + path);
    return { page, complaints, url };
  }

  const chartOf = (page: Page) => page.locator('.chart canvas');

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
    // The reason stands above the chart, in the first screen.
    await chartOf(page).waitFor();
    const reason = await held.getByText('row_count is 6; the contract').boundingBox();
    const chart = await chartOf(page).boundingBox();
    assert.ok(reason && chart && reason.y < 300 && reason.y < chart.y);
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

  test(
    'the chart has the held partition and the findings marked, and the same as a table',
    { skip },
    async (t) => {
      const { page, complaints } = await visit(t, flights(), `/?dataset=${GOLD}`);
      await chartOf(page).waitFor();
      const label = await page.locator('.chart').getAttribute('aria-label');
      assert.match(label ?? '', /182 partitions: 3 findings, 1 held/);
      assert.match(
        await page.locator('.legend').innerText(),
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
    const { page } = await visit(t, flights(), `/?dataset=${GOLD}`);
    await chartOf(page).waitFor();
    await page.locator('.chart').focus();
    await page.keyboard.press('ArrowLeft');
    await page.getByText('flight_date=2001-06-30 (Sat, 30 Jun 2001)').waitFor();
  });

  test(
    'the address names dataset and metric; choosing another changes it and back returns',
    { skip },
    async (t) => {
      const { page } = await visit(t, flights(), `/?dataset=${SILVER}`);
      await page.getByRole('heading', { level: 2, name: 'assay.silver.flights' }).waitFor();
      await page
        .getByRole('table', { name: /Datasets/ })
        .getByRole('link', { name: 'bronze/flights' })
        .click();
      await page.getByRole('heading', { level: 2, name: 'bronze/flights' }).waitFor();
      assert.match(page.url(), new RegExp(datasetId('file://flights', 'bronze/flights')));
      await page.goBack();
      await page.getByRole('heading', { level: 2, name: 'assay.silver.flights' }).waitFor();
      await page.goto(`${page.url()}&metric=avg(price)`);
      await page.getByText('Nothing was measured of this yet.').waitFor();
      assert.equal(await page.getByLabel('Metric').inputValue(), 'avg(price)');
    },
  );

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
    await page.getByRole('heading', { level: 2, name: 'assay.silver.flights' }).waitFor();
    assert.match(page.url(), new RegExp(SILVER));
    assert.equal(await focused(), 'assay.silver.flights', 'the heading of what was opened has the focus');
    await chartOf(page).waitFor();
    await page.keyboard.press('t');
    await page.getByRole('region', { name: 'Series as a table' }).waitFor();
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
    await page.getByRole('dialog').getByText('filter datasets').waitFor();
    await page.keyboard.press('Escape');
    assert.equal(await page.getByRole('dialog').count(), 0);
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`is accessible and silent in ${colorScheme}`, { skip }, async (t) => {
      const { page, complaints } = await visit(t, [...flights(), ...hostileEstate()]);
      await page.emulateMedia({ colorScheme });
      await chartOf(page).waitFor();
      assert.deepEqual(await violations(page), []);
      await page.getByRole('button', { name: 'Table', exact: true }).click();
      await page.locator('details.columns summary').click();
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

  test('follows the theme when it changes, the chart too', { skip }, async (t) => {
    const { page } = await visit(t, flights());
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

  test('hostile names are shown, never run, and leave the layout alone', { skip }, async (t) => {
    const { page, complaints } = await visit(t, hostileEstate());
    await page
      .getByRole('heading', { level: 1, name: `${HOSTILE_NAMES.length} partitions are held from gold` })
      .waitFor();
    await chartOf(page).waitFor();
    const table = page.getByRole('table', { name: /Datasets/ });
    await table.getByText('<script>globalThis.hacked = true</script>').first().waitFor();
    await table.getByText('⟨U+202E⟩txet desrever').first().waitFor();
    assert.equal(await table.getByRole('row').count(), HOSTILE_NAMES.length + 1);
    for (const name of HOSTILE_NAMES) {
      const id = datasetId(HOSTILE_NAMES.indexOf(name) % 2 === 0 ? 'postgres://localhost:5432' : name, name);
      await table.locator(`a[href*="${id}"]`).click();
      await chartOf(page).waitFor();
      await page.locator('details.columns summary').click();
      assert.deepEqual(await sidewards(page), [], name.slice(0, 40));
    }
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
    await page.setViewportSize({ width: 375, height: 800 });
    t.after(() => browser.context.pages()[0]?.setViewportSize({ width: 1280, height: 900 }));
    await chartOf(page).waitFor();
    assert.deepEqual(await sidewards(page), []);
    await page.getByRole('button', { name: 'Table', exact: true }).click();
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
    await chartOf(page).waitFor();
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
      await page
        .getByRole('heading', { level: 1, name: 'The collector does not answer' })
        .waitFor({ timeout: 20_000 });
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
    await page
      .getByRole('heading', { level: 1, name: 'The store does not answer' })
      .waitFor({ timeout: 20_000 });
    assert.match(await page.getByRole('alert').innerText(), /Try again in a moment\.[\s\S]*\/readyz/);
    assert.match(await page.getByRole('banner').innerText(), /In trouble/);
  });

  test('a link to a dataset that is not there says so', { skip }, async (t) => {
    const { page } = await visit(t, flights(), '/?dataset=00000000-0000-0000-0000-000000000000');
    await page.getByText('There is no such dataset here.').waitFor();
    assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), '1 partition is held from gold');
  });
});

/** What axe finds against WCAG 2.2 A and AA and its best practices. Run outside the page's own policy. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }>;
      };
    };
    const found = await axe.run();
    return found.violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary ?? ''}`),
    );
  });
}

/** Elements that reach over the right edge of the page, unless something around them scrolls by itself. */
function sidewards(page: Page): Promise<string[]> {
  return page.locator('html').evaluate((html) => {
    const scrolls = '.scroll, pre, .chart, .visually-hidden, select';
    const over = Array.from<{
      getBoundingClientRect(): { right: number };
      closest(by: string): unknown;
      outerHTML: string;
    }>(html.querySelectorAll('main *')).filter(
      (element) => element.getBoundingClientRect().right > html.clientWidth + 1 && !element.closest(scrolls),
    );
    const wide = html.scrollWidth > html.clientWidth ? [`the page is ${html.scrollWidth} wide`] : [];
    return [...wide, ...over.map((element) => element.outerHTML.slice(0, 120))];
  });
}

/** How many pixels of the chart have exactly this colour. */
function pixelsOf(page: Page, colour: readonly [red: number, green: number, blue: number]): Promise<number> {
  return page.locator('.chart canvas').evaluate((canvas, [red, green, blue]) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let found = 0;
    for (let at = 0; at < data.length; at += 4) {
      if (data[at] === red && data[at + 1] === green && data[at + 2] === blue) found += 1;
    }
    return found;
  }, colour);
}
