import { createRequire } from 'node:module';
import type { Locator, Page } from 'playwright-core';
import { expect, it } from 'vitest';

/** The built site in a browser, as the tests of the pages share it. */
export interface OpenSite {
  readonly page: Page;
  readonly address: string;
  /** Whatever a page complained about, or asked another host for; emptied before a page is opened. */
  readonly complaints: string[];
}

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** Opens a page with a state in its link, from nothing. */
async function openPage({ page, address, complaints }: OpenSite, path: string, width = 1280): Promise<void> {
  complaints.length = 0;
  await page.setViewportSize({ width, height: 900 });
  await page.goto('about:blank');
  await page.goto(address + path, { waitUntil: 'load' });
}

/** What axe calls serious or worse, within the part of the page that is not VitePress's. */
async function seriousFaults(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: axe });
  return page.evaluate(async () => {
    interface Violation {
      readonly id: string;
      readonly impact: string;
      readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
    }
    const { axe: checker } = globalThis as unknown as {
      axe: { run(part: string): Promise<{ violations: readonly Violation[] }> };
    };
    const { violations } = await checker.run('.vp-doc');
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) =>
        nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
      );
  });
}

/** The median time from moving a slider to the page being redrawn. */
async function sliderMs(sliders: Locator, values: readonly number[]): Promise<number> {
  const times = await sliders.evaluateAll(async (elements, asked) => {
    const taken: number[] = [];
    for (const [turn, value] of asked.entries()) {
      const slider = elements[turn % elements.length] as HTMLInputElement;
      slider.value = String(value);
      const start = performance.now();
      slider.dispatchEvent(new Event('input'));
      // Vue redraws in a microtask; asking for a size makes the browser lay it out.
      await Promise.resolve();
      document.body.getBoundingClientRect();
      taken.push(performance.now() - start);
      await new Promise((resolve) => setTimeout(resolve));
    }
    return taken;
  }, values);
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)]!;
}

/** A figure of an example, as it is counted, not as it is written. */
async function figure(page: Page, name: string): Promise<number> {
  return Number(await page.locator(`[data-figure=${name}]`).getAttribute('data-value'));
}

/** The tests of the page that trains a network on points of the plane. */
export function whyItWorks(site: () => OpenSite): void {
  const trained = (page: Page): Promise<void> =>
    page.locator('.boundary-example[data-phase=trained]').waitFor();

  it('trains until the boundary separates two moons, within 5 s', async () => {
    const { page, complaints } = site();
    await openPage(site(), '/live/why-it-works');
    await page.locator('.boundary-example[data-phase=training]').waitFor();
    const start = performance.now();
    await page.waitForFunction(
      () => Number(document.querySelector<HTMLElement>('[data-figure=accuracy]')?.dataset['value']) >= 0.93,
    );
    expect(performance.now() - start).toBeLessThan(5000);
    await trained(page);
    expect(await figure(page, 'accuracy')).toBeGreaterThan(0.93);
    expect(await figure(page, 'first')).toBeGreaterThan(0.4);
    expect(await figure(page, 'cost')).toBeLessThan(0.6);
    // Both boundaries, the band between them, and every point.
    expect(
      await page.locator('.boundary-example .plot svg [fill="var(--boundary-first)"]').count(),
    ).toBeGreaterThan(50);
    expect(
      await page.locator('.boundary-example .plot svg [fill="var(--boundary-last)"]').count(),
    ).toBeGreaterThan(20);
    expect(complaints).toEqual([]);
  });

  it('moves share, accuracy and cost with the threshold, within 50 ms, by keyboard too', async () => {
    const { page } = site();
    const slider = page.locator('#boundary-threshold');
    expect(
      await sliderMs(
        slider,
        Array.from({ length: 21 }, (_, turn) => 0.6 + 0.01 * turn),
      ),
    ).toBeLessThan(50);
    await slider.fill('0.5');
    expect(await figure(page, 'first')).toBe(1);
    expect(await figure(page, 'cost')).toBeLessThan(0.05);
    await slider.fill('1');
    expect(await figure(page, 'first')).toBe(0);
    expect(await figure(page, 'cost')).toBeGreaterThan(1);
    await slider.focus();
    await page.keyboard.press('ArrowLeft');
    expect(page.url()).toContain('threshold=0.999');
  });

  it('shows what a link says', async () => {
    const { page } = site();
    await openPage(site(), '/live/why-it-works#data=rings&seed=3&steps=20&threshold=0.7', 390);
    await trained(page);
    expect(await page.locator('input[value=rings]').isChecked()).toBe(true);
    const before = [await figure(page, 'first'), await figure(page, 'accuracy')];
    await openPage(site(), '/live/why-it-works#data=rings&seed=3&steps=20&threshold=0.7');
    await trained(page);
    expect([await figure(page, 'first'), await figure(page, 'accuracy')]).toEqual(before);
  });

  it('learns from points that are drawn, with the pointer and with keys', async () => {
    const { page, complaints } = site();
    await openPage(site(), '/live/why-it-works#data=own&steps=60');
    await page.locator('.boundary-example[data-phase=empty]').waitFor();
    const plane = page.getByRole('application');
    const line = async (x: number): Promise<void> => {
      await plane.scrollIntoViewIfNeeded();
      const box = (await plane.boundingBox())!;
      await page.mouse.move(box.x + x * box.width, box.y + 0.2 * box.height);
      await page.mouse.down();
      await page.mouse.move(box.x + x * box.width, box.y + 0.8 * box.height, { steps: 12 });
      await page.mouse.up();
    };
    await line(0.2);
    await trained(page);
    await page.locator('input[value=triangles]').check();
    await line(0.8);
    await page.waitForFunction(
      () =>
        document.querySelectorAll('.boundary-example .plot svg path[stroke-linejoin][fill^="var"]').length >
        5,
    );
    await trained(page);
    expect(await figure(page, 'accuracy')).toBe(1);
    const link = page.url();
    await plane.focus();
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowUp', 'Enter']) await page.keyboard.press(key);
    expect(page.url().length).toBe(link.length + 2);
    expect(complaints).toEqual([]);
  });

  it.each(['light', 'dark'] as const)('has nothing that axe calls serious: %s', async (colorScheme) => {
    const { page } = site();
    await page.emulateMedia({ colorScheme });
    await openPage(site(), '/live/why-it-works#steps=10');
    await trained(page);
    expect(await seriousFaults(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'light' });
  });
}

