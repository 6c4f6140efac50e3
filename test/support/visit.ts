import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, type TestContext } from 'node:test';
import type { BrowserContext, Page } from 'playwright-core';
import { buildServer, type ServerServices } from '#collector/server.ts';
import { createTelemetry } from '#collector/telemetry.ts';
import { Ingest } from '#ingest/ingest.ts';
import type { Database } from '#store/database.ts';
import { noBrowser, openBrowser, type BrowserOptions } from './browser.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export interface Visit {
  readonly page: Page;
  /** What the browser complained of: errors, warnings, refused content. */
  readonly complaints: string[];
  readonly url: string;
}

/** What the server has besides its store. */
export type VisitOptions = Partial<Omit<ServerServices, 'database' | 'gate'>> & {
  readonly gate?: Partial<ServerServices['gate']>;
};

/** Why browser tests cannot run here, as node:test's `skip` takes it. */
export const skip = noBrowser();

/** One browser for all tests of a file. Call it once, in its describe. */
export function browserOfSuite(options: BrowserOptions = {}): {
  /** Starts the real server over this store and opens one of its pages. */
  visit(t: TestContext, database: Database, path?: string, options?: VisitOptions): Promise<Visit>;
} {
  let browser: { readonly context: BrowserContext; close(): Promise<void> } | undefined;
  before(async () => {
    if (skip === false) browser = await openBrowser(options);
  });
  after(() => browser?.close());
  return {
    async visit(t, database, path = '/', { ingest, gate, ...services } = {}) {
      if (!browser) throw new Error('the browser is not open');
      const app = await buildServer({
        config: { bodyBytes: 1_000_000 },
        telemetry: createTelemetry({ level: 'silent', pretty: false }),
        database,
        ingest: ingest ?? new Ingest({ database, now: () => new Date() }),
        gate: { database, warehouses: new Map(), newId: randomUUID, ...gate },
        ...services,
      });
      const url = await app.listen({ port: 0, host: '127.0.0.1' });
      const page = await browser.context.newPage();
      t.after(async () => {
        await page.close();
        // The browser keeps connections in hand on which it asks nothing.
        app.server.closeAllConnections();
        await app.close();
      });
      const complaints: string[] = [];
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(String(error)));
      await page.goto(url + path);
      return { page, complaints, url };
    },
  };
}

/** What axe finds against WCAG 2.2 A and AA and its best practices. Run outside the page's own policy. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }>;
      };
    };
    const found = await axe.run();
    return found.violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary ?? ''}`),
    );
  });
}

/** Elements that reach over the right edge of the page, unless something around them scrolls by itself. */
export function sidewards(page: Page): Promise<string[]> {
  return page.locator('html').evaluate((html) => {
    const scrolls = '.scroll, pre, .chart, .visually-hidden, select, .graph, dialog';
    const over = Array.from<{
      getBoundingClientRect(): { right: number };
      closest(by: string): unknown;
      outerHTML: string;
    }>(html.querySelectorAll('main *, header *')).filter(
      (element) => element.getBoundingClientRect().right > html.clientWidth + 1 && !element.closest(scrolls),
    );
    const wide = html.scrollWidth > html.clientWidth ? [`the page is ${html.scrollWidth} wide`] : [];
    return [...wide, ...over.map((element) => element.outerHTML.slice(0, 120))];
  });
}

/** The width of a telephone, for this page alone. */
export async function asTelephone(page: Page): Promise<void> {
  await page.setViewportSize({ width: 375, height: 800 });
}

/** How many pixels of the chart have exactly this colour. */
export function pixelsOf(
  page: Page,
  colour: readonly [red: number, green: number, blue: number],
): Promise<number> {
  return page.locator('.chart canvas').evaluate((canvas, [red, green, blue]) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let found = 0;
    for (let at = 0; at < data.length; at += 4) {
      if (data[at] === red && data[at + 1] === green && data[at + 2] === blue) found += 1;
    }
    return found;
  }, colour);
}
