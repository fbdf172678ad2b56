import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { chromiumFlags, chromiumPath } from '../../../../tests/chromium';
import { runCommand } from '../testing/run-command';
import { temporaryFolder } from '@earlyexit/testing';
import { writeTinyDataset } from '../testing/tiny-images';

const folder = await temporaryFolder();
const images = join(folder, 'images');
// For a look at the page by eye.
const pictures = process.env['EARLYEXIT_PICTURES'];

let browser: Awaited<ReturnType<typeof chromium.launch>> | undefined;
beforeAll(async () => {
  await writeTinyDataset(images);
  if (chromiumPath === undefined) return;
  browser = await chromium.launch({ executablePath: chromiumPath, args: chromiumFlags });
});
afterAll(() => browser?.close());

it.skipIf(chromiumPath === undefined)(
  'is alive in Chromium, wide and narrow, dark and light, until the training is finished (needs Chromium)',
  async () => {
    const looks = [
      { name: 'desktop-light', viewport: { width: 1280, height: 900 }, colorScheme: 'light' },
      { name: 'phone-dark', viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
    ] as const;
    const pages = await Promise.all(
      looks.map(async ({ viewport, colorScheme }) =>
        (await browser!.newContext({ viewport, colorScheme })).newPage(),
      ),
    );
    const problems: string[] = [];
    const hosts = new Set<string>();
    for (const page of pages) {
      page.on('pageerror', (error) => problems.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error') problems.push(message.text());
      });
      page.on('request', (request) => hosts.add(new URL(request.url()).host));
    }
    const seen: string[] = [];
    let opened: Promise<void> = Promise.resolve();
    const { code, stderr } = await runCommand(
      [
        ...['train', '--model', 'test_b_lenet', '--dataset', 'image-folder', '--data-dir', images],
        ...[
          '--out',
          join(folder, 'run'),
          '--epochs',
          '60',
          '--batch-size',
          '8',
          '--engine',
          'wasm',
          '--watch',
        ],
      ],
      {
        onError: (text) => {
          const [url] = /http:\/\/127\.0\.0\.1:\d+\//.exec(text) ?? [];
          if (url === undefined) return;
          hosts.add(new URL(url).host);
          opened = (async () => {
            await Promise.all(pages.map((page) => page.goto(url)));
            const lead = pages[0]!.locator('.lead').first();
            await pages[0]!.locator('.state.running').waitFor();
            seen.push(await lead.innerText());
            await expect.poll(() => lead.innerText(), { timeout: 20_000 }).not.toBe(seen[0]);
          })();
        },
      },
    );
    await opened;
    expect(code, stderr).toBe(0);
    for (const [index, page] of pages.entries()) {
      await page.locator('.state.finished').waitFor();
      expect(await page.title()).toBe('finished · test_b_lenet on image-folder');
      // The page outlives the server: nothing is lost, nothing is asked for again.
      await page.waitForTimeout(1500);
      expect(await page.locator('.state').innerText()).toBe('finished');
      const shown = page.locator('svg.plot:visible');
      expect(await shown.count()).toBe(2);
      expect(await shown.first().locator('circle').count()).toBeGreaterThanOrEqual(60);
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow).toBe(0);
      if (pictures === undefined) continue;
      mkdirSync(pictures, { recursive: true });
      await page.screenshot({ path: join(pictures, `watch-${looks[index]!.name}.png`), fullPage: true });
    }
    expect(problems).toEqual([]);
    expect([...hosts]).toHaveLength(1);
  },
);
