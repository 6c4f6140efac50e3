import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { addChanges, type ChangeTopic } from '#store/changes.ts';
import { testDatabase } from '#test/support/database.ts';
import { flights, seedEstate } from '#test/support/estate.ts';
import { browserOfSuite, skip } from '#test/support/visit.ts';

describe('what changes while a page is open', () => {
  const browser = browserOfSuite();

  test('is read again where it stands on the page, and nothing else is', { skip }, async (t) => {
    const database = await testDatabase(t);
    await seedEstate(database, flights());
    const { page, url } = await browser.visit(t, database, '/quarantine');
    await page.clock.install();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.goto(`${url}/publications`);
    await page.locator('main .rows, main table').first().waitFor();
    const times = (path: string): number => asked.filter((one) => one === path).length;
    /** Goes on in small steps of the page's own time, much less than until it looks by itself. */
    const until = async (seen: () => boolean, steps = 60): Promise<void> => {
      for (let step = 0; step < steps && !seen(); step += 1) {
        await page.clock.runFor(50);
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
    };
    const changed = (topic: ChangeTopic) => database.execute(addChanges([{ topic, ids: [] }]));
    await until(() => times('/api/v2/stream') > 0);
    const before = times('/api/v2/publications');
    await changed('quarantine');
    await changed('silences');
    await until(() => false, 10);
    assert.equal(times('/api/v2/publications'), before, 'what changed is on no part of this page');
    await changed('publications');
    await until(() => times('/api/v2/publications') > before);
    assert.equal(times('/api/v2/publications'), before + 1);
  });
});
