import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type BrowserContext, type Page, chromium } from 'playwright-core';

const executable = process.env['LOUPE_CHROMIUM'] ?? '/usr/bin/chromium';

/** Why tests in a browser are skipped here; undefined where there is one. */
export const missingChromium = existsSync(executable)
  ? undefined
  : `There is no Chromium at ${executable}; LOUPE_CHROMIUM names another.`;

const flags = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // WebGL without a graphics card.
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
];

export interface Browser {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Errors of the page: exceptions, console errors, requests to other hosts. */
  readonly faults: string[];
  close(): Promise<void>;
}

/** A Chromium with a profile of its own, whose page is watched. */
export async function openBrowser(origin: string): Promise<Browser> {
  const profile = mkdtempSync(path.join(tmpdir(), 'loupe-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: executable,
    args: flags,
    viewport: { width: 1440, height: 860 },
    colorScheme: 'dark',
  });
  const [page = await context.newPage()] = context.pages();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
  page.on('request', (request) => {
    const { origin: asked, protocol } = new URL(request.url());
    if (protocol.startsWith('http') && asked !== origin) faults.push(`asked ${request.url()}`);
  });
  return {
    context,
    page,
    faults,
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}
