import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { KeyRing } from '#collector/keys/key-ring.ts';
import { keyHash } from '#collector/keys/key-text.ts';
import { testDatabase } from '#test/support/database.ts';
import { compare, inBlocks, readPicture, writePicture, type Picture } from '#test/support/picture.ts';
import { furnish, OPENING, SHOWROOM_OPTIONS } from '#test/support/showroom.ts';
import { openShown, SHOWN_PAGES } from '#test/support/shown-pages.ts';
import {
  keepPictures,
  photograph,
  photographUntil,
  sameLetters,
  settled,
  watchRequests,
} from '#test/support/still-life.ts';
import { browserOfSuite, skip } from '#test/support/visit.ts';

// How every page looks, as mean colours of blocks of 8 by 8 pixels: small, and the same on machines that draw letters
// a little differently. ASSAY_UPDATE_SNAPSHOTS=1 writes them anew; what differs is left in ACTUAL to be looked at.
const AGREED = join(import.meta.dirname, 'pictures');
const ROOT = join(import.meta.dirname, '../..');
const ACTUAL = join(ROOT, 'test-results/pictures');
const IS_UPDATE = process.env['ASSAY_UPDATE_SNAPSHOTS'] === '1';
/** Of all pictures together. */
const MOST_BYTES = 900_000;

const LOOKS = [
  { look: 'light', width: 1280, colorScheme: 'light' },
  { look: 'dark', width: 1280, colorScheme: 'dark' },
  { look: 'telephone', width: 375, colorScheme: 'light' },
] as const;

/** What would make a page worse, and must not pass. */
const FAULTS: Readonly<Record<string, (page: Page) => Promise<unknown>>> = {
  'a block is gone': (page) => restyle(page, 'section.block >> nth=1', { display: 'none' }),
  'a block is empty': (page) =>
    restyle(page, 'section.block >> nth=1 >> :scope > *', { visibility: 'hidden' }),
  'one badge is gone': (page) => restyle(page, 'main .mark >> nth=0', { visibility: 'hidden' }),
  'a column lies 40 pixels aside': (page) =>
    restyle(page, 'main td:nth-child(3)', { position: 'relative', left: '40px' }),
  'the ground has the colour of a block': (page) => restyle(page, 'body', { background: 'white' }),
  'the ground is nearly the same': (page) => restyle(page, 'body', { background: '#e8e4dc' }),
  'text is as white as its ground': (page) => restyle(page, 'main h2', { color: 'white' }),
  'text is transparent': (page) => restyle(page, 'main td, main li', { color: 'transparent' }),
  'what is bad looks like what is good': (page) =>
    restyle(page, '.mark-failed, .mark-held', { color: 'green' }),
  'everything is larger': (page) => restyle(page, 'html', { fontSize: '17px' }),
  'letters have no style': (page) => restyle(page, 'body', { fontFamily: 'monospace' }),
  'a rule is gone from the style': (page) =>
    restyle(page, '.masthead-inner, .block-head, .row-head', { display: 'block' }),
};

/** What another machine may do to letters and lines. */
const HARMLESS: Readonly<Record<string, (page: Page) => Promise<unknown>>> = {
  'everything lies half a pixel aside': (page) =>
    restyle(page, '#root', { transform: 'translate(0.5px, 0.4px)' }),
  'everything lies a pixel lower': (page) => restyle(page, '#root', { transform: 'translateY(1px)' }),
  'letters are a little fatter': (page) => restyle(page, 'body', { webkitTextStroke: '0.2px' }),
  'letters are a little thinner': (page) => restyle(page, 'main', { opacity: '0.97' }),
};

