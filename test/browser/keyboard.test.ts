import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { KeyRing } from '#collector/keys/key-ring.ts';
import { keyHash } from '#collector/keys/key-text.ts';
import { testDatabase } from '#test/support/database.ts';
import { furnish, OPENING, SHOWROOM_OPTIONS } from '#test/support/showroom.ts';
import { browserOfSuite, skip, violations, type Visit } from '#test/support/visit.ts';

// What the other files do not do without a mouse: every page's task is done with the keyboard somewhere.
describe('with the keyboard alone', () => {
  const browser = browserOfSuite();

  async function visit(t: TestContext, path: string): Promise<Visit> {
    const database = await testDatabase(t);
    await furnish(database);
    const opened = await browser.visit(t, database, '/quarantine', SHOWROOM_OPTIONS);
    await opened.page.clock.setFixedTime(OPENING);
    await opened.page.goto(opened.url + path);
    await opened.page.getByRole('button', { name: /Keyboard/ }).waitFor();
    return opened;
  }

  test('a promise that is missed is found, and leads to its dataset', { skip }, async (t) => {
    const { page, complaints } = await visit(t, '/');
    await page.keyboard.press('g');
    await page.keyboard.press('o');
    await page.getByRole('heading', { level: 1, name: /promises in time is missed/ }).waitFor();
    await page.getByLabel('Show').focus();
    await page.keyboard.press('ArrowDown');
    await page.waitForURL(/state=missed/);
    const row = page.getByRole('listitem').filter({ hasText: 'Missed' });
    await row.first().waitFor();
    await page.getByText('Waiting', { exact: true }).waitFor({ state: 'detached' });
    assert.match(await row.first().innerText(), /landed by 06:30 UTC[\s\S]*late[\s\S]*budget/);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'mart.stock_daily' }).waitFor();
    assert.deepEqual(complaints, []);
  });

  test('a contract is opened, compared with an older version, and a change tried', { skip }, async (t) => {
    const { page, complaints } = await visit(t, '/');
    await page.keyboard.press('g');
    await page.keyboard.press('c');
    const link = page.getByRole('link', { name: 'mart.orders_daily' });
    await link.waitFor();
    for (let pressed = 0; pressed < 20; pressed += 1) {
      await page.keyboard.press('j');
      if (await link.evaluate((element) => element.matches(':focus'))) break;
    }
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'mart.orders_daily' }).waitFor();
    await page.getByLabel('compared with').focus();
    await page.keyboard.press('ArrowDown');
    await page.getByText('null_percentage(amount) < 1%').nth(2).waitFor();
    await page.getByRole('textbox', { name: 'Text to try' }).focus();
    await page.keyboard.press('Control+End');
    await page.keyboard.type("  - name: 'new one'\n    type: 'nothing known'\n");
    await page.getByRole('button', { name: 'Try it' }).focus();
    await page.keyboard.press('Enter');
    await page
      .getByText(/new one/)
      .first()
      .waitFor();
    assert.deepEqual(complaints, []);
  });

  test('an alert is tried against the routes, and something is silenced', { skip }, async (t) => {
    const { page, complaints } = await visit(t, '/');
    await page.keyboard.press('g');
    await page.keyboard.press('a');
    await page.getByRole('heading', { level: 1, name: 'Alerts reach their channels' }).waitFor();
    await page.getByLabel('Tier').focus();
    await page.keyboard.press('1');
    await page.keyboard.press('Tab');
    await page.keyboard.type('mart.orders_daily');
    await page.keyboard.press('Enter');
    const outcome = page.getByRole('region', { name: 'Where would this go?' });
    await outcome.getByText('Told at once').waitFor();
    assert.match(await outcome.innerText(), /oncall[\s\S]*Later\s+chat:#heads[\s\S]*after 15 minutes/);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      assert.deepEqual(await violations(page), [], colorScheme);
    }
    await page.getByRole('textbox', { name: 'Who are you?' }).focus();
    await page.keyboard.type('dana');
    await page.keyboard.press('Enter');
    await page.getByText('You are dana.').waitFor();
    await page.getByRole('button', { name: 'Silence something' }).focus();
    await page.keyboard.press('Enter');
    assert.deepEqual(await violations(page), []);
    assert.deepEqual(complaints, []);
  });

  test('the health of the server leads to what needs a hand', { skip }, async (t) => {
    const { page, complaints } = await visit(t, '/');
    await page.keyboard.press('g');
    await page.keyboard.press('h');
    await page.getByRole('heading', { level: 1, name: '2 events could not be accepted' }).waitFor();
    await page.getByRole('region', { name: 'Its parts' }).getByRole('link', { name: 'Quarantine' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Events that could not be accepted' }).waitFor();
    assert.deepEqual(complaints, []);
  });

  test('an address that leads nowhere leads back to the first page', { skip }, async (t) => {
    const { page } = await visit(t, '/nowhere');
    await page.getByRole('heading', { level: 1, name: 'There is no such page' }).waitFor();
    await page.getByRole('link', { name: 'the first page' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: 'Held from gold' }).waitFor();
  });

  test('a key is given, and the form for it is accessible in both themes', { skip }, async (t) => {
    const database = await testDatabase(t);
    await furnish(database);
    const entry = {
      name: 'reader',
      hash: keyHash('reader-key'),
      scopes: ['read' as const],
      namespaces: null,
    };
    const { page } = await browser.visit(t, database, '/', {
      ...SHOWROOM_OPTIONS,
      config: { ...SHOWROOM_OPTIONS.config, keys: new KeyRing([entry]) },
    });
    await page.getByRole('heading', { level: 1, name: 'A valid key is needed' }).waitFor();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      assert.deepEqual(await violations(page), [], colorScheme);
    }
    await page.getByLabel('A key with the scope “read”:').focus();
    await page.keyboard.type('reader-key');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: '1 partition is held from gold' }).waitFor();
  });
});
