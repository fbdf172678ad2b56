import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { ancestors, readLayerGraph } from './layer-graph';
import { chain, cifarResNet } from './test-networks';
import { tf, tfl } from './tf';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const { layers } = tfl;
const dense = (name: string, units = 3): tfl.layers.Layer => layers.dense({ units, name });

/** Every node stands behind the nodes that make what it reads. */
function isTopological(model: tfl.LayersModel): boolean {
  const made = new Set<string>();
  return readLayerGraph(model).nodes.every((node) => {
    const ready = node.inputs.every((id) => made.has(id));
    for (const id of node.outputs) made.add(id);
    return ready;
  });
}

describe('readLayerGraph', () => {
  it('reads a sequential model', () => {
    const model = tfl.sequential({
      layers: [layers.dense({ units: 4, inputShape: [2], name: 'a' }), dense('b')],
    });
    const graph = readLayerGraph(model);
    expect(graph.inputs).toEqual(['a_input']);
    expect(graph.outputs).toEqual(['b']);
    expect(
      graph.nodes.map(({ id, className, inputs, outputs }) => ({ id, className, inputs, outputs })),
    ).toEqual([
      { id: 'a_input', className: 'InputLayer', inputs: [], outputs: ['a_input'] },
      { id: 'a', className: 'Dense', inputs: ['a_input'], outputs: ['a'] },
      { id: 'b', className: 'Dense', inputs: ['a'], outputs: ['b'] },
    ]);
    expect(graph.nodes[1]).toMatchObject({ inputShapes: [[null, 2]], outputShapes: [[null, 4]] });
    expect(graph.nodes[1]!.symbolicOutputs[0]).toBe(model.layers[0]!.output);
  });

  it('numbers the applications of a shared layer and the outputs of a layer', () => {
    const input = tfl.input({ shape: [5, 3], name: 'in' });
    const shared = dense('shared');
    const gru = layers.gru({ units: 3, returnState: true, recurrentInitializer: 'zeros', name: 'gru' });
    const [last, state] = gru.apply(chain(input, shared, shared)) as tfl.SymbolicTensor[];
    const sum = layers.add({ name: 'sum' }).apply([last!, state!]) as tfl.SymbolicTensor;
    const graph = readLayerGraph(tfl.model({ inputs: input, outputs: sum }));
    expect(graph.nodes.map((node) => [node.id, ...node.inputs])).toEqual([
      ['in'],
      ['shared', 'in'],
      ['shared#2', 'shared'],
      ['gru', 'shared#2'],
      ['sum', 'gru:0', 'gru:1'],
    ]);
    expect(graph.nodes[1]!.layer).toBe(graph.nodes[2]!.layer);
    expect(graph.nodes[3]!.outputs).toEqual(['gru:0', 'gru:1']);
  });

  it('opens nested models, each application by itself', () => {
    const inner = tfl.sequential({
      name: 'inner',
      layers: [layers.dense({ units: 3, inputShape: [3], name: 'x' }), dense('y')],
    });
    const entry = tfl.input({ shape: [3], name: 'entry' });
    const middle = tfl.model({
      inputs: entry,
      outputs: [chain(entry, inner), chain(entry, dense('z'))],
      name: 'middle',
    });
    const input = tfl.input({ shape: [3], name: 'in' });
    const [first, second] = middle.apply(input) as tfl.SymbolicTensor[];
    const [third] = middle.apply(
      layers.add({ name: 'sum' }).apply([first!, second!]),
    ) as tfl.SymbolicTensor[];
    const graph = readLayerGraph(tfl.model({ inputs: input, outputs: chain(third!, dense('out')) }));
    expect(graph.nodes.map((node) => [node.id, ...node.inputs])).toEqual([
      ['in'],
      ['middle/inner/x', 'in'],
      ['middle/inner/y', 'middle/inner/x'],
      ['middle/z', 'in'],
      ['sum', 'middle/inner/y', 'middle/z'],
      ['middle/inner/x#2', 'sum'],
      ['middle/inner/y#2', 'middle/inner/x#2'],
      ['out', 'middle/inner/y#2'],
    ]);
  });

  it('reads a sequential model that begins with a model', () => {
    const inner = tfl.sequential({ layers: [layers.dense({ units: 3, inputShape: [3], name: 'x' })] });
    const model = tfl.sequential({ layers: [inner, dense('y')] });
    expect(readLayerGraph(model).nodes.map((node) => node.id)).toEqual(['x_input', 'x', 'y']);
  });

  it('lists inputs that nothing reads', () => {
    const [a, b] = [tfl.input({ shape: [2], name: 'a' }), tfl.input({ shape: [2], name: 'b' })];
    const model = tfl.model({ inputs: [a], outputs: chain(a, dense('c')) });
    expect(readLayerGraph(model).inputs).toEqual(['a']);
    const both = layers.concatenate({ name: 'both' }).apply([b, a]) as tfl.SymbolicTensor;
    expect(readLayerGraph(tfl.model({ inputs: [a, b], outputs: both })).inputs).toEqual(['a', 'b']);
  });

  it('gives the backbone the same order and ids whatever heads there are', () => {
    const model = cifarResNet(1);
    const plain = readLayerGraph(model).nodes.map((node) => node.id);
    const early = model.getLayer('s1b1_relu2').output as tfl.SymbolicTensor;
    const head = chain(early, layers.flatten({ name: 'head_flatten' }), dense('head_dense', 10));
    const joined = tfl.model({ inputs: model.inputs, outputs: [head, model.outputs[0]!] });
    expect(readLayerGraph(joined).nodes.map((node) => node.id)).toEqual([
      ...plain,
      'head_flatten',
      'head_dense',
    ]);
    expect(isTopological(joined)).toBe(true);
  });

  it('goes as deep as TensorFlow.js does', () => {
    const input = tfl.input({ shape: [2], name: 'in' });
    const relus = Array.from({ length: 2000 }, (_, depth) => layers.reLU({ name: `relu${String(depth)}` }));
    const model = tfl.model({ inputs: input, outputs: chain(input, ...relus) });
    expect(readLayerGraph(model).nodes).toHaveLength(2001);
    expect(isTopological(model)).toBe(true);
  });

  it('keeps a layer apart from one of the same path in a nested model', () => {
    const inner = tfl.sequential({
      name: 'inner',
      layers: [layers.dense({ units: 3, inputShape: [3], name: 'x' })],
    });
    const input = tfl.input({ shape: [3], name: 'in' });
    const model = tfl.model({ inputs: input, outputs: chain(input, dense('inner/x'), inner) });
    expect(readLayerGraph(model).nodes.map((node) => node.id)).toEqual(['in', 'inner/x', 'inner/x#2']);
  });

  it('refuses what is no model', () => {
    const none: unknown = {};
    expect(() => readLayerGraph(none as tfl.LayersModel)).toThrow('only one copy of @tensorflow/tfjs-layers');
    expect(() => readLayerGraph(tfl.sequential())).toThrow('the model has an output');
  });
});

describe('ancestors', () => {
  it('finds what a tensor is computed from, and nothing else', () => {
    const graph = readLayerGraph(cifarResNet(1));
    expect([...ancestors(graph, ['relu1'])].sort()).toEqual(['bn1', 'conv1', 'image', 'relu1']);
    expect(ancestors(graph, graph.outputs).size).toBe(graph.nodes.length);
    expect(ancestors(graph, []).size).toBe(0);
    expect(ancestors(graph, ['s1b1_relu1'])).not.toContain('s1b1_add');
  });
});
