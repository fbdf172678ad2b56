// A training step on WASM beside native TensorFlow, in turn, for networks of rising size: where `chooseEngine` draws its line.
//   npm run build && node packages/trainer/bench/engines.mjs [--batches 32 128] [--rounds 7] [--threads N]
import { parseArgs } from 'node:util';
import { selectEngine } from '@earlyexit/backend';
import { attachExits } from '@earlyexit/branch-head';
import { createModel } from '@earlyexit/model-zoo';
import { profileModel } from '@earlyexit/profiler';
import * as tfl from '@tensorflow/tfjs-layers';
import { openStepper } from '../dist/index.js';

const { values: options } = parseArgs({
  options: {
    batches: { type: 'string', default: '32,128' },
    rounds: { type: 'string', default: '7' },
    threads: { type: 'string' },
    networks: { type: 'string', default: '' },
  },
});
const rounds = Number(options.rounds);
const engines = ['wasm', 'tensorflow'];

/** A residual network of three blocks, whose width sets its size. */
function residual(width, side) {
  const layer = (x, filters, strides) =>
    tfl.layers
      .reLU()
      .apply(
        tfl.layers
          .batchNormalization()
          .apply(
            tfl.layers.conv2d({ filters, kernelSize: 3, strides, padding: 'same', useBias: false }).apply(x),
          ),
      );
  const input = tfl.input({ shape: [side, side, 3] });
  let x = layer(input, width, 1);
  for (let block = 0; block < 3; block++) {
    x = tfl.layers.add().apply([x, layer(layer(x, width, 1), width, 1)]);
  }
  x = tfl.layers.globalAveragePooling2d({ dataFormat: 'channelsLast' }).apply(x);
  return attachExits(tfl.model({ inputs: input, outputs: tfl.layers.dense({ units: 10 }).apply(x) }), []);
}

const networks = {
  lenet: () => createModel('lenet', { seed: 1 }),
  b_lenet: () => createModel('b_lenet', { seed: 1 }),
  'residual 8×16²': () => residual(8, 16),
  'residual 8×32²': () => residual(8, 32),
  'residual 16×32²': () => residual(16, 32),
  resnet20_cifar_earlyexit: () => createModel('resnet20_cifar_earlyexit', { seed: 1 }),
};

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

const threads = options.threads === undefined ? {} : { threads: Number(options.threads) };
for (const [name, build] of Object.entries(networks)) {
  if (options.networks !== '' && !options.networks.split(',').includes(name)) continue;
  for (const batch of options.batches.split(',').map(Number)) {
    const runs = [];
    let macs = 0;
    for (const engine of engines) {
      await selectEngine(engine, threads);
      const network = build();
      ({ macs } = profileModel(network.model));
      const shape = network.model.inputs[0].shape.slice(1);
      const images = Float32Array.from({ length: batch * shape.reduce((a, b) => a * b) }, (_, i) =>
        Math.sin(i),
      );
      const labels = Int32Array.from({ length: batch }, (_, row) => row % 10);
      const stepper = await openStepper({ model: network, batchSize: batch });
      runs.push({ engine, network, stepper, images, labels, times: [] });
    }
    for (let round = -2; round < rounds; round++) {
      for (const { engine, stepper, images, labels, times } of runs) {
        await selectEngine(engine, threads);
        const start = performance.now();
        await stepper.step(images, labels);
        if (round >= 0) times.push(performance.now() - start);
      }
    }
    const [wasm, native] = runs.map(({ times }) => median(times) / batch);
    const ratio = median(runs[0].times.map((time, round) => time / runs[1].times[round]));
    console.log(
      `${name.padEnd(26)} ${(macs / 1e6).toFixed(1).padStart(6)} M  batch ${String(batch).padStart(4)}  wasm ${wasm.toFixed(2).padStart(7)}  tensorflow ${native.toFixed(2).padStart(7)} ms an image  wasm / tensorflow ${ratio.toFixed(2)}`,
    );
    for (const { engine, network, stepper } of runs) {
      await selectEngine(engine, threads);
      await stepper.dispose();
      network.model.dispose();
    }
  }
}
