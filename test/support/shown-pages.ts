import type { Page } from 'playwright-core';
import { SHOWN } from './showroom.ts';
import { settled, steady, type Requests } from './still-life.ts';

/** A page of the showroom, in a state worth looking at. */
export interface ShownPage {
  readonly name: string;
  readonly path: string;
  /** Brings the page into the state that is looked at. */
  readonly prepare?: (page: Page) => Promise<unknown>;
}

/** Every page, by the name of its pictures. */
export const SHOWN_PAGES: readonly ShownPage[] = [
  { name: 'triage', path: '/' },
  {
    name: 'incident',
    path: '/',
    prepare: async (page) => {
      const incidents = page.getByRole('region', { name: 'Incidents' });
      await incidents.locator('a[data-incident]', { hasText: 'assay.gold' }).click();
      await page.waitForURL(/\/incidents\//);
      await page.getByRole('region', { name: 'Why' }).waitFor();
    },
  },
  { name: 'search', path: '/search?q=orders' },
  {
    name: 'palette',
    path: '/runs?state=FAILED',
    prepare: async (page) => {
      await page.keyboard.press('Control+k');
      const palette = page.getByRole('dialog');
      await palette.getByRole('option').first().waitFor();
      await page.keyboard.type('orders');
      await palette
        .getByRole('option', { name: /mart\.orders_daily/ })
        .first()
        .waitFor();
    },
  },
  { name: 'dataset', path: `/datasets/${SHOWN.gold}` },
  { name: 'lineage', path: `/lineage/${SHOWN.mart}?as=graph` },
  { name: 'lineage-table', path: `/lineage/${SHOWN.mart}?as=table` },
  { name: 'lineage-column', path: `/lineage/${SHOWN.mart}?column=amount&as=graph` },
  { name: 'runs', path: '/runs' },
  { name: 'run', path: `/runs/${SHOWN.failed}` },
  { name: 'job', path: `/jobs/${SHOWN.job}` },
  { name: 'publications', path: '/publications' },
  { name: 'publication', path: `/publications/${SHOWN.held}` },
  { name: 'contracts', path: '/contracts' },
  { name: 'contract', path: `/contracts/${SHOWN.mart}` },
  { name: 'objectives', path: '/objectives' },
  { name: 'cost', path: '/cost' },
  { name: 'quarantine', path: '/quarantine' },
  {
    name: 'quarantined',
    path: '/quarantine',
    prepare: async (page) => {
      await page.locator('main [data-row]').last().click();
      await page.getByRole('region', { name: 'What is wrong' }).waitFor();
    },
  },
  { name: 'routes', path: '/routes' },
  {
    name: 'settings',
    path: '/settings',
    prepare: async (page) => {
      await page.getByRole('table', { name: /Acts/ }).waitFor();
      // The store's own version, size and clock, and what this machine is like.
      await steady(page, {
        '[aria-labelledby="parts"] tbody tr:first-child td:last-child': 'PostgreSQL, its own',
        '[aria-labelledby="parts"] tbody tr:has(th:has-text("Search")) td:last-child': 'some things',
        '[aria-labelledby="audit"] tbody th': 'just now',
        '[aria-labelledby="doctor"] tbody td': 'as it is',
      });
    },
  },
  { name: 'unknown', path: '/nowhere/at/all' },
];

/** Opens one and waits until it has said all. */
export async function openShown(
  page: Page,
  url: string,
  requests: Requests,
  { path, prepare }: ShownPage,
): Promise<void> {
  await page.goto(url + path);
  await settled(page, requests);
  await prepare?.(page);
  await settled(page, requests);
}
