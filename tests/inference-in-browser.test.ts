import { type Browser, chromium, type Page } from 'playwright-core';
import type { Server } from 'node:http';
import { gzipSync } from 'node:zlib';
import type * as onnx from '@earlyexit/inference/onnx';
import { loadSession, type Session } from '@earlyexit/inference/onnx';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleForBrowser, servePage } from './browser-page';
import { exportForBrowser, type BrowserFixture } from './browser-fixture';
import { chromiumFlags, chromiumPath } from './chromium';

/** What the page's module leaves on it. */
declare const earlyexit: typeof onnx;

/**
 * Minified and gzipped: 17.2 KiB when this was written, the check of a file's structure included. There is room for
 * some more of it, and none for a library.
 */
const LARGEST_BUNDLE_BYTES = 23 * 1024;

it(`takes a page less than ${LARGEST_BUNDLE_BYTES / 1024} KiB, onnxruntime-web not counted`, async () => {
  const files = await bundleForBrowser(
    "export * from '@earlyexit/inference'; export * from '@earlyexit/inference/onnx';",
    ['onnxruntime-web'],
  );
  const bytes = [...files.values()].reduce((sum, content) => sum + gzipSync(content).length, 0);
  process.stderr.write(`the browser's bundle: ${bytes} bytes of gzip in ${files.size} file(s)\n`);
  expect(bytes).toBeLessThan(LARGEST_BUNDLE_BYTES);
});

