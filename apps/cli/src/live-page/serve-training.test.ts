import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCommand } from '../testing/run-command';
import { temporaryFolder } from '@earlyexit/testing';
import { writeTinyDataset } from '../testing/tiny-images';

const folder = await temporaryFolder();
const images = join(folder, 'images');
const out = join(folder, 'run');

/** Trains with --watch, and reads the page when an epoch is done. */
async function watchedRun(
  options: readonly string[],
  interruptAfter: string,
): Promise<{ code: number; page: string; last: string }> {
  let page = '';
  let events: Promise<string> = Promise.resolve('');
  let interrupt = (): void => undefined;
  const { code, stderr } = await runCommand(
    ['train', '--out', out, '--watch', '--quiet', '--engine', 'wasm', '--json', ...options],
    {
      onStart: (listener) => {
        interrupt = listener;
      },
      onError: (text) => {
        const [url] = /http:\/\/127\.0\.0\.1:\d+\//.exec(text) ?? [];
        if (url === undefined) return;
        events = fetch(`${url}events`).then((response) => response.text());
        void (async () => {
          while (!page.includes(interruptAfter)) {
            page = await (await fetch(url)).text();
            await new Promise((resolve) => setTimeout(resolve, 100));
          }
          interrupt();
        })().catch(() => undefined);
      },
    },
  );
  expect(stderr).toContain('watch it: http://127.0.0.1:');
  const sent = (await events).trim().split('\n\n');
  expect(sent.at(-1)).toMatch(/^event: end\n/);
  return { code, page, last: sent.at(-1) ?? '' };
}

it('shows a training, its interruption, and what was done before it was resumed', async () => {
  await writeTinyDataset(images, 24);
  const train = [
    '--model',
    'test_b_lenet',
    '--dataset',
    'image-folder',
    '--data-dir',
    images,
    '--epochs',
    '30',
  ];
  const first = await watchedRun([...train, '--batch-size', '16', '--tensorboard'], 'on validation, epoch 2');
  expect(first.code).toBe(130);
  expect(first.page).toContain('test_b_lenet on image-folder');
  expect(first.page).toMatch(/<svg[^>]+aria-label="Accuracy over the epochs\. exit0 \d+ %, final \d+ %\."/);
  expect(first.page).not.toMatch(/(src|href)="(https?:)?\/\//);
  expect(first.last).toContain('Interrupted and saved');

  const second = await watchedRun(['--resume'], 'on validation, epoch');
  expect([0, 130]).toContain(second.code);
  // The point of the first epoch stands in what the resumed run showed last.
  expect(second.last).toMatch(/exit0, epoch 1: \d+ % on validation/);
  // Both runs wrote event files: --resume remembers --tensorboard.
  expect(await readdir(join(out, 'tensorboard'))).toHaveLength(2);
  const config = JSON.parse(await readFile(join(out, 'config.json'), 'utf8')) as { options: object };
  expect(config.options).not.toHaveProperty('watch');
  expect(config.options).toHaveProperty('tensorboard', true);
});
