import type * as onnx from '@earlyexit/inference/onnx';
import { loadSession } from '@earlyexit/inference/onnx';
import { chromium } from 'playwright-core';
import { expect, it } from 'vitest';
import { exportForBrowser } from './browser-fixture';
import { bundleForBrowser, servePage } from './browser-page';
import { chromiumFlags, chromiumPath } from './chromium';

/** What the page's module leaves on it. */
declare const earlyexit: typeof onnx;

/** WebGPU without a graphics card: Chromium brings a driver that computes on the processor. */
const webgpuFlags = [
  ...chromiumFlags.filter((flag) => flag !== '--disable-gpu'),
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-features=Vulkan',
];

it('answers on WebGPU in Chromium as onnxruntime-node does', async (context) => {
  if (chromiumPath === undefined) return context.skip('no Chromium: set CHROMIUM_PATH');
  const { bytes, images } = await exportForBrowser();
  const files = await bundleForBrowser(
    "import * as earlyexit from '@earlyexit/inference/onnx'; globalThis.earlyexit = earlyexit;",
  );
  const { address, server } = await servePage(new Map([...files, ['/model.onnx', bytes]]));
  const browser = await chromium.launch({ executablePath: chromiumPath, args: webgpuFlags });
  try {
    const page = await browser.newPage();
    await page.goto(address);
    await page.waitForFunction(() => typeof earlyexit === 'object');
    const answers = await page.evaluate(
      async ([data, count]) => {
        const warnings: string[] = [];
        const session = await earlyexit.loadSession('model.onnx', {
          executionProvider: 'webgpu',
          onWarning: (message) => warnings.push(message),
        });
        const run = await session.run({ data: Uint8Array.from(data), count }, { batchSize: 32 });
        return {
          warnings,
          provider: session.executionProvider,
          exits: [...run.exits],
          classes: [...run.classes],
          scores: [...run.scores],
        };
      },
      [[...images.data], images.count] as const,
    );
    if (answers.provider === 'wasm') return context.skip(answers.warnings.join('; '));
    const reference = await loadSession(bytes, { threads: 1 });
    const expected = await reference.run(images);
    reference.dispose();
    expect(answers).toMatchObject({ provider: 'webgpu', warnings: [] });
    expect(answers.exits).toEqual([...expected.exits]);
    expect(answers.classes).toEqual([...expected.classes]);
    answers.scores.forEach((score, i) => expect(Math.abs(score - expected.scores[i]!)).toBeLessThan(1e-4));
  } finally {
    await browser.close();
    server.close();
  }
});
