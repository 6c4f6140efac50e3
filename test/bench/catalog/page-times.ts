import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { buildServer } from '#collector/server.ts';
import { createTelemetry } from '#collector/telemetry.ts';
import { Ingest } from '#ingest/ingest.ts';
import type { Database } from '#store/database.ts';
import { noBrowser, openBrowser } from '#test/support/browser.ts';

/** How long somebody waits before a page, in milliseconds from what they do to what they see. */
export interface PageTimes {
  readonly name: string;
  readonly milliseconds: readonly number[];
}

interface Asked {
  readonly datasets: readonly string[];
  /** What is typed into the search. */
  readonly words: readonly string[];
}

/** Opens pages of the real server in Chromium over this store. A string: why that cannot be done here. */
export async function measurePages(
  database: Database,
  { datasets, words }: Asked,
): Promise<readonly PageTimes[] | string> {
  const missing = noBrowser();
  if (missing !== false) return missing;
  const server = await buildServer({
    config: { bodyBytes: 1_000_000 },
    telemetry: createTelemetry({ level: 'silent', pretty: false }),
    database,
    ingest: new Ingest({ database, now: () => new Date() }),
    gate: { database, warehouses: new Map(), newId: randomUUID },
  });
  const browser = await openBrowser();
  try {
    const url = await server.listen({ port: 0, host: '127.0.0.1' });
    const page = await browser.context.newPage();
    const opened = async (path: string, seen: () => Promise<unknown>): Promise<number> => {
      const begin = performance.now();
      await page.goto(url + path, { waitUntil: 'commit' });
      await seen();
      return performance.now() - begin;
    };
    const each = async (
      name: string,
      list: readonly string[],
      one: (item: string) => Promise<number>,
    ): Promise<PageTimes> => {
      await one(list[0] ?? ''); // files and plans
      const milliseconds: number[] = [];
      for (const item of list) milliseconds.push(await one(item));
      return { name, milliseconds };
    };
    const heading = (): Promise<void> => page.getByRole('heading', { level: 1 }).waitFor();
    return [
      await each('page: first paint of the first page', datasets, async () => {
        await page.goto(`${url}/`, { waitUntil: 'load' });
        return firstPaint(page);
      }),
      await each('page: the first page, until it says how things stand', datasets, () =>
        opened('/', () => page.getByRole('table', { name: /Datasets/ }).waitFor()),
      ),
      await each('page: a dataset, with its lineage', datasets, (id) =>
        opened(`/datasets/${id}`, () => page.locator('.one-hop').waitFor()),
      ),
      await each('page: lineage, until it is drawn', datasets, (id) =>
        opened(`/lineage/${id}`, () => page.locator('.react-flow__node').first().waitFor()),
      ),
      await each('page: search, from the last letter to the hits', words, async (word) => {
        await page.goto(`${url}/search`);
        await heading();
        const field = page.getByRole('searchbox');
        await field.waitFor();
        const begin = performance.now();
        await field.fill(word);
        await page.locator('main .rows > li, main .quiet').first().waitFor();
        return performance.now() - begin;
      }),
    ];
  } finally {
    await browser.close();
    server.server.closeAllConnections();
    await server.close();
  }
}

/** First contentful paint, as the browser itself tells it. */
async function firstPaint(page: Page): Promise<number> {
  return Number(
    await page.evaluate(`new Promise((resolve) => {
      new PerformanceObserver((list) => {
        const [paint] = list.getEntriesByName('first-contentful-paint');
        if (paint) resolve(paint.startTime);
      }).observe({ type: 'paint', buffered: true });
    })`),
  );
}
