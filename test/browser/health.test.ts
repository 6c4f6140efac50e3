import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { datasetId } from '#model/ids.ts';
import { openPause, type FeedPauseRow } from '#store/feed-pauses.ts';
import { testDatabase } from '#test/support/database.ts';
import { flights, seedEstate } from '#test/support/estate.ts';
import { asTelephone, browserOfSuite, sidewards, skip, violations } from '#test/support/visit.ts';

const GOLD = datasetId('postgres://localhost:5432', 'assay.gold.daily_routes');

/** A load with a hostile name, paused because a check of what it fills fails. */
const pause = (more: Partial<FeedPauseRow> = {}): FeedPauseRow => ({
  id: '00000000-0000-7000-8000-000000000001',
  dataset_id: GOLD,
  warehouse: 'dwh',
  place: 'gold.daily_routes',
  target: 'gold.daily_routes?by=routine_load',
  feed_id: '7',
  feed: '<script>hacked=1</script>‮load',
  state: 'paused',
  breaches: [{ id: 'checks:1', kind: 'checks', message: 'row_count is 6, expected at least 1000' }],
  doubtful: false,
  paused_at: null,
  detail: 'paused by Assay',
  begun_at: new Date('2026-11-21T10:00:00Z'),
  changed_at: new Date('2026-11-21T10:00:01Z'),
  ...more,
});

describe('how the server and its breaker do', () => {
  const browser = browserOfSuite();

  test('the doctor and the breaker are on the page of health', { skip }, async (t) => {
    const database = await testDatabase(t);
    await seedEstate(database, flights());
    const { page, complaints } = await browser.visit(t, database, '/settings');
    const doctor = page.getByRole('region', { name: 'What the doctor says' });
    await doctor.getByRole('row').nth(3).waitFor();
    assert.match(await doctor.innerText(), /configuration[\s\S]*node\s+Fine[\s\S]*server\s+Fine/);
    const parts = page.getByRole('region', { name: 'Its parts' });
    await parts.getByText('no load that feeds gold is paused').waitFor();
    await page.getByRole('region', { name: 'Who may write gold' }).getByText('gate.publish_to').waitFor();
    await database.execute(openPause(pause()));
    await page.reload();
    await parts.getByText('1 load paused').waitFor();
    const paused = page.getByRole('region', { name: /paused by the circuit breaker/ });
    assert.match(await paused.innerText(), /Paused[\s\S]*feeds[\s\S]*row_count is 6/);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      assert.deepEqual(await violations(page), [], colorScheme);
    }
    await asTelephone(page);
    assert.deepEqual(await sidewards(page), []);
    assert.equal(await page.evaluate(() => 'hacked' in globalThis), false);
    assert.deepEqual(complaints, []);
  });

  test('the breaker stands where the publications of its dataset are', { skip }, async (t) => {
    const database = await testDatabase(t);
    await seedEstate(database, flights());
    await database.execute(openPause(pause()));
    const before = { id: '00000000-0000-7000-8000-000000000002', feed_id: '8', state: 'released' } as const;
    await database.execute(openPause(pause(before)));
    const { page, url, complaints } = await browser.visit(t, database, `/datasets/${GOLD}`);
    const block = page.getByRole('region', { name: 'Circuit breaker' });
    await block.getByText('Runs again').waitFor();
    assert.match(await block.innerText(), /Paused[\s\S]*Runs again/);
    await page.goto(`${url}/publications`);
    await page.getByRole('region', { name: /1 load paused/ }).waitFor();
    await page.goto(`${url}/publications?dataset=${GOLD}`);
    await block.getByText('Runs again').waitFor();
    assert.deepEqual(await violations(page), []);
    assert.deepEqual(complaints, []);
  });
});
