/**
 * The README's first example in headless Chromium, from static files, bundled and not, under three content security
 * policies: none, one that allows WebAssembly, and one that does not, where the reference engine has to step in.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Server, serve } from './server.ts';
import { buildSite, NONCE, type Outcome, PAGES } from './site.ts';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const present = existsSync(CHROMIUM);
if (!present)
  console.warn(`browser tests skipped: no Chromium at ${CHROMIUM} (set CHROMIUM, or install Debian's package chromium)`);

const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const POLICIES = {
  none: '',
  'with wasm-unsafe-eval': `default-src 'self'; script-src 'self' 'nonce-${NONCE}' 'wasm-unsafe-eval'`,
  'without wasm-unsafe-eval': `default-src 'self'; script-src 'self' 'nonce-${NONCE}'`,
} as const;

describe.runIf(present)('Chromium', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wengert-browser-'));
  let server: Server;
  let context: BrowserContext;

  beforeAll(async () => {
    await buildSite(join(folder, 'site'));
    server = await serve(join(folder, 'site'), POLICIES);
    const options = { executablePath: CHROMIUM, headless: true, args: ARGUMENTS };
    context = await chromium.launchPersistentContext(join(folder, 'profile'), options);
  });

  afterAll(async () => {
    await context?.close();
    server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function visit(name: string, policy: string): Promise<Outcome> {
    const page = await context.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(`${server.origin}/${name}/?policy=${encodeURIComponent(policy)}`);
    // asked for from here: page.waitForFunction polls inside the page with eval, which the policies forbid
    const outcome: unknown = await vi.waitUntil(() => errors[0] ?? page.evaluate<unknown>('globalThis.outcome'), {
      timeout: 30_000,
      interval: 20,
    });
    await page.close();
    expect(errors).toEqual([]);
    return outcome as Outcome;
  }

  describe.each(PAGES)('%s', (name) => {
    test.each(Object.keys(POLICIES))('policy %s', async (policy) => {
      const outcome = await visit(name, policy);
      expect(outcome.failures).toEqual([]);
      expect(outcome.checked).toBeGreaterThan(0);
      const core = policy.startsWith('without') ? 'EngineUnavailable' : 'available';
      expect(outcome).toMatchObject({ interpreter: core, streamed: core });
    });
  });
});