/** The tests of the page where thresholds are dragged. */
export function thresholdsByHand(site: () => OpenSite): void {
  const ready = (page: Page): Promise<void> =>
    page.locator('.thresholds-example[data-phase=ready]').waitFor();
  const sliders = (page: Page): Locator => page.locator('.exits input[type=range]');

  it('shows the network that ships at its own threshold', async () => {
    const { page, complaints } = site();
    await openPage(site(), '/live/thresholds');
    await ready(page);
    expect(await figure(page, 'early')).toBeGreaterThan(0.95);
    expect(await figure(page, 'accuracy')).toBeGreaterThan(0.985);
    expect(await figure(page, 'cost')).toBeLessThan(0.3);
    expect(await page.locator('.flow').getAttribute('aria-label')).toMatch(
      /leave at exit 1, 99\.\d % of them right/,
    );
    expect(complaints).toEqual([]);
  });

  it('follows a slider, and writes it into the link', async () => {
    const { page } = site();
    const before = await figure(page, 'cost');
    await sliders(page).fill('0.5');
    expect(await figure(page, 'early')).toBeCloseTo(0.5, 1);
    expect(await figure(page, 'cost')).toBeGreaterThan(before);
    const [link, early] = [page.url(), await figure(page, 'early')];
    expect(link).toContain('thresholds=0.');
    await page.getByRole('button', { name: 'Nobody leaves' }).click();
    expect(await figure(page, 'cost')).toBeGreaterThan(1);
    await openPage(site(), link.slice(site().address.length));
    await ready(page);
    expect(await figure(page, 'early')).toBe(early);
  });

  it('keeps a promise on samples that it was not made on', async () => {
    const { page } = site();
    await page.locator('.promise p', { hasText: 'With a probability of at least 90 %' }).waitFor();
    await page.getByRole('button', { name: 'Take these thresholds' }).click();
    expect(await figure(page, 'differing')).toBeLessThan(0.015);
    expect(await figure(page, 'early')).toBeGreaterThan(0.9);
  });

  it('orders samples by another criterion', async () => {
    const { page } = site();
    await page.getByLabel('Criterion').selectOption('entropy');
    await ready(page);
    expect(page.url()).toContain('criterion=entropy');
    expect(await figure(page, 'early')).toBeGreaterThan(0.9);
  });

  it('redraws within 50 ms at 5,000 samples and six exits', async () => {
    const { page, complaints } = site();
    await openPage(site(), '/live/thresholds#network=made-up');
    await ready(page);
    expect(await sliders(page).count()).toBe(5);
    const values = Array.from({ length: 31 }, (_, turn) => 0.2 + 0.02 * turn);
    expect(await sliderMs(sliders(page), values)).toBeLessThan(50);
    expect(complaints).toEqual([]);
  });

  it.each([
    ['light', 1280],
    ['dark', 390],
  ] as const)('has nothing that axe calls serious: %s, %d pixels', async (colorScheme, width) => {
    const { page } = site();
    await page.emulateMedia({ colorScheme });
    await openPage(site(), '/live/thresholds', width);
    await ready(page);
    expect(await seriousFaults(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'light' });
  });
}
