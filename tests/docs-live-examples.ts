import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Locator, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { root } from './workspace';

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

/** The tests of the page that reads a classifier of the reader's. */
export function bringAModel(site: () => OpenSite): void {
  const ready = (page: Page): Promise<void> => page.locator('.model-example[data-phase=ready]').waitFor();
  const download = async (page: Page): Promise<{ readonly name: string; readonly bytes: Buffer }> => {
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.locator('.model-example .download').click(),
    ]);
    return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
  };

  it('shows where exits pay in the example, and hands over a file that leaves there', async () => {
    const { page, complaints } = site();
    await openPage(site(), '/live/bring-a-model');
    await ready(page);
    expect(await page.locator('.network-picture .place').count()).toBe(5);
    expect(await figure(page, 'leaving')).toBeGreaterThan(0.36);
    expect(await figure(page, 'leaving')).toBeLessThan(0.38);
    expect(await figure(page, 'average')).toBeCloseTo(0.62, 1);
    const { name, bytes } = await download(page);
    expect(name).toBe('example.exit.onnx');
    const { InferenceSession, Tensor } = await import('onnxruntime-node');
    const session = await InferenceSession.create(new Uint8Array(bytes));
    for (const [threshold, exit] of [
      [-Infinity, 0],
      [Infinity, 1],
    ] as const) {
      const { exit_index: index } = await session.run({
        pixel_values: new Tensor('float32', new Float32Array(3 * 32 * 32), [1, 3, 32, 32]),
        thresholds: new Tensor('float32', [threshold], [1]),
      });
      expect(Number(index!.data[0])).toBe(exit);
    }
    await session.release();
    expect(complaints).toEqual([]);
  });

  it('follows place and head, and the link says them', async () => {
    const { page } = site();
    const before = [await figure(page, 'leaving'), await figure(page, 'pays-from')];
    await page.locator('input[name=exit-place]').nth(3).check();
    await page.getByLabel('Head').selectOption('128');
    await page.waitForFunction(
      (least) =>
        Number(document.querySelector<HTMLElement>('[data-figure=pays-from]')?.dataset['value']) > least,
      before[1]!,
    );
    expect(await figure(page, 'leaving')).toBeGreaterThan(before[0]! + 0.2);
    await page.locator('.model-example .share input').fill('0.9');
    const [link, average] = [page.url(), await figure(page, 'average')];
    await openPage(site(), link.slice(site().address.length), 390);
    await ready(page);
    expect(await figure(page, 'average')).toBe(average);
  });

  it('times the file with the work left out', async () => {
    const { page } = site();
    await page.locator('.model-example button.time').click();
    await page.locator('.model-example .times', { hasText: 'if it leaves there' }).waitFor();
  });

  it('says why it refuses a file, and goes on with the next', async () => {
    const { page } = site();
    const drop = page.locator('.model-example input[type=file]');
    await drop.setInputFiles(`${root}packages/weights/models/b_lenet.mnist/model.onnx`);
    await page.locator('.model-example .refused', { hasText: 'a network without exits' }).waitFor();
    await drop.setInputFiles({ name: 'notes.onnx', mimeType: '', buffer: Buffer.from('no network') });
    await page
      .locator('.model-example .refused', { hasText: 'notes.onnx: it is a whole ONNX file' })
      .waitFor();
    await page.getByRole('button', { name: 'The example' }).click();
    await ready(page);
  });

  it.each(['light', 'dark'] as const)('has nothing that axe calls serious: %s', async (colorScheme) => {
    const { page } = site();
    await page.emulateMedia({ colorScheme });
    await openPage(site(), '/live/bring-a-model');
    await ready(page);
    expect(await seriousFaults(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'light' });
  });
}

/** The tests of the page where exits are attached to layers. */
export function attachesExits(site: () => OpenSite): void {
  const ready = (page: Page): Promise<void> => page.locator('.layers-example[data-phase=ready]').waitFor();
  const row = (page: Page, stage: string): Locator => page.locator(`[data-stage=${stage}]`);
  const share = async (page: Page, stage: string): Promise<number> =>
    Number(await row(page, stage).getAttribute('data-share'));

  it('shows a network with two exits, what they cost, and its stages', async () => {
    const { page, complaints } = site();
    await openPage(site(), '/live/attach-exits');
    await ready(page);
    expect(await page.locator('[data-stage]').count()).toBe(3);
    expect(await share(page, 'exit0')).toBeLessThan(0.2);
    expect(await share(page, 'final')).toBeGreaterThan(1);
    expect(await page.locator('.network-picture .node.head').count()).toBeGreaterThan(3);
    expect(complaints).toEqual([]);
  });

  it('attaches and takes away, inside a block too, and the link says it', async () => {
    const { page } = site();
    await page.locator('.network-picture .place').nth(1).click();
    await row(page, 'exit2').waitFor();
    await page
      .getByLabel(/^Take away the exit/)
      .nth(2)
      .click();
    await row(page, 'exit2').waitFor({ state: 'detached' });
    await page.locator('.exit-row').first().locator('select').first().selectOption('layer1_block1_conv1');
    await row(page, 'exit0')
      .getByText(/kB; .* kB/)
      .waitFor();
    const [link, cost] = [page.url(), await share(page, 'exit0')];
    await openPage(site(), link.slice(site().address.length), 390);
    await ready(page);
    expect(await share(page, 'exit0')).toBe(cost);
  });

  it('says why exits do not fit, and goes on', async () => {
    const { page } = site();
    await page.locator('.exit-row').nth(1).locator('select').first().selectOption('fc');
    await page.locator('.layers-example .refused', { hasText: /exit/ }).waitFor();
    await page.locator('select.network').selectOption('lenet');
    await page.locator('.layers-example .refused', { hasText: /^$/ }).waitFor({ state: 'attached' });
    await page.locator('.program', { hasText: "createModel('lenet')" }).waitFor();
  });

  it('takes the layers of a model.json', async () => {
    const { page } = site();
    const drop = page.locator('.layers-example input[type=file]');
    await drop.setInputFiles(`${root}packages/weights/models/b_lenet.mnist/model.json`);
    await page.locator('.layers-example .refused', { hasText: /output/ }).waitFor();
    await drop.setInputFiles({ name: 'model.json', mimeType: '', buffer: Buffer.from('{') });
    await page.locator('.layers-example .refused', { hasText: 'model.json is no JSON' }).waitFor();
  });

  it.each(['light', 'dark'] as const)('has nothing that axe calls serious: %s', async (colorScheme) => {
    const { page } = site();
    await page.emulateMedia({ colorScheme });
    await openPage(site(), '/live/attach-exits');
    await ready(page);
    expect(await seriousFaults(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'light' });
  });
}