describe.skipIf(chromiumPath === undefined)(
  'in Chromium (skipped where none is found: CHROMIUM_PATH)',
  () => {
    let fixture: BrowserFixture;
    let reference: Session;
    let browser: Browser;
    let server: Server;
    let address = '';
    const requests: string[] = [];

    beforeAll(async () => {
      fixture = await exportForBrowser();
      reference = await loadSession(fixture.bytes, { threads: 1 });
      const files = await bundleForBrowser(
        "import * as earlyexit from '@earlyexit/inference/onnx'; globalThis.earlyexit = earlyexit;",
      );
      ({ address, server } = await servePage(new Map([...files, ['/model.onnx', fixture.bytes]])));
      browser = await chromium.launch({ executablePath: chromiumPath!, args: chromiumFlags });
    });

    afterAll(async () => {
      reference.dispose();
      await browser.close();
      server.close();
    });

    async function open(path: string): Promise<Page> {
      const page = await browser.newPage();
      page.on('request', (request) => requests.push(request.url()));
      await page.goto(address + path);
      await page.waitForFunction(() => typeof earlyexit === 'object');
      return page;
    }

    it('answers as onnxruntime-node does, also without a network once it is loaded, and ends where it is told to', async () => {
      const page = await open('/isolated');
      const loaded = await page.evaluate(async () => {
        const warnings: string[] = [];
        const session = await earlyexit.loadSession(new URL('/model.onnx', location.href), {
          threads: 2,
          onWarning: (message) => warnings.push(message),
        });
        Object.assign(globalThis, { session });
        return { warnings, provider: session.executionProvider, isolated: crossOriginIsolated };
      });
      expect(loaded).toEqual({ warnings: [], provider: 'wasm', isolated: true });

      await page.context().setOffline(true);
      const { images, thresholds } = fixture;
      const bytes = [...images.data];
      for (const batchSize of [1, 7, 64]) {
        for (const options of [
          { batchSize },
          { batchSize, thresholds: [thresholds[1]!, thresholds[0]!] },
          { batchSize, thresholds: ['never', 'never'] as const },
          { batchSize, thresholds: ['always', 'never'] as const },
        ]) {
          const expected = await reference.run(images, options);
          const answers = await page.evaluate(
            async ([data, count, runOptions]) => {
              const { session } = globalThis as unknown as { session: Session };
              const { classes, exits, scores, macs } = await session.run(
                { data: Uint8Array.from(data), count },
                runOptions,
              );
              return { classes: [...classes], exits: [...exits], scores: [...scores], macs: [...macs] };
            },
            [bytes, images.count, options] as const,
          );
          expect(answers.exits).toEqual([...expected.exits]);
          expect(answers.classes).toEqual([...expected.classes]);
          expect(answers.macs).toEqual([...expected.macs]);
          answers.scores.forEach((score, i) =>
            expect(Math.abs(score - expected.scores[i]!)).toBeLessThan(1e-5),
          );
          if (options.thresholds === undefined) expect(new Set(answers.exits).size).toBe(3);
        }
      }

      const ended = await page.evaluate(async (data) => {
        const { session } = globalThis as unknown as { session: Session };
        const controller = new AbortController();
        const count = 200_000;
        const image = Uint8Array.from(data).subarray(0, 192);
        const many = new Uint8Array(count * image.length);
        // A timer, as a button would be: it has to get its turn while the images are computed.
        setTimeout(() => controller.abort(new Error('enough')), 20);
        const started = performance.now();
        const reason = await session
          .run({ data: many, count }, { batchSize: 1, signal: controller.signal })
          .then(
            () => 'it ran to the end',
            (error: unknown) => (error as Error).message,
          );
        const seconds = (performance.now() - started) / 1000;
        session.dispose();
        const later = await session
          .run({ data: image, count: 1 })
          .catch((error: unknown) => (error as Error).message);
        return { reason, seconds, later };
      }, bytes);
      expect(ended).toMatchObject({ reason: 'enough', later: expect.stringContaining('disposed') as string });
      expect(ended.seconds).toBeLessThan(10);
      await page.context().setOffline(false);
      await page.close();
    });

    it('takes a file, a Blob or bytes; says what the page cannot have, and computes all the same', async () => {
      const page = await open('/');
      const { images } = fixture;
      const expected = await reference.run(images);
      const answers = await page.evaluate(
        async ([data, count]) => {
          const bytes = await (await fetch('/model.onnx')).arrayBuffer();
          const warnings: string[] = [];
          const onWarning = (message: string): void => void warnings.push(message);
          const options = { threads: 2, executionProvider: 'webgpu', onWarning };
          const exits: number[][] = [];
          let provider = '';
          for (const source of [new File([bytes], 'model.onnx'), new Blob([bytes]), bytes, 'model.onnx']) {
            const session = await earlyexit.loadSession(source, options);
            const run = await session.run({ data: Uint8Array.from(data), count });
            exits.push([...run.exits]);
            provider = session.executionProvider;
          }
          const failures = await Promise.all(
            [
              new File(['no network'], 'photo.onnx'),
              'missing.onnx',
              new Uint8Array(bytes).slice(0, 5000),
            ].map((source) =>
              earlyexit.loadSession(source).then(
                () => 'loaded',
                (error: unknown) => (error as Error).message,
              ),
            ),
          );
          return { exits, provider, failures, warnings };
        },
        [[...images.data], images.count] as const,
      );
      for (const exits of answers.exits) expect(exits).toEqual([...expected.exits]);
      expect(answers.provider).toBe('wasm');
      expect(answers.warnings.slice(0, 2)).toEqual([
        expect.stringMatching(/webgpu cannot be used here .*wasm computes instead/),
        expect.stringMatching(/2 threads need a page that is cross-origin isolated .*one thread computes/),
      ]);
      expect(answers.failures).toEqual([
        expect.stringContaining('photo.onnx'),
        expect.stringContaining('404'),
        expect.stringContaining('ONNX file'),
      ]);
      await page.close();
    });

    it('asked no other host, nor for the larger module of onnxruntime that WebGPU needs', () => {
      expect(requests.length).toBeGreaterThan(5);
      expect(
        requests.filter(
          (url) => !url.startsWith(`${address}/`) && !url.startsWith('data:') && !url.startsWith('blob:'),
        ),
      ).toEqual([]);
      expect(requests.filter((url) => url.endsWith('.wasm')).map((url) => new URL(url).pathname)).toEqual([
        '/ort-wasm-simd-threaded.wasm',
        '/ort-wasm-simd-threaded.wasm',
      ]);
    });
  },
);