describe('how the pages look', () => {
  const browser = browserOfSuite(sameLetters());

  test('every page looks as it was agreed on', { skip }, async (t) => {
    rmSync(ACTUAL, { recursive: true, force: true });
    const database = await testDatabase(t);
    await furnish(database);
    const { page, url } = await browser.visit(t, database, '/quarantine', SHOWROOM_OPTIONS);
    const requests = watchRequests(page);
    await page.clock.setFixedTime(OPENING);
    for (const shown of SHOWN_PAGES) {
      await t.test(shown.name, async () => {
        const objections: string[] = [];
        for (const { look, width, colorScheme } of LOOKS) {
          await page.setViewportSize({ width, height: 900 });
          await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
          if (look === 'dark') await settled(page, requests);
          else await openShown(page, url, requests, shown);
          objections.push(...(await objectionsTo(page, `${shown.name}-${look}`)));
        }
        assert.deepEqual(objections, []);
      });
    }

    await page.setViewportSize({ width: 1280, height: 900 });
    await page.emulateMedia({ colorScheme: 'light' });
    const look = async (change: (page: Page) => Promise<unknown>) => {
      await page.goto(url);
      await settled(page, requests);
      await change(page);
      return compare(agreed('triage-light'), readPicture(await photograph(page))).objections;
    };
    for (const [fault, spoil] of Object.entries(FAULTS))
      await t.test(`is objected to when ${fault}`, async () => {
        assert.notDeepEqual(await look(spoil), []);
      });
    await t.test('is objected to when a file of styles is missing', async () => {
      const file = /\/assets\/overview-page-[^/]*\.css|\/assets\/index-[^/]*\.css/;
      await page.route(file, (route) => route.abort());
      assert.notDeepEqual(await look(async () => undefined), []);
      await page.unroute(file);
    });
    for (const [change, apply] of Object.entries(HARMLESS))
      await t.test(`passes when ${change}`, async () => {
        assert.deepEqual(await look(apply), []);
      });
  });

  test('the agreed pictures are small', { skip }, () => {
    const bytes = readdirSync(AGREED).reduce((sum, name) => sum + statSync(join(AGREED, name)).size, 0);
    assert.ok(bytes < MOST_BYTES, `${bytes} bytes`);
  });

  test('a page that wants a key looks as it was agreed on', { skip }, async (t) => {
    const keys = new KeyRing([{ name: 'reader', hash: keyHash('r'), scopes: ['read'], namespaces: null }]);
    const { page } = await browser.visit(t, await testDatabase(t), '/', {
      ...SHOWROOM_OPTIONS,
      config: { ...SHOWROOM_OPTIONS.config, keys },
    });
    await page.getByRole('heading', { level: 1, name: 'A valid key is needed' }).waitFor();
    const objections: string[] = [];
    for (const { look, width, colorScheme } of LOOKS) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      objections.push(...(await objectionsTo(page, `key-${look}`)));
    }
    assert.deepEqual(objections, []);
  });
});

function agreed(name: string): Picture {
  return readPicture(readFileSync(join(AGREED, `${name}.png`)));
}

/** Holds a page to its agreed picture; on a difference leaves three pictures to look at. */
async function objectionsTo(page: Page, name: string): Promise<readonly string[]> {
  const file = join(AGREED, `${name}.png`);
  const isNew = IS_UPDATE || !existsSync(file);
  const png = await photographUntil(
    page,
    (now) => !isNew && compare(agreed(name), readPicture(now)).objections.length === 0,
  );
  const actual = readPicture(png);
  const folder = process.env['ASSAY_PICTURES_FOLDER'];
  if (folder !== undefined) keepPictures(folder, { [name]: png });
  if (isNew) {
    assert.notEqual(process.env['CI'], 'true', `${file} is missing`);
    mkdirSync(AGREED, { recursive: true });
    writeFileSync(file, writePicture(inBlocks(actual)));
  }
  const { objections: unlike, difference } = compare(agreed(name), actual);
  const objections = [...unlike, ...tooWide(page, actual)];
  if (objections.length === 0) return [];
  const left = keepPictures(join(ACTUAL, name), {
    actual: png,
    expected: readFileSync(file),
    difference: writePicture(difference),
  });
  return [`${name}: ${objections.join('; ')}. Look into ${relative(ROOT, left)}.`];
}

/** A page that reaches over its window was never right. */
function tooWide(page: Page, { width }: Picture): readonly string[] {
  const room = page.viewportSize()?.width ?? width;
  return width > room ? [`it reaches over the right edge: ${width} pixels in ${room}`] : [];
}

/** Changes how elements look, past the page's own policy. */
async function restyle(page: Page, selector: string, style: Readonly<Record<string, string>>): Promise<void> {
  await page.locator(selector).evaluateAll((elements, changed) => {
    for (const element of elements) Object.assign(element.style, changed);
  }, style);
}
