import { attachExits, listHeads, type MultiExitModel } from '@earlyexit/branch-head';
import { readLayerGraph } from '@earlyexit/profiler';
import * as tfl from '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import { randomStream } from '@earlyexit/core';
import { seededDraws } from './seeded-draws';

const { layers } = tfl;

/** A small network of random layers, branches, merges and shared layers, with one to four exits anywhere in it. */
export function randomNetwork(seed: number): MultiExitModel {
  const { next: random, below, pick } = seededDraws(seed);
  const input = tfl.input({ shape: [6 + below(3), 6 + below(3), 1 + below(3)], name: 'image' });
  const tensors = [input];
  const used = new Set<tfl.SymbolicTensor>();
  const shared: { layer: tfl.layers.Layer; channels: number }[] = [];
  const steps = 4 + below(9);
  for (let step = 0; step < steps; step++) {
    // Mostly deep, now and then wide.
    const x = random() < 0.7 ? tensors.at(-1)! : pick(tensors);
    const name = `layer${step}`;
    const channels = x.shape[3]!;
    const small = Math.min(x.shape[1]!, x.shape[2]!) < 4;
    const same = { padding: 'same' as const };
    const padding = small ? 'same' : pick(['same', 'valid'] as const);
    const kernelSize = pick([1, 2, 3]);
    const strides = small ? 1 : pick([1, 1, 2]);
    const alike = tensors.filter((other) => other !== x && sameShape(other, x));
    const joinable = tensors.filter((other) => other !== x && sameSize(other, x));
    const reusable = small ? [] : shared.filter((each) => each.channels === channels);
    const single: (() => tfl.layers.Layer)[] = [
      () =>
        layers.conv2d({
          filters: pick([2, 3, 8]),
          kernelSize,
          padding,
          strides,
          useBias: random() < 0.5,
          name,
        }),
      () =>
        layers.conv2d({
          filters: 3,
          kernelSize: 3,
          ...same,
          activation: pick(['relu', 'tanh', 'elu']),
          name,
        }),
      () => layers.conv2d({ filters: 2, kernelSize: 3, ...same, dilationRate: 2, name }),
      () => layers.depthwiseConv2d({ kernelSize, padding, strides, depthMultiplier: 1 + below(2), name }),
      () => layers.separableConv2d({ filters: pick([2, 3]), kernelSize, ...same, strides, name }),
      () => layers.batchNormalization({ name, scale: random() < 0.7, center: random() < 0.7 }),
      () => layers.reLU(random() < 0.3 ? { name, maxValue: 1 } : { name }),
      () => layers.leakyReLU({ alpha: 0.2, name }),
      () => layers.prelu(random() < 0.5 ? { name, sharedAxes: [1, 2] } : { name }),
      () =>
        layers.activation({
          activation: pick(['sigmoid', 'softplus', 'relu6', 'selu', 'hardSigmoid']),
          name,
        }),
      () => layers.dropout({ rate: 0.3, name }),
      () => layers.maxPooling2d({ poolSize: pick([2, 3]), strides: pick([1, 2]), ...same, name }),
      () => layers.averagePooling2d({ poolSize: pick([2, 3]), strides: pick([1, 2]), ...same, name }),
      () =>
        layers.zeroPadding2d({
          padding: [
            [1, 0],
            [below(2), 1],
          ],
          name,
        }),
      () => layers.dense({ units: pick([2, 3]), name }),
    ];
    const rare: (() => tfl.layers.Layer)[] = [
      () => layers.rescaling({ scale: 0.5, offset: 0.1, name }),
      () =>
        layers.permute({
          dims: pick([
            [2, 1, 3],
            [1, 3, 2],
          ]),
          name,
        }),
      () => layers.layerNormalization({ name, axis: pick([[3], [1, 2, 3]]), scale: random() < 0.7 }),
      () => layers.activation({ activation: pick(['gelu', 'mish'] as const), name }),
    ];
    let made: tfl.SymbolicTensor;
    const kind = random();
    if (kind < 0.2 && alike.length > 0) {
      const other = pick(alike);
      const merging = pick([layers.add, layers.multiply, layers.maximum, layers.minimum, layers.average]);
      made = merging({ name }).apply([x, other]) as tfl.SymbolicTensor;
      used.add(other);
    } else if (kind < 0.35 && joinable.length > 0) {
      const other = pick(joinable);
      made = layers.concatenate({ name }).apply([x, other]) as tfl.SymbolicTensor;
      used.add(other);
    } else if (kind < 0.42 && reusable.length > 0) {
      made = pick(reusable).layer.apply(x) as tfl.SymbolicTensor;
    } else if (kind > 0.92) {
      made = pick(rare)().apply(x) as tfl.SymbolicTensor;
    } else {
      // A normalisation right behind a convolution is what folding is about.
      const layer = random() < 0.2 ? single[5]!() : pick(single)();
      if (layer.getClassName() !== 'PReLU' && !small) shared.push({ layer, channels });
      made = layer.apply(x) as tfl.SymbolicTensor;
    }
    used.add(x);
    tensors.push(made);
  }
  // Everything that nothing has read yet flows into the final classifier, each end by its own way.
  const flat = tensors
    .filter((tensor) => !used.has(tensor))
    .map((tensor, index) => {
      const layer =
        random() < 0.5
          ? layers.flatten({ name: `flat${index}` })
          : layers.globalAveragePooling2d({ name: `flat${index}`, dataFormat: 'channelsLast' });
      return layer.apply(tensor) as tfl.SymbolicTensor;
    });
  const joined =
    flat.length === 1 ? flat[0]! : (layers.concatenate({ name: 'ends' }).apply(flat) as tfl.SymbolicTensor);
  const logits = layers.dense({ units: 3, name: 'logits' }).apply(joined) as tfl.SymbolicTensor;
  const model = tfl.model({ inputs: input, outputs: logits, name: `random${seed}` });

  const graph = readLayerGraph(model);
  const places = [...new Set(tensors)].sort(() => random() - 0.5).slice(0, 1 + below(4));
  const exits = places.map((tensor) => {
    const shape = tensor.shape.slice(1);
    const fitting = listHeads().filter((head) => head.misfit(shape, {}) === null);
    // Applications of a shared layer are numbered in the order of the graph, not in that of their making.
    const { id } = graph.nodes.find((node) => node.symbolicOutputs.includes(tensor))!;
    return { after: id, head: pick(fitting).name };
  });
  const network = attachExits(model, exits);
  randomizeWeights(network.model, seed);
  return network;
}

/** Fills every weight with seeded noise, moving statistics included, so that no two are alike. */
export function randomizeWeights(model: tfl.LayersModel, seed: number): void {
  const random = randomStream(seed + 77);
  for (const weight of model.weights) {
    const size = weight.shape.reduce<number>((product, axis) => product * (axis ?? 1), 1);
    const fanIn = /kernel/.test(weight.originalName) ? size / weight.shape.at(-1)! : 1;
    const values = Float32Array.from({ length: size }, () =>
      weight.originalName.includes('variance')
        ? 0.5 + random()
        : ((random() * 2 - 1) * 1.7) / Math.sqrt(fanIn),
    );
    const tensor = tf.tensor(values, weight.shape as number[]);
    weight.write(tensor);
    tensor.dispose();
  }
}

function sameSize(a: tfl.SymbolicTensor, b: tfl.SymbolicTensor): boolean {
  return a.shape[1] === b.shape[1] && a.shape[2] === b.shape[2];
}

function sameShape(a: tfl.SymbolicTensor, b: tfl.SymbolicTensor): boolean {
  return sameSize(a, b) && a.shape[3] === b.shape[3];
}
