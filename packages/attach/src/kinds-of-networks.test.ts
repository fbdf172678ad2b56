import { channelsFirst } from '@earlyexit/core';
import { graphOpener } from '@earlyexit/inference/onnx';
import {
  type GraphBuilder,
  preparedInput,
  readModel,
  valueInfo,
  writeForeignExits,
  writeModel,
} from '@earlyexit/onnx/foreign';
import { expect, it } from 'vitest';
import { attachedMetadata } from './attached-metadata';
import { examineNetwork } from './examine-network';
import { colourImages, colourNetwork, type ColourNetwork, preparation } from './testing/colour-networks';

const images = colourImages(4);
const SCALE = 40;
/** Of the features. */
const SHAPE = ['batch', 3, 8, 8] as const;

/** The logits that every network here should have: the mean of each channel, times their scale. */
const expected = Array.from({ length: 4 * 3 }, (_, i) => {
  const [image, channel] = [Math.floor(i / 3), i % 3];
  let sum = 0;
  for (let pixel = 0; pixel < 64; pixel++) sum += images.bytes[image * 192 + pixel * 3 + channel]!;
  return (SCALE * sum) / 64 / 255;
});

/** Reads a network, writes it into another file, and runs that. */
async function answersOf(file: Uint8Array): Promise<Float32Array> {
  const examined = await examineNetwork(file);
  const { network } = examined;
  const input = preparedInput(examined.input, preparation, { function: 'test', argument: 'mean' });
  const costs = { exitMacs: [network.macs], staticMacs: network.macs };
  const about = { name: 'test', classes: undefined, count: 3, input, exits: [], costs };
  const written = await writeForeignExits({ network, input, exits: [], metadata: attachedMetadata(about) });
  const graph = await graphOpener()(written, [3, 8, 8]);
  const pixels = Float32Array.from(images.bytes, (value) => value / 255);
  const { logits_0: logits } = await graph.run(channelsFirst(pixels, [8, 8, 3]), 4);
  await graph.release();
  return logits!;
}

/** Weights of a convolution that changes nothing, `[3, 3, 1, 1]`. */
const same = <List extends ArrayLike<number>>(from: (values: number[]) => List, one: number): List =>
  from(Array.from({ length: 9 }, (_, i) => (i % 4 === 0 ? one : 0)));

/** A convolution whose weights are float16. */
function halfWeights(graph: GraphBuilder, name: string): string {
  const weights = same((values) => Uint16Array.from(values), 0x3c00);
  const half = graph.add('Cast', [name], { to: { int: 10 } });
  const made = graph.add('Conv', [half, graph.constant('half', 'float16', [3, 3, 1, 1], weights)]);
  return graph.add('Cast', [made], { to: { int: 1 } });
}

/** A convolution between quantised activations, its weights int8: as quantisers write it. */
function quantized(graph: GraphBuilder, name: string): string {
  const number = (key: string, value: number): string =>
    graph.constant(key, 'float32', [], Float32Array.of(value));
  const [step, zero] = [number('step', 1 / 255), graph.constant('zero', 'uint8', [], Uint8Array.of(0))];
  const weights = graph.constant(
    'bytes',
    'int8',
    [3, 3, 1, 1],
    same((values) => Int8Array.from(values), 127),
  );
  const noZero = graph.constant('no_zero', 'int8', [], Int8Array.of(0));
  const read = graph.add('DequantizeLinear', [graph.add('QuantizeLinear', [name, step, zero]), step, zero]);
  return graph.add('Conv', [read, graph.add('DequantizeLinear', [weights, number('unit', 1 / 127), noZero])]);
}

/** An `If` that depends on the size of the batch, and reads what is computed outside. */
function branching(graph: GraphBuilder, name: string): string {
  const size = graph.add('Gather', [graph.add('Shape', [name]), graph.integers([0])]);
  const isThere = graph.add('Squeeze', [graph.add('Greater', [size, graph.integers([0])])]);
  const branch = (operator: string) => {
    const inner = graph.subgraph();
    return { graph: inner.build(operator, [], [valueInfo(inner.add(operator, [name]), SHAPE)]) };
  };
  return graph.add('If', [isThere], { then_branch: branch('Relu'), else_branch: branch('Neg') });
}

/** A `Loop` of three turns that carries the features along. */
function looping(graph: GraphBuilder, name: string): string {
  const body = graph.subgraph();
  const [turn, before, carried] = ['turn', 'before', 'carried'].map((each) => body.unique(each));
  const after = body.add('Identity', [before!]);
  const made = body.add('Relu', [carried!]);
  const inputs = [valueInfo(turn!, [], 'int64'), valueInfo(before!, [], 'bool'), valueInfo(carried!, SHAPE)];
  const message = body.build('body', inputs, [valueInfo(after, [], 'bool'), valueInfo(made, SHAPE)]);
  const always = graph.constant('always', 'bool', [], Uint8Array.of(1));
  return graph.add('Loop', [graph.integers([3]), always, name], { body: { graph: message } });
}

/** A node of a function that the file itself defines. */
function withFunction(): Uint8Array {
  const file = colourNetwork({ disturb: (graph, name) => graph.add('Keep', [name]) });
  const model = readModel(file, 'test');
  model.graph.node.find(({ opType }) => opType === 'Keep')!.domain = 'mine';
  const text = (field: number, value: string): number[] => part(field, [...new TextEncoder().encode(value)]);
  const part = (field: number, bytes: number[]): number[] => [field * 8 + 2, bytes.length, ...bytes];
  const relu = [...text(1, 'x'), ...text(2, 'y'), ...text(4, 'Relu')];
  const opset = [...text(1, ''), 16, 17];
  const keep = [
    ...text(1, 'Keep'),
    ...text(4, 'x'),
    ...text(5, 'y'),
    ...part(7, relu),
    ...part(9, opset),
    ...text(10, 'mine'),
  ];
  Object.assign(model, { functions: [Uint8Array.from(keep)] });
  model.opsetImport.push({ domain: 'mine', version: 1 });
  return writeModel(model);
}

const disturbed = (disturb: ColourNetwork['disturb'] & {}): Uint8Array => colourNetwork({ disturb });

it.each([
  ['float16 from end to end', colourNetwork({ half: true }), 2],
  ['float16 weights', disturbed(halfWeights), 2],
  ['int8 weights between quantisers', disturbed(quantized), 1],
  ['an If', disturbed(branching), 4],
  ['a Loop', disturbed(looping), 4],
  ['a function of its own', withFunction(), 4],
])('carries %s over into another file', async (_, file, digits) => {
  const logits = await answersOf(file);
  logits.forEach((value, i) => {
    expect(Math.abs(value - expected[i]!)).toBeLessThan(SCALE * 10 ** -digits);
  });
});
