import { randomStream } from '@earlyexit/core';
import {
  type Attribute,
  GraphBuilder,
  type GraphMessage,
  valueInfo,
  writeModel,
} from '@earlyexit/onnx/foreign';
import type { ClassifierImages } from '../classifier-images';

/** A network that says which colour an image has most of, as another program might have written it. */
export interface ColourNetwork {
  readonly opset?: number;
  /** A number: fixed in the file. */
  readonly batch?: number | 'batch';
  /** Convolutions that change nothing: what makes it dear. */
  readonly depth?: number;
  /** Looks at every so-manieth pixel in both directions: what makes it cheap, and wrong at times. */
  readonly stride?: number;
  readonly side?: number;
  readonly softmax?: boolean;
  /** Takes and gives float16. */
  readonly half?: boolean;
  /** `[height, width, channels]` instead of channels first. */
  readonly channelsLast?: boolean;
  readonly classes?: number;
  /** The class of each colour; its own place unless given. */
  readonly order?: readonly number[];
  /** How far apart the logits are. */
  readonly scale?: number;
  /** Adds something behind the features and returns its name. */
  readonly disturb?: (graph: GraphBuilder, features: string) => string;
  /** Gives a map instead of one answer. */
  readonly detector?: boolean;
  /** More outputs. */
  readonly outputs?: (graph: GraphBuilder, logits: string) => readonly ReturnType<typeof valueInfo>[];
}

/** The file of such a network. */
export function colourNetwork({
  opset = 17,
  batch = 'batch',
  depth = 1,
  stride = 1,
  side = 8,
  softmax = false,
  half = false,
  channelsLast = false,
  classes = 3,
  order = [0, 1, 2],
  scale = 40,
  disturb = (_, name) => name,
  detector = false,
  outputs = () => [],
}: ColourNetwork = {}): Uint8Array<ArrayBuffer> {
  const graph = new GraphBuilder(opset);
  graph.unique('images');
  const weights = (name: string, dims: number[], at: (index: number) => number): string =>
    graph.constant(
      name,
      'float32',
      dims,
      Float32Array.from({ length: dims.reduce((a, b) => a * b) }, (_, i) => at(i)),
    );
  const same = weights('same', [3, 3, 1, 1], (i) => (i % 4 === 0 ? 1 : 0));
  let name = channelsLast ? graph.add('Transpose', ['images'], { perm: { ints: [0, 3, 1, 2] } }) : 'images';
  if (half) name = graph.add('Cast', [name], { to: { int: 1 } });
  const ints = (value: number): Attribute => ({ ints: [value, value] });
  for (let layer = 0; layer < depth; layer++) {
    name = graph.add('Conv', [name, same], { strides: ints(layer === 0 ? stride : 1) }, `features_${layer}`);
    name =
      opset < 11
        ? graph.add('Clip', [name], { min: { float: 0 }, max: { float: 1e6 } }, `clipped_${layer}`)
        : graph.add('Relu', [name], {}, `relu_${layer}`);
  }
  if (detector) {
    const boxes = graph.add('Relu', [name], {}, 'boxes');
    const [seen, found] = [
      [batch, 3, side, side],
      [batch, 3, side, side],
    ];
    return fileOf(graph.build('boxes', [valueInfo('images', seen)], [valueInfo(boxes, found)]), opset);
  }
  const mean = graph.add('GlobalAveragePool', [disturb(graph, name)]);
  const flat =
    batch === 'batch'
      ? opset < 13
        ? graph.add('Squeeze', [mean], { axes: { ints: [2, 3] } })
        : graph.add('Flatten', [mean])
      : graph.add('Reshape', [mean, graph.integers([batch, 3])]);
  const matrix = weights('matrix', [3, classes], (i) =>
    i % classes === order[Math.floor(i / classes)] ? scale : 0,
  );
  const logits = graph.add(
    'Gemm',
    [flat, matrix, weights('bias', [classes], () => 0)],
    {},
    softmax ? 'inner' : 'logits',
  );
  const answer = softmax
    ? graph.add('Softmax', [logits], { axis: { int: 1 } }, 'probabilities')
    : half
      ? graph.add('Cast', [logits], { to: { int: 10 } }, 'half_logits')
      : logits;
  const type = half ? 'float16' : 'float32';
  const image = channelsLast ? [side, side, 3] : [3, side, side];
  const message = graph.build(
    'colours',
    [valueInfo('images', [batch, ...image], type)],
    [valueInfo(answer, [batch, classes], type), ...outputs(graph, answer)],
  );
  return fileOf(message, opset);
}

/** A model file around a graph. */
export function fileOf(graph: GraphMessage, opset: number): Uint8Array<ArrayBuffer> {
  return writeModel({
    irVersion: 8,
    producerName: 'another',
    producerVersion: '1',
    graph,
    opsetImport: [{ domain: '', version: opset }],
    metadataProps: [],
  });
}

/** Noise with a little more of one colour, `[count, side, side, 3]`; which, is the label. */
export function colourImages(
  count: number,
  side = 8,
  seed = 0,
): ClassifierImages & { readonly bytes: Uint8Array; readonly labels: Int32Array } {
  const random = randomStream(seed);
  const size = side * side * 3;
  const bytes = new Uint8Array(count * size);
  const labels = new Int32Array(count);
  for (let image = 0; image < count; image++) {
    const label = Math.floor(3 * random());
    labels[image] = label;
    const more = 10 + 60 * random();
    for (let i = 0; i < size; i++) bytes[image * size + i] = 150 * random() + (i % 3 === label ? more : 0);
  }
  return {
    size: count,
    bytes,
    labels,
    read: (rows) => {
      const read = new Uint8Array(rows.length * size);
      rows.forEach((row, i) => {
        read.set(bytes.subarray(row * size, (row + 1) * size), i * size);
      });
      return Promise.resolve(read);
    },
  };
}

/** How the images of these networks are prepared. */
export const preparation = { mean: [0, 0, 0], standardDeviation: [1, 1, 1] } as const;
