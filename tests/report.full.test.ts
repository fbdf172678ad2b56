import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { temporaryFolder } from '@earlyexit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderReport } from '@earlyexit/report';
import { inventReportData } from '../packages/report/src/testing/invented-report-data';
import { chromiumFlags, chromiumPath } from './chromium';

const folder = await temporaryFolder();
const file = join(folder, 'report.html');
const data = inventReportData();

// A one-pixel PNG stands for every image.
const pixel =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

beforeAll(() => {
  const { first, last, mistakes } = data.examples;
  const rows = [...first, ...last, ...mistakes].map(({ row }) => row);
  writeFileSync(file, renderReport(data, new Map(rows.map((row) => [row, pixel]))));
});
// Set CHROMIUM_PATH where it lies somewhere else; without a browser there is nothing to look at the page with.
describe.skipIf(chromiumPath === undefined)('in Chromium, the report', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: chromiumPath!, args: [...chromiumFlags] });
  });
  afterAll(() => browser.close());

  describe.each([
    ['a phone', 360],
    ['a desktop', 1280],
  ])('on %s', (_device, width) => {
    it.each(['light', 'dark'] as const)('can be read: %s', async (colorScheme) => {
      const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme });
      const page = await context.newPage();
      const asked: string[] = [];
      const complaints: string[] = [];
      page.on('request', (request) => {
        if (!request.url().startsWith('data:')) asked.push(request.url());
      });
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(error.message));
      const address = pathToFileURL(file).href;
      await page.goto(address, { waitUntil: 'networkidle' });

      expect(asked).toEqual([address]);
      expect(complaints).toEqual([]);
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow, 'pixels too wide').toBeLessThanOrEqual(0);
      expect(await isDark(page)).toBe(colorScheme === 'dark');
      // WCAG 2.2, 1.4.3 (AA): 4.5, or 3 for large text.
      expect(await tooFaint(page)).toEqual([]);
      // Each picture is drawn for wide and for narrow windows, and one of the two is shown.
      const pictures = await page.locator('svg:visible').count();
      expect(pictures).toBe(2 + 2 + 2);
      await context.close();
    });
  });

  it('finds text that is too faint', async () => {
    const page = await browser.newPage();
    await page.setContent('<p style="color:#aaa;background:#fff">faint</p><p style="color:#000">clear</p>');
    expect(await tooFaint(page)).toEqual([expect.stringMatching(/^faint: 2\.3/)]);
    await page.close();
  });
});

function isDark(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const [red = 255] = (/\d+/.exec(getComputedStyle(document.body).backgroundColor) ?? []).map(Number);
    return red < 128;
  });
}

/** Texts whose contrast with what lies behind them is too low, with the contrast. */
function tooFaint(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    type Color = [red: number, green: number, blue: number, alpha: number];
    const parse = (text: string): Color => {
      const [red = 0, green = 0, blue = 0, alpha = 1] = (text.match(/[\d.]+/g) ?? ['0', '0', '0', '0']).map(
        Number,
      );
      return [red, green, blue, text === 'none' || text === 'transparent' ? 0 : alpha];
    };
    const over = (top: Color, below: Color): Color =>
      [...([0, 1, 2] as const).map((i) => top[i] * top[3] + below[i] * (1 - top[3])), 1] as Color;
    const luminance = (color: Color): number => {
      const [red = 0, green = 0, blue = 0] = color.slice(0, 3).map((value) => {
        const share = value / 255;
        return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const contrast = (a: Color, b: Color): number => {
      const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
      return (high + 0.05) / (low + 0.05);
    };
    /** What is painted behind an element: backgrounds of its ancestors, and filled shapes of a picture below it. */
    const behind = (element: Element): Color => {
      let color: Color = [255, 255, 255, 1];
      const ancestors: Element[] = [];
      for (let each: Element | null = element; each !== null; each = each.parentElement)
        ancestors.unshift(each);
      for (const each of ancestors) color = over(parse(getComputedStyle(each).backgroundColor), color);
      const svg = element.closest('svg');
      if (svg === null) return color;
      const box = element.getBoundingClientRect();
      const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
      for (const shape of svg.querySelectorAll('rect')) {
        // Later shapes are painted over earlier ones, and over no text that comes before them.
        if ((shape.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING) === 0) continue;
        const { left, right, top, bottom } = shape.getBoundingClientRect();
        if (x < left || x > right || y < top || y > bottom) continue;
        const { fill, fillOpacity } = getComputedStyle(shape);
        const [red, green, blue, alpha] = parse(fill);
        color = over([red, green, blue, alpha * Number(fillOpacity)], color);
      }
      return color;
    };
    const found: string[] = [];
    for (const element of document.querySelectorAll('body *')) {
      const own = [...element.childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE);
      const text = own
        .map(({ textContent }) => textContent?.trim() ?? '')
        .join(' ')
        .trim();
      const style = getComputedStyle(element);
      const box = element.getBoundingClientRect();
      if (text === '' || box.width === 0 || element.closest('script, style, title') !== null) continue;
      const inPicture = element instanceof SVGElement;
      const color = parse(inPicture ? style.fill : style.color);
      const below = behind(element);
      const ratio = contrast(over(color, below), below);
      const size = Number.parseFloat(style.fontSize);
      const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
      if (ratio < (isLarge ? 3 : 4.5)) found.push(`${text.slice(0, 40)}: ${ratio.toFixed(2)}`);
    }
    return found;
  });
}
