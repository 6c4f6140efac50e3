import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { testDatabase } from '#test/support/database.ts';
import { furnish, OPENING, SHOWROOM_OPTIONS } from '#test/support/showroom.ts';
import { openShown, SHOWN_PAGES } from '#test/support/shown-pages.ts';
import { watchRequests } from '#test/support/still-life.ts';
import { asTelephone, browserOfSuite, sidewards, skip, violations } from '#test/support/visit.ts';

describe('every page', () => {
  const browser = browserOfSuite();

  test('is accessible in both themes, silent, and fits a telephone', { skip }, async (t) => {
    const database = await testDatabase(t);
    await furnish(database);
    const { page, url, complaints } = await browser.visit(t, database, '/quarantine', SHOWROOM_OPTIONS);
    const requests = watchRequests(page);
    await page.clock.setFixedTime(OPENING);
    for (const shown of SHOWN_PAGES)
      await t.test(shown.name, async () => {
        await page.setViewportSize({ width: 1280, height: 900 });
        await openShown(page, url, requests, shown);
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme });
          assert.deepEqual(await violations(page), [], colorScheme);
        }
        await asTelephone(page);
        assert.deepEqual(await sidewards(page), []);
        // That a typed address leads nowhere is said by the status, too, and the browser tells it.
        const expected = shown.name === 'unknown' ? /status of 404/ : /^$/;
        assert.deepEqual(
          complaints.splice(0).filter((complaint) => !expected.test(complaint)),
          [],
        );
      });
  });
});
