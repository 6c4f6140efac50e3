import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { testDatabase } from '#test/support/database.ts';
import {
  airflowJob,
  FAILED_REPORT,
  NIGHTLY,
  NIGHTLY_HOSTILE,
  REPORTS,
  storeNightly,
} from '#test/support/nightly.ts';
import { asTelephone, browserOfSuite, sidewards, skip, violations, type Visit } from '#test/support/visit.ts';

describe('runs and jobs on their pages', () => {
  const browser = browserOfSuite();

  async function visit(t: TestContext, path: string): Promise<Visit> {
    const database = await testDatabase(t);
    await storeNightly(database);
    return browser.visit(t, database, path);
  }

  test('what failed is found, opened and explained, by keyboard', { skip }, async (t) => {
    const { page, complaints } = await visit(t, '/');
    await page.getByRole('button', { name: /Keyboard/ }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('r');
    await page.getByRole('heading', { level: 1, name: 'Runs' }).waitFor();
    const table = page.getByRole('table', { name: /Runs with their job/ });
    await table.waitFor();
    await page.getByLabel('State').selectOption('FAILED');
    await table.getByText('Completed').first().waitFor({ state: 'detached' });
    await table.getByText('division by zero in column amount').waitFor();
    assert.match(page.url(), /\/runs\?state=FAILED$/);
    assert.equal(await table.getByText('Completed').count(), 0);
    const row = table.getByRole('row', { name: /nightly\.report_3/ });
    await page.locator('h1').click();
    for (let pressed = 0; pressed < NIGHTLY_HOSTILE.length + 3; pressed += 1) {
      await page.keyboard.press('j');
      if (await row.locator('[data-row]').evaluate((link) => link.matches(':focus'))) break;
    }
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Run of nightly.report_3' }).waitFor();
    assert.match(page.url(), new RegExp(FAILED_REPORT));
    const errors = page.getByRole('region', { name: 'What went wrong' });
    assert.match(await errors.innerText(), /division by zero in column amount/);
    const below = await page.getByRole('region', { name: 'With its parents and children' }).boundingBox();
    const above = await errors.boundingBox();
    assert.ok(above && below && above.y < below.y, 'errors come first');
    await page.getByRole('link', { name: 'nightly', exact: true }).first().click();
    await page.getByRole('heading', { level: 1, name: 'Run of nightly', exact: true }).waitFor();
    assert.match(
      await page.getByRole('list', { name: 'Runs that it started' }).innerText(),
      /Run failed\s+nightly\.report_3 division by zero/,
    );
    assert.deepEqual(complaints, []);
  });

  test(
    'the timeline has parents before children, each at its time, and the same as a table',
    { skip },
    async (t) => {
      const { page, complaints } = await visit(t, `/runs/${NIGHTLY}`);
      const timeline = page.getByRole('region', { name: 'With its parents and children' });
      const rows = timeline.getByRole('listitem');
      const runs = 1 + 3 + REPORTS + 1 + NIGHTLY_HOSTILE.length;
      while ((await rows.count()) < runs) await page.waitForTimeout(50);
      assert.equal(await rows.count(), runs);
      assert.match(await rows.first().innerText(), /^Run failed\s+nightly\s+1 h$/);
      const bar = (name: string) =>
        rows
          .filter({ has: page.getByRole('link', { name, exact: true }) })
          .locator('rect')
          .evaluate((rect) => ['x', 'width'].map((side) => Number.parseFloat(rect.getAttribute(side) ?? '')));
      const [x = 0, width = 0] = await bar('nightly.orders_daily');
      assert.ok(
        Math.abs(x - (10 / 60) * 100) < 0.5 && Math.abs(width - (21 / 60) * 100) < 0.5,
        `${x} ${width}`,
      );
      await page.keyboard.press('t');
      const table = timeline.getByRole('region', { name: 'Runs as a table' });
      assert.equal(await table.getByRole('row').count(), runs + 1);
      assert.match(page.url(), /as=table/);
      await page.reload();
      await table.waitFor();
      assert.deepEqual(complaints, []);
    },
  );

  test('facets open by hand, with what a producer wrote in the lines it wrote', { skip }, async (t) => {
    const { page } = await visit(t, `/jobs/${airflowJob('nightly.orders_daily')}`);
    await page.getByRole('heading', { level: 1, name: 'nightly.orders_daily' }).waitFor();
    assert.equal(await page.getByText('insert into x').count(), 0);
    await page.locator('summary', { hasText: 'sql' }).click();
    const text = page.locator('.tree pre').first();
    assert.equal(await text.innerText(), "insert into x\nselect 'nightly.orders_daily'");
    const reads = page.getByRole('region', { name: 'Reads' });
    assert.deepEqual((await reads.getByRole('link', { name: /core/ }).allInnerTexts()).toSorted(), [
      'core.customers',
      'core.orders',
    ]);
    await page.getByRole('link', { name: 'All of them' }).click();
    await page.getByRole('button', { name: 'Remove the filter by job' }).waitFor();
    assert.match(page.url(), /\/runs\?job=/);
  });

  test('a job says who owns it and how long it usually takes', { skip }, async (t) => {
    const { page } = await visit(t, `/jobs/${airflowJob('nightly')}`);
    await page.getByText('team:orders').first().waitFor();
    await page.goto(page.url().replace(airflowJob('nightly'), airflowJob('hourly.sync')));
    await page.getByText('usually 5 min').waitFor();
    const table = page.getByRole('table', { name: /last runs of this job/ });
    assert.equal(await table.getByRole('row').count(), 21);
  });

  test('pages are turned by address, and Back turns them back', { skip }, async (t) => {
    const { page } = await visit(t, '/runs');
    const table = page.getByRole('table', { name: /Runs with their job/ });
    await table.waitFor();
    const first = await table.locator('[data-row]').first().getAttribute('href');
    assert.equal(await table.getByRole('row').count(), 51);
    await page.getByRole('button', { name: 'Earlier runs' }).click();
    await page.waitForURL(/cursor=/);
    await page.locator(`a[href="${first}"]`).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'The latest' }).waitFor();
    await page.goBack();
    await page.locator(`a[href="${first}"]`).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('hourly');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Remove the filter by job' }).waitFor();
    await page.getByText('nightly.export').waitFor({ state: 'detached' });
    await page.getByLabel('First heard of').selectOption('hour');
    await page.getByText('No run is like this.').waitFor();
  });

  test('are accessible in both themes, silent, and fit a telephone', { skip }, async (t) => {
    const { page, complaints, url } = await visit(t, '/runs');
    const hostile = airflowJob(NIGHTLY_HOSTILE[3] ?? '');
    for (const path of ['/runs?state=FAILED', `/runs/${FAILED_REPORT}`, `/jobs/${hostile}`]) {
      await page.setViewportSize({ width: 1280, height: 900 });
      await page.goto(url + path);
      await page.locator('[data-row]').first().waitFor();
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        assert.deepEqual(await violations(page), [], `${path} in ${colorScheme}`);
      }
    }
    await asTelephone(page);
    for (const path of ['/runs', `/runs/${NIGHTLY}`, `/runs/${NIGHTLY}?as=table`, `/jobs/${hostile}`]) {
      await page.goto(url + path);
      await page.locator('[data-row]').first().waitFor();
      assert.deepEqual(await sidewards(page), [], path);
    }
    assert.equal(await page.evaluate(() => 'hacked' in globalThis), false);
    assert.equal(await page.locator('main img, main script').count(), 0);
    assert.deepEqual(complaints, []);
  });

  test('say what to do when nothing ran, and when there is no such run', { skip }, async (t) => {
    const database = await testDatabase(t);
    const { page, url } = await browser.visit(t, database, '/runs');
    await page.getByText('No run has been heard of yet.').waitFor();
    await page.getByText('npm run demo').waitFor();
    await page.goto(`${url}/runs/00000000-0000-0000-0000-000000000000`);
    await page.getByRole('heading', { level: 1, name: 'There is no such run' }).waitFor();
    await page.getByText('No event has mentioned the run').waitFor();
    await page.goto(`${url}/jobs/00000000-0000-0000-0000-000000000000`);
    await page.getByRole('heading', { level: 1, name: 'There is no such job' }).waitFor();
    await page.getByText('No job has the id').waitFor();
  });
});
