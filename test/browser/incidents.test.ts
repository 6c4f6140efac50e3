import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import Fastify from 'fastify';
import type { BrowserContext } from 'playwright-core';
import { answerProblems } from '#api/answer.ts';
import { registerIncidents } from '#api/incidents.ts';
import { registerOverviewRoutes } from '#api/overview.ts';
import { registerPages } from '#api/pages.ts';
import { DAYS, estate, goodDays } from '#test/incidents/estate.ts';
import { noBrowser, openBrowser } from '#test/support/browser.ts';

const DIST = join(import.meta.dirname, '../../dashboards/dist');
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

describe('incidents on the page', () => {
  const skip = noBrowser();
  let browser: { readonly context: BrowserContext; close(): Promise<void> };
  before(async () => {
    if (skip !== false) return;
    browser = await openBrowser();
  });
  after(() => (skip === false ? browser.close() : undefined));

  test('are listed first with their reason, and each explains itself', { skip }, async (t) => {
    const of = await estate(t);
    await goodDays(of);
    await of.write(DAYS, 'bronze', 50, { minute: 60 });
    await of.write(DAYS, 'silver', 50, { minute: 90, inputs: ['bronze'] });
    await of.settle();
    const app = Fastify({ forceCloseConnections: true });
    answerProblems(app);
    registerOverviewRoutes(app, { database: of.database });
    registerIncidents(app, { database: of.database, now: () => of.clock.now });
    await registerPages(app, { directory: DIST });
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    const page = await browser.context.newPage();
    t.after(async () => {
      await page.close();
      await app.close();
    });
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(url);
    const block = page.getByRole('region', { name: 'Incidents' });
    const row = block.getByRole('link', { name: /^bronze/ });
    await row.waitFor();
    const text = await block.innerText();
    assert.match(text, /1 incident by cause/);
    assert.match(text, /Warning\s+row_count is 50/);
    assert.match(text, /Seen on 2 datasets; 2 datasets below it/);
    const box = await row.boundingBox();
    assert.ok(box && box.y < 300, 'in the first screen');
    await row.click();
    const panel = page.getByRole('region', { name: 'Incident', exact: true });
    await panel.getByText('What happened').waitFor();
    const detail = await panel.innerText();
    assert.match(detail, /Different: rows .* → 50 since dt=/);
    assert.match(detail, /2 datasets below it: silver, gold/);
    assert.match(detail, /silver.*\(made from what is bad above it/);
    assert.match(page.url(), /\?incident=/);
    assert.deepEqual(complaints, []);
    await page.evaluate(AXE);
    const violations = await page.evaluate(async () => {
      const { axe } = globalThis as unknown as {
        axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
      };
      const found = await axe.run();
      return found.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
    });
    assert.deepEqual(violations, []);
  });
});
