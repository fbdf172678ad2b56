// Seeded random networks with random exits, for the tests.
import type { ExitSpecification } from './exit-specification';
import { getHead, headNames } from './heads/heads';
import { tfl } from './tf';

const { layers } = tfl;

/** A small generator of good enough quality (mulberry32): numbers in [0, 1). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d_2b_79_f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A network of random layers, branches, merges and shared layers, and up to four exits anywhere in it. */
export function randomNetwork(seed: number): { model: tfl.LayersModel; exits: ExitSpecification[] } {
  const random = seededRandom(seed);
  const below = (count: number): number => Math.floor(random() * count);
  const pick = <Item>(items: readonly Item[]): Item => items[below(items.length)]!;

  const input = tfl.input({ shape: [6, 5, 2], name: 'image' });
  const tensors = [input];
  const shared: { layer: tfl.layers.Layer; channels: number }[] = [];
  const used = new Set<tfl.SymbolicTensor>();
  const channelsOf = (tensor: tfl.SymbolicTensor): number => tensor.shape[3]!;
  const count = 4 + below(9);
  for (let step = 0; step < count; step++) {
    const x = pick(tensors);
    const name = `layer${String(step)}`;
    const alike = tensors.filter((other) => other !== x && channelsOf(other) === channelsOf(x));
    const reusable = shared.filter(({ channels }) => channels === channelsOf(x));
    const kernelSize = pick([1, 2, 3]);
    const single: (() => tfl.layers.Layer)[] = [
      () => layers.conv2d({ filters: pick([2, 3]), kernelSize, padding: 'same', name }),
      () => layers.depthwiseConv2d({ kernelSize, padding: 'same', name }),
      () => layers.separableConv2d({ filters: pick([2, 3]), kernelSize, padding: 'same', name }),
      () => layers.batchNormalization({ name }),
      () => layers.reLU({ name }),
      () => layers.dropout({ rate: 0.3, name }),
      () => layers.maxPooling2d({ poolSize: 3, strides: 1, padding: 'same', name }),
    ];
    const kind = random();
    let made: tfl.SymbolicTensor;
    if (kind < 0.2 && alike.length > 0) {
      const other = pick(alike);
      const merging = pick([layers.add, layers.multiply, layers.maximum, layers.average]);
      made = merging({ name }).apply([x, other]) as tfl.SymbolicTensor;
      used.add(other);
    } else if (kind < 0.35 && tensors.length > 1) {
      const other = pick(tensors.filter((each) => each !== x));
      made = layers.concatenate({ name }).apply([x, other]) as tfl.SymbolicTensor;
      used.add(other);
    } else if (kind < 0.5 && reusable.length > 0) {
      made = pick(reusable).layer.apply(x) as tfl.SymbolicTensor;
    } else {
      const layer = pick(single)();
      made = layer.apply(x) as tfl.SymbolicTensor;
      shared.push({ layer, channels: channelsOf(x) });
    }
    used.add(x);
    tensors.push(made);
  }
  // Everything that nothing has read yet flows into the final classifier.
  const ends = tensors.filter((tensor) => !used.has(tensor));
  const joined =
    ends.length === 1 ? ends[0]! : (layers.concatenate({ name: 'ends' }).apply(ends) as tfl.SymbolicTensor);
  const flat = layers.globalAveragePooling2d({ dataFormat: 'channelsLast', name: 'average' }).apply(joined);
  const logits = layers.dense({ units: 3, name: 'logits' }).apply(flat) as tfl.SymbolicTensor;
  const model = tfl.model({ inputs: input, outputs: logits, name: `random${String(seed)}` });

  const fitting = headNames.filter((head) => getHead(head as string).misfit([6, 5, 2], {}) === null);
  const places = [...new Set(tensors)].sort(() => random() - 0.5).slice(0, 1 + below(4));
  return { model, exits: places.map((tensor) => ({ after: nameOf(tensor), head: pick(fitting) })) };
}

function nameOf(tensor: tfl.SymbolicTensor): string {
  const { sourceLayer, nodeIndex } = tensor;
  return nodeIndex === 0 ? sourceLayer.name : `${sourceLayer.name}#${String(nodeIndex + 1)}`;
}
