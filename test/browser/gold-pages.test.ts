import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { sql } from '#store/sql.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { flights, hostileEstate, seedEstate } from '#test/support/estate.ts';
import { asTelephone, browserOfSuite, sidewards, skip, violations, type Visit } from '#test/support/visit.ts';

const BROKEN = '{"eventType":"COMPLETE","eventTime":"yesterday"}';

describe('publications, contracts and quarantine on their pages', () => {
  const browser = browserOfSuite();

  /** Flights of half a year and names that nobody would choose, on a store of the test's. */
  async function visit(t: TestContext, path: string): Promise<Visit & { readonly database: TestDatabase }> {
    const database = await testDatabase(t);
    await seedEstate(database, [...flights(), ...hostileEstate()]);
    const opened = await browser.visit(t, database, '/');
    const answer = await fetch(`${opened.url}/api/v1/lineage`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: BROKEN,
    });
    assert.equal(answer.status, 400);
    await opened.page.goto(opened.url + path);
    return { ...opened, database };
  }

  test('a held partition is found, opened and explains itself, by keyboard', { skip }, async (t) => {
    const { page, complaints } = await visit(t, '/');
    await page.getByRole('region', { name: 'Held from gold' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('p');
    await page.getByRole('heading', { level: 1, name: 'What became gold, and what is held' }).waitFor();
    await page.getByLabel('Show').selectOption('held');
    assert.match(page.url(), /state=held/);
    const row = page.getByRole('link', { name: /assay\.gold\.daily_routes/ });
    await row.waitFor();
    await row.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: /assay\.gold\.daily_routes/ }).waitFor();
    const why = page.getByRole('region', { name: 'Why it is held' });
    assert.match(await why.innerText(), /Failed\s+row_count is 6; the contract wants row_count > 1000\./);
    assert.match(await why.innerText(), /Let pass by dana@example\.com/);
    await page
      .getByRole('region', { name: 'What you can do' })
      .getByText(/second person/)
      .first()
      .waitFor();
    assert.deepEqual(complaints, []);
  });

  test('a waiver is asked for with its reason, and a second person is needed', { skip }, async (t) => {
    const { page, database } = await visit(t, '/publications?state=held&limit=1');
    await page.getByRole('link', { name: /assay\.gold\.daily_routes/ }).click();
    await page.getByRole('textbox', { name: 'Who are you?' }).fill('robin@example.com');
    await page.keyboard.press('Enter');
    await page.getByText('You are robin@example.com.').waitFor();
    await page.getByRole('button', { name: 'Ask for a waiver' }).click();
    await page.getByRole('checkbox').first().check();
    await page.getByRole('textbox', { name: /Why is the data right/ }).fill('the source was closed');
    await page.keyboard.press('Enter');
    await page.getByText('Waits for a second person').waitFor();
    const waivers = await database.rows<{ requested_by: string; approved_by: string | null }>(
      sql`select requested_by, approved_by from waiver where reason = 'the source was closed'`,
    );
    assert.deepEqual(waivers, [{ requested_by: 'robin@example.com', approved_by: null }]);
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.locator('.refusal').waitFor();
    assert.match(
      await page.locator('.refusal').innerText(),
      /second person|another person|same person|robin/i,
    );
  });

  test('a contract shows its checks and its text, and what a change would break', { skip }, async (t) => {
    const { page, complaints } = await visit(t, '/contracts');
    await page.getByRole('link', { name: 'assay.gold.daily_routes' }).click();
    await page.getByRole('heading', { level: 1, name: 'assay.gold.daily_routes' }).waitFor();
    await page.getByRole('region', { name: 'Checks' }).getByText('row_count > 1000').waitFor();
    const text = page.getByRole('textbox', { name: 'Text to try' });
    await text.fill("dataset: 'assay.gold.daily_routes'\nversion: 1\nquality:\n  - check: 'row_cuont > 5'\n");
    await page.getByRole('button', { name: 'Try it' }).click();
    await page
      .getByText(/estate\.yaml:4:\d+/)
      .first()
      .waitFor();
    assert.deepEqual(await violations(page), []);
    assert.deepEqual(complaints, []);
  });

  test('a quarantined event is mended and taken in', { skip }, async (t) => {
    const { page, complaints, database } = await visit(t, '/quarantine');
    await page.getByRole('link', { name: 'It is no OpenLineage event' }).first().waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    const problems = page.getByRole('region', { name: 'What is wrong' });
    assert.match(await problems.innerText(), /\/eventTime|\/run|\/job/);
    await page.getByRole('textbox', { name: 'Who are you?' }).fill('robin');
    await page.keyboard.press('Enter');
    await page.getByRole('textbox', { name: 'The event' }).fill(
      JSON.stringify({
        eventType: 'COMPLETE',
        eventTime: '2026-11-21T10:00:00Z',
        run: { runId: '01890000-0000-7000-8000-000000000001' },
        job: { namespace: 'shop', name: 'mended' },
        producer: 'https://example.com/producer',
        schemaURL: 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent',
      }),
    );
    await page.getByRole('button', { name: 'Take in the mended one' }).click();
    await page.locator('.about').getByText('Taken in').waitFor();
    const jobs = await database.rows<{ name: string }>(sql`select name from job where name = 'mended'`);
    assert.equal(jobs.length, 1);
    assert.deepEqual(complaints, []);
  });

  for (const path of ['/publications', '/contracts', '/objectives', '/quarantine', '/routes', '/settings']) {
    test(`${path} is accessible in both themes, silent, and fits a telephone`, { skip }, async (t) => {
      const { page, complaints } = await visit(t, path);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.locator('.block').first().waitFor();
      await page.locator('.skeleton').first().waitFor({ state: 'detached' });
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        assert.deepEqual(await violations(page), [], colorScheme);
      }
      await asTelephone(page);
      assert.deepEqual(await sidewards(page), []);
      // The first name is blank: no contract can be written for it.
      const rows = await page.locator('main [data-row]').all();
      const row = rows[1] ?? rows[0];
      if (row) {
        await row.click();
        await page.locator('main .block').first().waitFor();
        await page.locator('.skeleton').first().waitFor({ state: 'detached' });
        assert.deepEqual(await sidewards(page), []);
        assert.deepEqual(await violations(page), []);
      }
      assert.equal(await page.evaluate(() => 'hacked' in globalThis), false);
      assert.deepEqual(complaints, []);
    });
  }
});
