import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { selectEngine } from '@earlyexit/backend';
import { type Preprocessing, withPolicy } from '@earlyexit/branch-head';
import { saveModel } from '@earlyexit/branch-head/node';
import { createModel } from '@earlyexit/model-zoo';
import sharp, { type Color, type Sharp } from 'sharp';
import { beforeAll, expect, it } from 'vitest';
import { runCommand } from './testing/run-command';
import { temporaryFolder } from '@earlyexit/testing';

const folder = await temporaryFolder();
const images = join(folder, 'images');

/** Photographs of every kind: dark on light and light on dark, in colours, not square, transparent, turned. */
beforeAll(async () => {
  await selectEngine('cpu');
  await mkdir(images);
  const ground = (width: number, height: number, background: Color) =>
    sharp({ create: { width, height, channels: 4, background } });
  const ink = (width: number, height: number, background: Color) =>
    ground(width, height, background).png().toBuffer();
  const write = async (name: string, image: Sharp): Promise<void> => {
    await image.toFile(join(images, name));
  };
  const stroke = { input: await ink(6, 20, '#183060'), left: 12, top: 6 };
  await write('dark-on-light.png', ground(31, 31, '#f4f0e8').composite([stroke]));
  const light = { input: await ink(6, 20, '#fff0a0'), left: 8, top: 4 };
  await write('light-on-dark.png', ground(28, 40, '#102010').composite([light]));
  await write('transparent.png', ground(40, 28, '#00000000').composite([stroke]));
  const turned = ground(30, 44, '#c03020').composite([stroke]).flatten().withMetadata({ orientation: 6 });
  await write('turned.jpg', turned.jpeg());
});

async function answers(model: string): Promise<{ class: number; exit: number; probability: number }[]> {
  const ran = await runCommand(['predict', model, images, '--json']);
  expect(ran.code, ran.stderr).toBe(0);
  return ran.json() as never;
}

it.each<[string, Pick<Preprocessing, 'polarity'>, number]>([
  ['grey, light ink on dark', { polarity: 'light-on-dark' }, 1],
  ['grey, dark ink on light', { polarity: 'dark-on-light' }, 1],
  ['grey, no matter of ink', { polarity: null }, 1],
  ['grey, of before', {}, 1],
  ['in colours', { polarity: null }, 3],
])('answers the same in every form: %s', async (name, polarity, channels) => {
  const at = (form: string): string => join(folder, name, form);
  const [mean, standardDeviation] = [Array(channels).fill(0.3), Array(channels).fill(0.2)] as number[][];
  const preprocessing = {
    ...({ inputShape: [28, 28, channels], mean, standardDeviation } as const),
    ...polarity,
  } as Preprocessing;
  const model = createModel('test_b_lenet', { inputShape: [28, 28, channels], preprocessing, seed: 4 });
  // Digits, so that nothing may be guessed from the names either.
  const policy = { criterion: 'max-probability', thresholds: [0.16], temperatures: [1.4, 0.8] } as const;
  await saveModel(withPolicy(model, policy), join(at('run'), 'model', 'best'));
  model.model.dispose();
  await cp(join(at('run'), 'model', 'best'), at('copy'), { recursive: true });
  for (const args of [[at('model.onnx')], [at('hub'), '--folder'], ['--staged', at('stages')]]) {
    const ran = await runCommand(['export', at('run'), ...args]);
    expect(ran.code, ran.stderr).toBe(0);
  }
  const expected = await answers(at('run'));
  expect(expected).toHaveLength(4);
  for (const form of ['copy', 'model.onnx', 'hub', 'stages']) {
    const found = await answers(at(form));
    const decided = (all: typeof found) => all.map((each) => [each.class, each.exit]);
    expect(decided(found), form).toEqual(decided(expected));
    found.forEach(({ probability }, i) => expect(probability, form).toBeCloseTo(expected[i]!.probability, 4));
  }
});
