import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext } from 'playwright-core';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** Quiet and without calls of its own to the outside. */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Why browser tests cannot run here, or false. In CI they must run. */
export function noBrowser(): string | false {
  if (existsSync(CHROMIUM) || process.env['CI'] === 'true') return false;
  return `there is no Chromium at ${CHROMIUM}; install it (Debian: apt-get install chromium) or name one in CHROMIUM`;
}

export interface BrowserOptions {
  readonly flags?: readonly string[];
  /** Besides the process's own. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A browser with a fresh profile of its own; close it to remove the profile. */
export async function openBrowser({ flags = [], env = {} }: BrowserOptions = {}): Promise<{
  readonly context: BrowserContext;
  close(): Promise<void>;
}> {
  const profile = mkdtempSync(join(tmpdir(), 'assay-browser-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: CHROMIUM,
    args: [...FLAGS, ...flags],
    env: { ...process.env, ...env },
    timezoneId: 'Europe/Berlin',
    viewport: { width: 1280, height: 900 },
  });
  return {
    context,
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}
