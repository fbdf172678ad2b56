import { selectEngine } from '@earlyexit/backend';
import { readLayerGraph } from '@earlyexit/profiler';
import { beforeAll, expect, it } from 'vitest';
import { foldPaddings } from './fold-paddings';
import { createForwardPass } from './forward-pass';
import { tf, tfl } from '../tf';

// Its layers take a padding.
beforeAll(() => selectEngine('wasm'));

const around = (name: string, x: tfl.SymbolicTensor): tfl.SymbolicTensor =>
  tfl.layers
    .zeroPadding2d({
      name,
      padding: [
        [1, 2],
        [0, 3],
      ],
    })
    .apply(x) as tfl.SymbolicTensor;
const convolve = (
  name: string,
  x: tfl.SymbolicTensor,
  padding: 'same' | 'valid' = 'valid',
): tfl.SymbolicTensor =>
  tfl.layers.conv2d({ name, filters: 2, kernelSize: 3, padding }).apply(x) as tfl.SymbolicTensor;
const flat = (x: tfl.SymbolicTensor): tfl.SymbolicTensor =>
  tfl.layers.flatten().apply(x) as tfl.SymbolicTensor;

it('leaves a padding to the convolutions that read it, and to nobody else', () => {
  const input = tfl.input({ shape: [5, 5, 1], name: 'input' });
  const padded = around('both', input);
  const [one, two] = [convolve('one', padded), convolve('two', padded)];
  const watched = around('watched', one);
  const shared = around('shared', two);
  const graph = readLayerGraph(
    tfl.model({
      inputs: input,
      outputs: [
        watched,
        convolve('of-watched', watched),
        convolve('of-shared', shared),
        flat(shared),
        convolve('same', around('before-same', one), 'same'),
      ],
    }),
  );
  const { left, convolutions } = foldPaddings(graph.nodes, new Set(graph.outputs));
  expect([...left]).toEqual(['both']);
  const padding = [
    [1, 2],
    [0, 3],
  ];
  expect(Object.fromEntries(convolutions)).toEqual({
    one: { image: 'input', padding },
    two: { image: 'input', padding },
  });
});

it('changes no result, whether gradients are recorded or not', () => {
  const input = tfl.input({ shape: [5, 5, 1] });
  const model = tfl.model({ inputs: input, outputs: flat(convolve('only', around('around', input))) });
  const graph = readLayerGraph(model);
  const forward = createForwardPass(graph, [0], () => true);
  const images = tf.randomNormal<tf.Rank.R4>([3, 5, 5, 1], 0, 1, 'float32', 7);
  const expected = [...(model.predict(images) as tf.Tensor).dataSync()];
  const close = (actual: tf.Tensor): void => {
    [...actual.dataSync()].forEach((value, index) => expect(value).toBeCloseTo(expected[index]!, 5));
  };
  close(forward(images)[0]!);
  tf.variableGrads(() => {
    const [logits] = forward(images);
    close(logits!);
    return tf.sum(logits!);
  });
});
