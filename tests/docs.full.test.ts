import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { chromiumFlags, chromiumPath } from './chromium';
import { attachesExits, bringAModel, thresholdsByHand, whyItWorks } from './docs-live-examples';
import { run, tool } from './packed';
import { root } from './workspace';

const site = join(root, 'apps/docs/.vitepress/dist');

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

/** Serves the built site as a host for static pages does: `/install` is `install.html`. */
function serveSite(): Promise<Server> {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
    const candidates = [path, `${path}.html`, join(path, 'index.html')].map((name) => join(site, name));
    const file = candidates.find((name) => existsSync(name) && statSync(name).isFile());
    response.statusCode = file === undefined ? 404 : 200;
    response.setHeader('content-type', types[extname(file ?? '')] ?? 'application/octet-stream');
    response.end(file === undefined ? 'not found' : readFileSync(file));
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

/** The addresses of all pages of the built site, but for the one that says that a page is missing. */
function builtPages(): string[] {
  return readdirSync(site, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.html') && file !== '404.html')
    .map((file) => `/${file.replace(/(^|\/)index\.html$/, '$1').replace(/\.html$/, '')}`)
    .sort();
}

beforeAll(() => run(tool('pnpm'), ['--filter', '@earlyexit/docs', 'run', 'build']));

it('builds the start page, the guide, the commands and a page of the API for every package', () => {
  const pages = builtPages();
  // The one that hands on the others, and the one for the tests, have nothing of their own to show.
  const packages = readdirSync(join(root, 'packages')).filter(
    (name) => !['earlyexit', 'testing'].includes(name),
  );
  expect(pages).toEqual(
    expect.arrayContaining([
      '/',
      '/install',
      '/commands',
      '/guide/five-lines',
      '/guide/twenty-lines',
      '/api/',
    ]),
  );
  expect(pages).toEqual(expect.arrayContaining(packages.map((name) => `/api/@earlyexit/${name}`)));
});

// Set CHROMIUM_PATH where it lies somewhere else; without a browser there is nothing to look at pages with.
describe.skipIf(chromiumPath === undefined)('in Chromium, the site', () => {
  let server: Server;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let address = '';
  /** Whatever a page complains about, asks another host for, or asks ours for in vain. */
  let complaints: string[] = [];

  beforeAll(async () => {
    server = await serveSite();
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await chromium.launch({ executablePath: chromiumPath!, args: chromiumFlags });
    context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    page = await context.newPage();
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('response', (response) => {
      if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
    });
    page.on('request', (request) => {
      const { protocol, host } = new URL(request.url());
      if (protocol.startsWith('http') && `http://${host}` !== address) complaints.push(request.url());
    });
  });

  afterAll(async () => {
    await browser.close();
    server.close();
  });

  it('shows every page without a complaint and without sideways scrolling, on desktops and phones', async () => {
    for (const path of builtPages()) {
      complaints = [];
      await page.goto(address + path, { waitUntil: 'networkidle' });
      expect(complaints, path).toEqual([]);
      expect(await page.locator('h1, .VPHero').first().isVisible(), path).toBe(true);
      for (const width of [390, 1280]) {
        await page.setViewportSize({ width, height: 900 });
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        expect(overflow, `${path}: pixels too wide at ${width}`).toBeLessThanOrEqual(0);
      }
    }
  });

  it('leads from the start page to the guide, the commands and the API', async () => {
    complaints = [];
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.goto(address, { waitUntil: 'networkidle' });
    const picture = page.locator('.picture img');
    expect(await picture.evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBeGreaterThan(0);
    for (const [link, path, heading] of [
      ['Commands', '/commands', 'Commands'],
      ['API', '/api/', 'API'],
      ['Guide', '/guide/early-exit', 'What early exit is'],
    ] as const) {
      await page.locator('.VPNavBarMenu').getByRole('link', { name: link, exact: true }).click();
      await page.waitForURL(address + path);
      // The address changes before the new page is there: wait for its heading.
      await page.locator('h1', { hasText: heading }).waitFor();
    }
    await page
      .locator('.VPSidebar')
      .getByRole('link', { name: /Five lines/ })
      .click();
    await page.waitForURL(`${address}/guide/five-lines`);
    await page.locator('div.language-js', { hasText: 'loadSession' }).first().waitFor();
    expect(complaints).toEqual([]);
  });

  it('finds a function by its name', async () => {
    await page.goto(address, { waitUntil: 'networkidle' });
    // The keys are listened to once the page has come alive.
    await vi.waitFor(async () => {
      await page.keyboard.press('Control+k');
      await page.locator('#localsearch-input').waitFor({ timeout: 2000 });
    }, 30_000);
    await page.locator('#localsearch-input').fill('attachExits');
    await page.locator('.VPLocalSearchBox .result').first().click();
    await page.waitForURL(/\/(api|guide)\//);
  });

  it('shows what the commands print about themselves', async () => {
    await page.goto(`${address}/commands`, { waitUntil: 'networkidle' });
    for (const command of ['train', 'calibrate', 'evaluate', 'predict', 'doctor']) {
      expect(await page.locator(`#${command} + pre`).innerText()).toContain(`Usage: earlyexit ${command}`);
    }
  });

  describe('draws a digit', () => {
    const example = (): Locator => page.locator('.digit-example');
    const ready = (): Promise<void> => page.locator('.digit-example .answer').waitFor();

    it('answers one before the reader has drawn any, at the first exit', async () => {
      complaints = [];
      await page.setViewportSize({ width: 1280, height: 900 });
      await page.goto(`${address}/live/draw-a-digit`, { waitUntil: 'networkidle' });
      await ready();
      expect(await example().locator('.answer').getAttribute('data-digit')).toBe('7');
      expect(await example().locator('.answered').getAttribute('data-exit')).toBe('exit0');
      expect(await example().locator('.answer').innerText()).toMatch(/It left at the first exit/);
      expect(complaints).toEqual([]);
    });

    it('answers a stroke of the pen within 50 ms, and puts it into the link', async () => {
      await example().getByRole('button', { name: 'Clear', exact: true }).click();
      const box = (await example().locator('canvas').boundingBox())!;
      await page.mouse.move(box.x + 0.5 * box.width, box.y + 0.2 * box.height);
      await page.mouse.down();
      await page.mouse.move(box.x + 0.47 * box.width, box.y + 0.5 * box.height, { steps: 5 });
      await page.mouse.move(box.x + 0.44 * box.width, box.y + 0.8 * box.height, { steps: 5 });
      await page.mouse.up();
      await page.locator('.answer[data-digit="1"]').waitFor();
      const latencyMs = Number(/([\d.]+) ms/.exec(await example().locator('.answer').innerText())![1]);
      expect(latencyMs).toBeLessThan(50);

      const link = page.url();
      expect(link).toContain('#digit=');
      await page.goto('about:blank');
      await page.goto(link, { waitUntil: 'networkidle' });
      await page.locator('.answer[data-digit="1"]').waitFor();
    });

    it('goes all the way where the threshold asks for more than the first exit is sure of', async () => {
      await page.goto('about:blank');
      await page.goto(`${address}/live/draw-a-digit#threshold=1`, { waitUntil: 'networkidle' });
      await ready();
      expect(await example().locator('.answered').getAttribute('data-exit')).toBe('final');
      await example().locator('input[type=range]').fill('0.3');
      await page.locator('.answered[data-exit="exit0"]').waitFor();
      expect(page.url()).toContain('threshold=0.3');
    });
  });

  describe('shows why it works', () => whyItWorks(() => ({ page, address, complaints })));

  describe('attaches exits', () => attachesExits(() => ({ page, address, complaints })));

  describe('reads a model', () => bringAModel(() => ({ page, address, complaints })));

  describe('lets thresholds be set by hand', () => thresholdsByHand(() => ({ page, address, complaints })));
});
