import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import Fastify from 'fastify';
import { answerProblems } from '#api/answer.ts';
import { requireKeys } from '#api/authenticate.ts';
import { registerOverviewRoutes } from '#api/overview.ts';
import { registerPages } from '#api/pages.ts';
import { KeyRing } from '#collector/keys/key-ring.ts';
import { keyHash, newKeyText } from '#collector/keys/key-text.ts';
import type { Scope } from '#collector/keys/scopes.ts';
import { datasetId } from '#model/ids.ts';
import { noBrowser, openBrowser } from '#test/support/browser.ts';
import { testDatabase } from '#test/support/database.ts';
import { flights, seedEstate } from '#test/support/estate.ts';

const DIST = join(import.meta.dirname, '../../dashboards/dist');

test(
  'the page asks for a key, takes the right one, and keeps it in its tab',
  { skip: noBrowser() },
  async (t) => {
    const database = await testDatabase(t);
    await seedEstate(database, flights());
    const app = Fastify({ forceCloseConnections: true });
    answerProblems(app);
    const [reader, sender] = [newKeyText(), newKeyText()];
    const entry = (name: string, key: string, scope: Scope) => ({
      name,
      hash: keyHash(key),
      scopes: [scope],
      namespaces: null,
    });
    const keys = new KeyRing([entry('reader', reader, 'read'), entry('sender', sender, 'ingest')]);
    requireKeys(app, { keys, queryKey: false });
    registerOverviewRoutes(app, { database });
    await registerPages(app, { directory: DIST });
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    const browser = await openBrowser();
    t.after(async () => {
      await browser.close();
      await app.close();
    });
    const page = await browser.context.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(String(error)));

    await page.goto(url);
    await page.getByRole('heading', { level: 1, name: 'A valid key is needed' }).waitFor();
    assert.equal(await page.getByRole('alert').count(), 0, 'nothing was wrong yet');
    const field = page.getByLabel('A key with the scope “read”:');
    const give = async (key: string): Promise<void> => {
      await field.fill(key);
      await page.getByRole('button', { name: 'Use it' }).click();
    };
    await give('assay_wrong');
    await page.getByRole('alert').getByText('The key is not one of those').waitFor();
    await give(sender);
    await page.getByRole('alert').getByText('the key "sender" has ingest').waitFor();
    await give(reader);
    const content = page.getByRole('heading', { level: 1, name: '1 partition is held from gold' });
    await content.waitFor();
    assert.equal(page.url(), `${url}/`, 'the key is not in the address');

    await page.reload();
    await content.waitFor();
    const other = await browser.context.newPage();
    await other.goto(url);
    await other.getByRole('heading', { level: 1, name: 'A valid key is needed' }).waitFor();
    // A deep link shows its page, which then asks.
    const flightsId = datasetId('postgres://localhost:5432', 'assay.gold.daily_routes');
    const deep = await browser.context.newPage();
    const linked = await deep.goto(`${url}/datasets/${flightsId}`);
    assert.equal(linked?.status(), 200);
    await deep.getByRole('heading', { name: 'A valid key is needed' }).waitFor();
    assert.deepEqual(errors, []);
  },
);
