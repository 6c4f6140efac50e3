import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, test, type TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import type { LineageAnswer } from '#api/schema/lineage.ts';
import { testDatabase } from '#test/support/database.ts';
import { REPORTS, storeNightly, warehouseId } from '#test/support/nightly.ts';
import { asTelephone, browserOfSuite, sidewards, skip, violations, type Visit } from '#test/support/visit.ts';

const MART = `/lineage/${warehouseId('mart.orders_daily')}`;
/** Neighbours of one dataset on one side that are shown before somebody expands it. */
const AT_FIRST = 8;

describe('lineage on its page', () => {
  const browser = browserOfSuite();

  async function visit(t: TestContext, path: string): Promise<Visit> {
    const database = await testDatabase(t);
    await storeNightly(database);
    return browser.visit(t, database, path);
  }

  const box = (page: Page, name: string) => page.locator(`[data-box="${warehouseId(name)}"]`);
  const boxes = (page: Page) => page.locator('[data-box]');

  /** Waits until exactly so many boxes are drawn. */
  async function drawn(page: Page, count: number): Promise<void> {
    let found = -1;
    for (let looks = 0; looks < 600 && found !== count; looks += 1) {
      if (looks > 0) await page.waitForTimeout(50);
      found = await boxes(page).count();
    }
    assert.equal(found, count);
  }

  test('begins with one step, says what is hidden, and grows by hand', { skip }, async (t) => {
    const { page, complaints } = await visit(t, MART);
    await page.getByRole('heading', { level: 1, name: 'Lineage of mart.orders_daily' }).waitFor();
    await drawn(page, 1 + 2 + AT_FIRST);
    await box(page, 'report.r03').waitFor({ state: 'attached' });
    assert.match(
      (await box(page, 'report.r03').getAttribute('aria-label')) ?? '',
      /^report\.r03, (Run failed|Incident)/,
    );
    const more = page.getByRole('button', { name: /show all that are made from mart\.orders_daily/ });
    assert.equal(await more.innerText(), `+ ${AT_FIRST} of ${REPORTS}`);
    await more.click();
    await drawn(page, 1 + 2 + REPORTS);
    assert.match(page.url(), /open=d/);
    await page.reload();
    await drawn(page, 1 + 2 + REPORTS);
    await page.goBack();
    await drawn(page, 1 + 2 + AT_FIRST);
    assert.deepEqual(complaints, []);
  });

  test('is walked and expanded by keyboard', { skip }, async (t) => {
    const { page } = await visit(t, MART);
    await drawn(page, 1 + 2 + AT_FIRST);
    const focused = () => page.locator(':focus').getAttribute('data-box');
    await box(page, 'mart.orders_daily').focus();
    await page.keyboard.press('ArrowLeft');
    const first = await focused();
    assert.ok([warehouseId('core.orders'), warehouseId('core.customers')].includes(first ?? ''));
    await page.keyboard.press('ArrowDown');
    if ((await focused()) === first) await page.keyboard.press('ArrowUp');
    assert.notEqual(await focused(), first, 'up and down lead to what stands beside it');
    await box(page, 'core.orders').focus();
    await page.keyboard.press('+');
    await box(page, 'raw.orders').waitFor({ state: 'attached' });
    await page.waitForURL(/open=u/);
    await page.keyboard.press('ArrowLeft');
    await page.locator(`[data-box="${warehouseId('raw.orders')}"]:focus`).waitFor({ state: 'attached' });
    await page.keyboard.press('ArrowRight');
    await page.locator(`[data-box="${warehouseId('core.orders')}"]:focus`).waitFor({ state: 'attached' });
    await page.keyboard.press('-');
    await box(page, 'raw.orders').waitFor({ state: 'detached' });
    await page.keyboard.press('o');
    await page.getByRole('heading', { level: 1, name: 'Lineage of core.orders' }).waitFor();
    await box(page, 'core.orders').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'core.orders' }).waitFor();
    assert.match(page.url(), new RegExp(`/datasets/${warehouseId('core.orders')}`));
  });

  test('the table has the same rows, and so has the file', { skip }, async (t) => {
    const { page } = await visit(t, `/lineage/${warehouseId('raw.customers')}`);
    await boxes(page).first().waitFor({ state: 'attached' });
    const drawnIds = await boxes(page).evaluateAll((all) => all.map((one) => one.getAttribute('data-box')));
    await page.keyboard.press('t');
    const table = page.getByRole('table', { name: /Datasets of this lineage/ });
    await table.waitFor();
    const links = await table
      .locator('a[data-row]')
      .evaluateAll((all) => all.map((one) => one.getAttribute('href')));
    assert.deepEqual(new Set(links.map((href) => href?.split('/').at(-1))), new Set(drawnIds));
    assert.equal(links.length, drawnIds.length);
    assert.match(page.url(), /as=table/);
    await page
      .getByRole('button', { name: /^\+ 8 of 10 shown: show all that are made from raw\.customers/ })
      .click();
    await table.getByRole('row').nth(11).waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'These rows as CSV' }).click(),
    ]);
    const text = await readFile(await download.path(), 'utf8');
    assert.equal(text.split('\r\n').length, 11 + 2);
    assert.match(text, /^"namespace","dataset","state",/);
    assert.match(text, /,"'=1\+cmd\(\)",/, 'a spreadsheet runs no name');
    await page.getByText('All of it').click();
    const [whole] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'All that is made from it, as CSV' }).click(),
    ]);
    const rows = (await readFile(await whole.path(), 'utf8')).trim().split('\r\n');
    assert.ok(rows.some((row) => row.includes('report.r16')));
  });

  test('a column is followed, and another by a click', { skip }, async (t) => {
    const { page, complaints } = await visit(t, MART);
    await drawn(page, 1 + 2 + AT_FIRST);
    await page.getByRole('combobox', { name: /^Column/ }).selectOption('amount');
    await page
      .getByRole('heading', { level: 1, name: 'Lineage of mart.orders_daily column amount' })
      .waitFor();
    assert.match(page.url(), /column=amount/);
    await drawn(page, 1 + 2 + REPORTS);
    assert.equal(await box(page, 'core.customers').count(), 0, 'amount comes from orders alone');
    await page
      .getByRole('list', { name: 'Columns of core.orders' })
      .getByRole('link', { name: 'amount' })
      .dispatchEvent('click');
    await page.getByRole('heading', { level: 1, name: 'Lineage of core.orders column amount' }).waitFor();
    await page.getByRole('combobox', { name: /^Column/ }).selectOption('');
    await page.getByRole('heading', { level: 1, name: 'Lineage of core.orders', exact: true }).waitFor();
    assert.deepEqual(complaints, []);
  });

  test('the path to another dataset is found by its name, told and drawn', { skip }, async (t) => {
    const { page } = await visit(t, MART);
    await drawn(page, 1 + 2 + AT_FIRST);
    await page.keyboard.press('/');
    await page.keyboard.type('raw.orders');
    await page.keyboard.press('Enter');
    const path = page.getByRole('group', { name: 'Path to another dataset' });
    await path.getByText('2 steps from raw.orders to mart.orders_daily').waitFor();
    assert.deepEqual(await path.getByRole('listitem').getByRole('link').allInnerTexts(), [
      'raw.orders',
      'core.orders',
      'mart.orders_daily',
    ]);
    await box(page, 'raw.orders').waitFor({ state: 'attached' });
    assert.equal(await page.locator('.react-flow__edge.on-way').count(), 2);
    assert.match(page.url(), new RegExp(`to=${warehouseId('raw.orders')}`));
    await page.getByRole('button', { name: 'Remove the path' }).click();
    await box(page, 'raw.orders').waitFor({ state: 'detached' });
  });

  test('shows how it was at a time, and says when there was nothing', { skip }, async (t) => {
    const { page } = await visit(t, `${MART}?at=2001-01-01T00:00:00.000Z`);
    await page.getByText('and at that time there were none').waitFor();
    await page.getByRole('button', { name: 'Now' }).click();
    await drawn(page, 1 + 2 + AT_FIRST);
    assert.doesNotMatch(page.url(), /at=/);
  });

  test('draws some hundred, and above 1500 shows the table instead', { skip }, async (t) => {
    const { page, complaints } = await visit(t, '/runs');
    for (const [count, isDrawn] of [
      [500, true],
      [1501, false],
    ] as const) {
      const answer = wideAnswer(count);
      await page.route('**/api/v2/lineage?**', (route) => route.fulfill({ json: answer }));
      await page.goto(new URL(`/lineage/${answer.dataset.id}?steps=all`, page.url()).href);
      await page
        .getByText(`${count.toLocaleString('en-GB')} datasets`)
        .first()
        .waitFor();
      if (isDrawn) await boxes(page).first().waitFor({ state: 'attached' });
      else {
        await page.getByText('1,501 datasets are too many to draw; the table has all of them').waitFor();
        assert.equal(await page.getByRole('button', { name: 'Graph' }).isDisabled(), true);
        assert.equal(await boxes(page).count(), 0);
        await page.getByRole('button', { name: 'Show 500 more of 1,501' }).click();
        await page.locator('a[data-row]').nth(999).waitFor();
        // Each makes three others: of six steps there are 1,093.
        await page.getByRole('button', { name: 'Draw the nearest 6 steps' }).click();
        await boxes(page).first().waitFor({ state: 'attached' });
        assert.match(page.url(), /steps=6$/);
      }
    }
    assert.deepEqual(complaints, []);
  });

  test('is accessible in both themes, silent, with names that nobody would choose', { skip }, async (t) => {
    const { page, complaints, url } = await visit(t, `/lineage/${warehouseId('raw.customers')}?steps=2`);
    await boxes(page).first().waitFor({ state: 'attached' });
    for (const path of [page.url(), `${url}${MART}?column=amount&as=table&steps=1`]) {
      await page.goto(path);
      await page.locator('[data-row]').first().waitFor({ state: 'attached' });
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        assert.deepEqual(await violations(page), [], `${path} in ${colorScheme}`);
      }
    }
    assert.equal(await page.evaluate(() => 'hacked' in globalThis), false);
    await asTelephone(page);
    await page.goto(`${url}/lineage/${warehouseId('raw.customers')}`);
    await page.getByRole('table', { name: /Datasets of this lineage/ }).waitFor();
    assert.deepEqual(await sidewards(page), []);
    await page.getByRole('button', { name: 'Graph' }).click();
    await boxes(page).first().waitFor({ state: 'attached' });
    assert.deepEqual(await sidewards(page), []);
    assert.deepEqual(complaints, []);
  });

  test(
    'says what would make lineage where there is none, and when there is no such dataset',
    { skip },
    async (t) => {
      const { page, url } = await visit(t, `/lineage/${warehouseId('core.sync_state')}`);
      await page.getByText('Lineage comes from runs that name both inputs and outputs').waitFor();
      await page.goto(`${url}/lineage/00000000-0000-0000-0000-000000000000`);
      await page.getByRole('heading', { level: 1, name: 'There is no such dataset' }).waitFor();
      await page.getByRole('alert').getByText('It may belong to another server').waitFor();
    },
  );
});

/** A dataset and all that is made of it, three of each. */
function wideAnswer(count: number): LineageAnswer {
  const hidden = { upstream: 0, downstream: 0 };
  // The first is one that the server has, too: the page asks for its columns.
  const id = (index: number): string => warehouseId(index === 0 ? 'mart.orders_daily' : `wide.t${index}`);
  const datasets = Array.from({ length: count }, (_, index) => ({
    id: id(index),
    namespace: 'wide',
    name: `wide.t${index}`,
    depth: index === 0 ? 0 : 1,
    hidden,
    owner: null,
    layer: null,
    status: null,
    contract: null,
  }));
  return {
    dataset: { id: id(0), namespace: 'wide', name: 'wide.t0' },
    column: null,
    at: null,
    datasets,
    edges: datasets.slice(1).map((node, index) => ({
      input: id(Math.floor(index / 3)),
      output: node.id,
      jobId: null,
      jobNamespace: null,
      job: null,
      source: 'cartesian',
    })),
    columns: [],
    columnEdges: [],
    truncated: false,
  };
}
