import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { root } from './workspace';

// On the built packages: on sources the thread's programs are not there.
const program = `
import { selectEngine } from '@earlyexit/backend';
import { openDataset, padAndCrop, splitDataset } from '@earlyexit/datasets';
import { createModel } from '@earlyexit/model-zoo';
import { train } from '@earlyexit/trainer';

await selectEngine('wasm');
const source = await openDataset('mnist');
const run = async (augmentation, options) => {
  const { train: split } = splitDataset(source, { limit: 300, augmentation });
  let inLine = 0;
  const load = (...args) => {
    inLine += 1;
    return split.load(...args);
  };
  const { origin } = split.load;
  const samples = { ...split, load: Object.assign(load, { origin }) };
  const model = createModel('b_lenet', { seed: 1 });
  await train({ model, train: samples, epochs: 2, batchSize: 64, ...options });
  const weights = model.model.getWeights().map((weight) => [...weight.dataSync()]);
  return { inLine, weights: JSON.stringify(weights) };
};
const crop = padAndCrop(2);
const own = { name: 'own', apply: (batch) => crop.apply(batch) };
const runs = [await run([crop], {}), await run([crop], { inputThread: false }), await run([own], {})];
const loads = runs.map(({ inLine }) => inLine);
console.log(JSON.stringify({ loads, different: new Set(runs.map(({ weights }) => weights)).size }));
`;

const ownProgram = `
import { selectEngine } from '@earlyexit/backend';
import { openDataset, splitDataset } from '@earlyexit/datasets';
import { createModel } from '@earlyexit/model-zoo';
import { train } from '@earlyexit/trainer';
import './tests/own-data.mjs';

await selectEngine('wasm');
const source = await openDataset('own-stripes');
const { train: split } = splitDataset(source, { augmentation: source.augmentation });
const run = async (inputThread) => {
  const model = createModel('b_lenet', { seed: 1, classes: source.classes });
  await train({ model, train: split, epochs: 1, batchSize: 64, inputThread });
  return JSON.stringify(model.model.getWeights().map((weight) => [...weight.dataSync()]));
};
const [there, here] = [await run(true), await run(false)];
console.log(JSON.stringify({ hasOrigin: split.load.origin !== undefined, same: there === here }));
`;

async function run(source: string): Promise<unknown> {
  const args = ['--input-type=module', '--eval', source];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root, timeout: 120_000 });
  return JSON.parse(stdout);
}

it('the built packages load batches in a thread by default, with the same bits, and then end', async () => {
  // 5 batches in each of 2 epochs, of which the first is loaded before the thread has started. An augmentation that is not
  // registered cannot be made again in another thread.
  expect(await run(program)).toEqual({ loads: [1, 10, 10], different: 1 });
}, 150_000);

it('a data set and an augmentation registered outside the packages go through the thread', async () => {
  expect(await run(ownProgram)).toEqual({ hasOrigin: true, same: true });
}, 150_000);
