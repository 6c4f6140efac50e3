import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Page } from 'playwright-core';
import type { BrowserOptions } from './browser.ts';

const FONTS = dirname(createRequire(import.meta.url).resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'));
/** Enough for a machine that is many times slower. */
const LOOKS = 1500;
const PICTURES = 60;
const PAUSE = 40;
/** Milliseconds that one step may take there. */
const SLOWEST = 90_000;

/** How often in a row nothing may be under way until a page counts as still. */
const CALM_LOOKS = 3;

/**
 * A browser that draws the same letters on any Linux: it knows two families only, which come with the tests, and
 * nothing that depends on the machine's own taste (hinting, colours of subpixels, width of scroll bars).
 */
export function sameLetters(): BrowserOptions {
  const folder = mkdtempSync(join(tmpdir(), 'assay-fonts-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'fonts.conf');
  writeFileSync(
    file,
    `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir>${FONTS}</dir>
  <cachedir>${join(folder, 'cache')}</cachedir>
  <selectfont>
    <rejectfont><glob>*/DejaVuSerif*</glob></rejectfont>
    <rejectfont><glob>*Condensed*</glob></rejectfont>
    <rejectfont><glob>*ExtraLight*</glob></rejectfont>
    <rejectfont><glob>*MathTeX*</glob></rejectfont>
  </selectfont>
  <alias binding="same"><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
  <match target="font">
    <edit name="antialias" mode="assign"><bool>true</bool></edit>
    <edit name="hinting" mode="assign"><bool>false</bool></edit>
    <edit name="rgba" mode="assign"><const>none</const></edit>
  </match>
</fontconfig>
`,
  );
  return {
    flags: [
      '--font-render-hinting=none',
      '--disable-lcd-text',
      '--force-color-profile=srgb',
      '--hide-scrollbars',
      '--lang=en-US',
    ],
    env: { FONTCONFIG_FILE: file, LANGUAGE: 'en_US', LANG: 'en_US.UTF-8', LC_ALL: 'en_US.UTF-8' },
  };
}

export interface Requests {
  /** How many are not answered yet. */
  readonly underWay: () => number;
}

/** Counts what a page is waiting for; the stream of changes never ends and does not count. */
export function watchRequests(page: Page): Requests {
  page.setDefaultTimeout(SLOWEST);
  const open = new Set<unknown>();
  page.on('request', (request) => {
    if (!request.url().endsWith('/api/v2/stream')) open.add(request);
  });
  page.on('requestfinished', (request) => void open.delete(request));
  page.on('requestfailed', (request) => void open.delete(request));
  return { underWay: () => open.size };
}

/** Waits until a page has said all: everything was answered, nothing holds a place, letters are there, graphs are laid out. */
export async function settled(page: Page, requests: Requests): Promise<void> {
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  let calm = 0;
  for (let look = 0; calm < CALM_LOOKS; look += 1) {
    if (look > LOOKS) throw new Error(`${page.url()} does not come to rest: ${await unrest(page)}`);
    const isCalm = requests.underWay() === 0 && (await unrest(page)) === '';
    calm = isCalm ? calm + 1 : 0;
    await page.waitForTimeout(PAUSE);
  }
}

/** What still moves, for the message; empty when nothing does. */
function unrest(page: Page): Promise<string> {
  return page.locator('html').evaluate((html) => {
    const document = html.ownerDocument;
    const waiting = ['.skeleton', '.graph-waiting', '[aria-busy="true"]'].filter((selector) =>
      document.querySelector(selector),
    );
    if (document.fonts.status !== 'loaded') waiting.push('fonts');
    const health = document.querySelector('.masthead .health')?.textContent ?? '';
    if (health.endsWith('Asking')) waiting.push('the health');
    return waiting.join(', ');
  });
}

/** Pixels of a long page from its top that are looked at: below them come more rows of the same. */
const LONGEST = 2000;

/** The page as a PNG, from its top. */
export async function photograph(page: Page): Promise<Uint8Array> {
  const { width, height } = await page.locator('html').evaluate((html) => ({
    width: html.scrollWidth,
    height: Math.max(html.scrollHeight, html.clientHeight),
  }));
  return page.screenshot({
    fullPage: true,
    clip: { x: 0, y: 0, width, height: Math.min(height, LONGEST) },
    animations: 'disabled',
    caret: 'hide',
    scale: 'css',
  });
}

/** Looks until it is agreed, or until the page looks the same twice: what counts is how it looks in the end. */
export async function photographUntil(
  page: Page,
  isAgreed: (png: Uint8Array) => boolean,
): Promise<Uint8Array> {
  let before: Uint8Array | null = null;
  for (let look = 0; look < PICTURES; look += 1) {
    const now = await photograph(page);
    if (isAgreed(now) || (before !== null && Buffer.compare(now, before) === 0)) return now;
    before = now;
    await page.waitForTimeout(PAUSE * Math.min(look, 10));
  }
  throw new Error(`${page.url()} never looks the same twice`);
}

/** Gives words that differ from machine to machine a text of their own. */
export async function steady(page: Page, texts: Readonly<Record<string, string>>): Promise<void> {
  for (const [selector, text] of Object.entries(texts))
    await page.locator(selector).evaluateAll((elements, words) => {
      for (const element of elements) element.textContent = words;
    }, text);
}

/** Writes PNGs beside one another and says where. */
export function keepPictures(folder: string, pictures: Readonly<Record<string, Uint8Array>>): string {
  mkdirSync(folder, { recursive: true });
  for (const [name, png] of Object.entries(pictures)) writeFileSync(join(folder, `${name}.png`), png);
  return folder;
}
