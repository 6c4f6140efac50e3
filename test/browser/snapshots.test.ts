import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { datasetId } from '#model/ids.ts';
import { testDatabase } from '#test/support/database.ts';
import { flights, NOW, seedEstate } from '#test/support/estate.ts';
import { browserOfSuite, skip } from '#test/support/visit.ts';

// What a page says, as a screen reader is told it: headings, tables, links and words, in their order. Pixels are
// not compared: fonts differ from machine to machine. ASSAY_UPDATE_SNAPSHOTS=1 writes them anew; read the change.
const FOLDER = join(import.meta.dirname, 'snapshots');
/** Looks, a fifth of a second apart, until a page must have said all. */
const LOOKS = 50;
const GOLD = datasetId('postgres://localhost:5432', 'assay.gold.daily_routes');

const PAGES = [
  ['triage', '/', 'Datasets'],
  ['dataset', `/datasets/${GOLD}`, 'Schema'],
  ['publications', '/publications?state=held', 'Publications'],
  ['contract', `/contracts/${GOLD}`, 'Checks'],
  ['objectives', '/objectives', null],
  ['quarantine', '/quarantine', null],
] as const;

describe('what the pages say', () => {
  const browser = browserOfSuite();

  for (const [name, path, region] of PAGES) {
    test(`${name} is as it was agreed on`, { skip }, async (t) => {
      const database = await testDatabase(t);
      await seedEstate(database, flights());
      const { page, url } = await browser.visit(t, database, '/quarantine');
      await page.clock.setFixedTime(new Date(NOW.getTime() + 3_600_000));
      await page.goto(url + path);
      await page.getByRole('heading', { level: 1 }).waitFor();
      if (region !== null) await page.getByRole('region', { name: region, exact: true }).first().waitFor();
      await page.locator('main .block').first().waitFor();
      await page.locator('.skeleton').first().waitFor({ state: 'detached' });
      const file = join(FOLDER, `${name}.txt`);
      const agreed = existsSync(file) ? readFileSync(file, 'utf8') : null;
      const say = async (): Promise<string> => `${await page.locator('main').ariaSnapshot()}\n`;
      let said = await say();
      // Parts of a page come one by one; what counts is what it says in the end.
      for (let look = 0; look < LOOKS && said !== agreed; look += 1) {
        await new Promise((resolve) => setTimeout(resolve, 200));
        said = await say();
      }
      if (process.env['ASSAY_UPDATE_SNAPSHOTS'] === '1' || agreed === null) {
        assert.notEqual(process.env['CI'], 'true', `${file} is missing`);
        mkdirSync(FOLDER, { recursive: true });
        writeFileSync(file, said);
      }
      assert.equal(said, readFileSync(file, 'utf8'));
    });
  }
});
