import { readLayerGraph } from '@earlyexit/profiler';
import { selectEngine } from '@earlyexit/backend';
import { beforeAll, describe, expect, it } from 'vitest';
import { createForwardPass } from './forward-pass';
import { fuseNormalizations } from './fuse-normalizations';
import { tf, tfl } from '../tf';

beforeAll(() => selectEngine('cpu'));

const normalize = (name: string, x: tfl.SymbolicTensor): tfl.SymbolicTensor =>
  tfl.layers.batchNormalization({ name }).apply(x) as tfl.SymbolicTensor;
const relu = (name: string, x: tfl.SymbolicTensor): tfl.SymbolicTensor =>
  tfl.layers.reLU({ name }).apply(x) as tfl.SymbolicTensor;
const add = (name: string, ...inputs: tfl.SymbolicTensor[]): tfl.SymbolicTensor =>
  tfl.layers.add({ name }).apply(inputs) as tfl.SymbolicTensor;

/** Chains by the name of the normalisation. */
function chainsOf(
  input: tfl.SymbolicTensor,
  outputs: tfl.SymbolicTensor[],
): Record<string, { addend: string | null; output: string }> {
  const graph = readLayerGraph(tfl.model({ inputs: input, outputs }));
  const nodes = graph.nodes.filter(({ outputs: made }) => made[0] !== graph.inputs[0]);
  return Object.fromEntries(
    [...fuseNormalizations(nodes, new Set(graph.outputs))].map(([id, { addend, output }]) => [
      id,
      { addend, output },
    ]),
  );
}

describe('fuseNormalizations', () => {
  it('finds a ReLU, and a shortcut with a ReLU, and lets the later of two normalisations add the earlier', () => {
    const input = tfl.input({ shape: [4, 4, 8], name: 'input' });
    const first = relu('relu1', normalize('norm1', input));
    const block = relu('relu2', add('add', normalize('norm2', first), first));
    const end = relu('relu3', add('add2', normalize('norm3', block), normalize('norm4', block)));
    expect(chainsOf(input, [end])).toEqual({
      norm1: { addend: null, output: 'relu1' },
      norm2: { addend: 'relu1', output: 'relu2' },
      norm4: { addend: 'norm3', output: 'relu3' },
    });
  });

  it('leaves alone what somebody else reads, and activations that are not ReLU', () => {
    const input = tfl.input({ shape: [4, 4, 8], name: 'input2' });
    const watched = normalize('watched', input);
    const shared = normalize('shared', relu('after', watched));
    const sum = add('sum', relu('one', shared), shared);
    const capped = tfl.layers
      .reLU({ maxValue: 6, name: 'capped' })
      .apply(normalize('before-capped', sum)) as tfl.SymbolicTensor;
    const twice = normalize('twice', capped);
    expect(chainsOf(input, [watched, relu('end', add('double', twice, twice))])).toEqual({});
  });
});

describe('createForwardPass', () => {
  it('asks a normalisation in training to go on, and runs the other layers only if it did not', () => {
    const input = tfl.input({ shape: [2, 2, 4], name: 'input3' });
    const layer = tfl.layers.batchNormalization({ name: 'norm' });
    const y = relu('relu', layer.apply(input) as tfl.SymbolicTensor);
    const graph = readLayerGraph(tfl.model({ inputs: input, outputs: y }));
    const forward = createForwardPass(graph, [0], () => true);
    const images = tf.randomNormal([3, 2, 2, 4], 0, 1, 'float32', 1);
    expect(tf.min(forward(images)[0]!).dataSync()[0]).toBe(0);

    const call = layer.call.bind(layer);
    layer.call = (inputs, kwargs) => {
      (kwargs['followers'] as { done: boolean }).done = true;
      return call(inputs, kwargs);
    };
    // It said that it had done the ReLU, so nobody else does it.
    expect(tf.min(forward(images)[0]!).dataSync()[0]).toBeLessThan(0);
  });
});
