import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { startAssay } from '#test/support/assay-process.ts';
import { openBrowser } from '#test/support/browser.ts';
import { settled, watchRequests } from '#test/support/still-life.ts';
import { asTelephone, sidewards, violations } from '#test/support/visit.ts';

/** The pages behind the navigation: `g` and its key. */
const BY_KEY = [
  ['p', '/publications'],
  ['c', '/contracts'],
  ['o', '/objectives'],
  ['k', '/cost'],
  ['r', '/runs'],
  ['q', '/quarantine'],
  ['a', '/routes'],
  ['h', '/settings'],
  // Its field takes what is typed from then on.
  ['s', '/search'],
] as const;

/**
 * Walks through a running Assay with the demo's whole half year, by keyboard: the held day is found and says why, and
 * every page that leads on from there is accessible in both themes, without complaint and no wider than a telephone.
 * @param dataDir of a demo that has ended.
 */
export async function walkThroughDemo(t: TestContext, dataDir: string, lastDay: string): Promise<void> {
  const assay = await startAssay(t, { ASSAY_DATA_DIR: dataDir });
  const browser = await openBrowser();
  t.after(() => browser.close());
  const page = await browser.context.newPage();
  const requests = watchRequests(page);
  page.setDefaultTimeout(30_000);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  const isSound = async (): Promise<void> => {
    const where = page.url();
    await settled(page, requests);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      assert.deepEqual(await violations(page), [], `${where} in ${colorScheme}`);
    }
    await asTelephone(page);
    assert.deepEqual(await sidewards(page), [], where);
    await page.setViewportSize({ width: 1280, height: 900 });
    assert.deepEqual(complaints.splice(0), [], where);
  };

  await page.goto(assay.url);
  await isSound();
  for (const [key, path] of BY_KEY) {
    await page.keyboard.press('g');
    await page.keyboard.press(key);
    await page.waitForURL((url) => url.pathname === path);
    await isSound();
  }

  await page.goto(assay.url);
  await settled(page, requests);
  // From the first page to the held day, and what it says.
  const held = page.locator('main a[href^="/publications/"]').first();
  await held.focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/publications\//);
  await isSound();
  const text = await page.locator('main').innerText();
  assert.match(text, new RegExp(lastDay.replace('flight_date=', '')));
  assert.match(text, /row_count is 6/);

  // Its dataset with half a year of days, the lineage and a run behind it, and the incident.
  const overview = (await (await fetch(`${assay.url}/api/v2/overview`)).json()) as {
    incidents: { id: string }[];
  };
  const dataset = page.locator('main a[href^="/datasets/"]').first();
  await dataset.focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/datasets\//);
  await isSound();
  const id = /\/datasets\/([^?#/]+)/.exec(page.url())?.[1] ?? '';
  const runs = (await (await fetch(`${assay.url}/api/v2/runs?limit=1`)).json()) as {
    runs: { id: string; jobId: string }[];
  };
  const [run] = runs.runs;
  assert.ok(run && overview.incidents.length > 0);
  for (const path of [
    `/lineage/${id}`,
    `/contracts/${id}`,
    `/runs/${run.id}`,
    `/jobs/${run.jobId}`,
    ...overview.incidents.slice(0, 1).map((incident) => `/incidents/${incident.id}`),
  ]) {
    await page.goto(assay.url + path);
    await isSound();
  }
}
