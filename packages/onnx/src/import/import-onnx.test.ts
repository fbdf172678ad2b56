import { selectEngine } from '@earlyexit/backend';
import { attachExits } from '@earlyexit/branch-head';
import { randomStream } from '@earlyexit/core';
import { randomNetwork, specialLayers } from '@earlyexit/testing/networks';
import { beforeAll, describe, expect, it } from 'vitest';
import { exportStatic } from '../export-static';
import { exportConditional } from '../export-conditional';
import { type Attribute, GraphBuilder, valueInfo } from '../graph/graph-builder';
import { writeModel } from '../protobuf/write-model';
import { roundTrip } from '../testing/round-trip';
import { importOnnx, type ImportOptions } from './import-onnx';

beforeAll(async () => {
  await selectEngine('cpu');
});

const CHANNELS = 4;
const [HEIGHT, WIDTH] = [7, 6];

/** Writes the middle of a network; maps `[batch, 4, 7, 6]` go in, of both signs. */
type Middle = (graph: Helper) => string;

/** Short words for a graph. */
class Helper {
  readonly graph: GraphBuilder;
  readonly map: string;
  readonly #random = randomStream(9);

  constructor(graph: GraphBuilder, map: string) {
    this.graph = graph;
    this.map = map;
  }

  add(op: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}): string {
    return this.graph.add(op, inputs, attributes);
  }

  /** A constant of noise; `from` and `to` are its ends. */
  noise(dims: readonly number[], from = -1, to = 1): string {
    const size = dims.reduce((product, axis) => product * axis, 1);
    const data = Float32Array.from({ length: size }, () => from + (to - from) * this.#random());
    return this.graph.constant(this.graph.unique('noise'), 'float32', dims, data);
  }

  number(value: number): string {
    return this.graph.scalar(value);
  }

  ints(...values: number[]): string {
    return this.graph.integers(values);
  }
}

function writeNetwork(
  middle: Middle,
  {
    opset = 17,
    batch = 'batch',
    layout = 'channels-first',
  }: { opset?: number; batch?: string | number; layout?: string } = {},
): Uint8Array {
  const graph = new GraphBuilder(opset);
  graph.unique('images');
  const isLast = layout === 'channels-last';
  const images = isLast ? graph.add('Transpose', ['images'], { perm: { ints: [0, 3, 1, 2] } }) : 'images';
  const stem = new Helper(graph, images);
  const map = graph.add('Conv', [images, stem.noise([CHANNELS, 3, 1, 1])], {}, 'stem');
  const made = middle(new Helper(graph, map));
  graph.addNamed('Identity', [made], [graph.unique('answers')]);
  const shape = isLast ? [HEIGHT, WIDTH, 3] : [3, HEIGHT, WIDTH];
  const message = graph.build(
    'small',
    [valueInfo('images', [batch, ...shape])],
    [valueInfo('answers', [batch, 3])],
  );
  return writeModel({
    irVersion: 8,
    producerName: 'another',
    producerVersion: '1',
    graph: message,
    opsetImport: [{ domain: '', version: opset }],
    metadataProps: [],
  });
}

/** Ends a network: the maps laid flat, a dense layer of three classes. */
function classify(h: Helper, map: string, numbers: number): string {
  return h.add('Gemm', [h.add('Flatten', [map]), h.noise([3, numbers]), h.noise([3])], {
    transB: { int: 1 },
  });
}

const pool = (
  kernel: number,
  stride: number,
  pads: readonly number[],
  more: Readonly<Record<string, Attribute>> = {},
) => ({
  kernel_shape: { ints: [kernel, kernel] },
  strides: { ints: [stride, stride] },
  pads: { ints: pads },
  ...more,
});

const all = HEIGHT * WIDTH * CHANNELS;
const middles: Readonly<Record<string, Middle>> = {
  'a dense layer on maps laid flat': (h) => classify(h, h.map, all),
  'a flat map that is normalised': (h) => {
    const flat = h.add('Flatten', [h.map]);
    const bn = h.add('BatchNormalization', [
      flat,
      ...[h.noise([all]), h.noise([all]), h.noise([all]), h.noise([all], 0.5, 2)],
    ]);
    return h.add('MatMul', [bn, h.noise([all, 3])]);
  },
  'a convolution with uneven padding': (h) =>
    classify(
      h,
      h.add('Conv', [h.map, h.noise([2, 4, 3, 2]), h.noise([2])], {
        pads: { ints: [0, 2, 1, 0] },
        strides: { ints: [2, 1] },
      }),
      2 * 3 * 7,
    ),
  auto_pad: (h) =>
    classify(
      h,
      h.add('Conv', [h.map, h.noise([2, 4, 3, 3])], {
        auto_pad: { string: 'SAME_LOWER' },
        strides: { ints: [2, 2] },
      }),
      2 * 4 * 3,
    ),
  'a dilated convolution': (h) =>
    classify(h, h.add('Conv', [h.map, h.noise([2, 4, 2, 2])], { dilations: { ints: [2, 3] } }), 2 * 5 * 3),
  groups: (h) =>
    classify(
      h,
      h.add('Conv', [h.map, h.noise([6, 2, 3, 3])], { group: { int: 2 }, pads: { ints: [1, 1, 1, 1] } }),
      6 * 7 * 6,
    ),
  'a depthwise convolution with more filters': (h) =>
    classify(
      h,
      h.add('Conv', [h.map, h.noise([8, 1, 3, 3]), h.noise([8])], {
        group: { int: 4 },
        strides: { ints: [2, 2] },
      }),
      8 * 3 * 2,
    ),
  'a depthwise convolution with uneven steps': (h) =>
    classify(
      h,
      h.add('Conv', [h.map, h.noise([4, 1, 3, 3])], { group: { int: 4 }, strides: { ints: [2, 1] } }),
      4 * 3 * 4,
    ),
  'normalisation that stands alone': (h) => {
    const relu = h.add('Relu', [h.map]);
    const bn = h.add('BatchNormalization', [
      relu,
      h.noise([4]),
      h.noise([4]),
      h.noise([4]),
      h.noise([4], 0.5, 2),
    ]);
    return classify(h, h.add('Relu', [bn]), all);
  },
  'normalisation as numbers behind a convolution': (h) => {
    const conv = h.add('Conv', [h.map, h.noise([2, 4, 1, 1])]);
    return classify(
      h,
      h.add('Add', [h.add('Mul', [h.noise([1, 2, 1, 1]), conv]), h.noise([2, 1, 1])]),
      2 * 42,
    );
  },
  'numbers for each channel': (h) => {
    const relu = h.add('Relu', [h.map]);
    return classify(
      h,
      h.add('Div', [h.add('Sub', [relu, h.noise([4, 1, 1])]), h.noise([1, 4, 1, 1], 1, 2)]),
      all,
    );
  },
  'one number': (h) =>
    classify(h, h.add('Sub', [h.number(2), h.add('Mul', [h.add('Relu', [h.map]), h.number(3)])]), all),
  'the largest, padded, of numbers below zero': (h) =>
    classify(h, h.add('MaxPool', [h.map], pool(3, 2, [1, 1, 1, 1])), 4 * 4 * 3),
  'the largest, padded, behind a ReLU': (h) =>
    classify(h, h.add('MaxPool', [h.add('Relu', [h.map])], pool(3, 2, [1, 1, 1, 1])), 4 * 4 * 3),
  'the largest, rounded up': (h) =>
    classify(h, h.add('MaxPool', [h.map], pool(2, 2, [0, 0, 0, 0], { ceil_mode: { int: 1 } })), 4 * 4 * 3),
  'averages that do not count the padding': (h) =>
    classify(h, h.add('AveragePool', [h.map], pool(3, 2, [1, 1, 1, 1])), 4 * 4 * 3),
  'averages that count it': (h) =>
    classify(
      h,
      h.add('AveragePool', [h.map], pool(3, 2, [1, 1, 1, 1], { count_include_pad: { int: 1 } })),
      4 * 4 * 3,
    ),
  'averages, rounded up': (h) =>
    classify(
      h,
      h.add('AveragePool', [h.map], pool(3, 2, [0, 0, 0, 0], { ceil_mode: { int: 1 } })),
      4 * 3 * 3,
    ),
  'squeeze and excitation': (h) => {
    const pooled = h.add('GlobalAveragePool', [h.map]);
    const inner = h.add('Relu', [h.add('Conv', [pooled, h.noise([2, 4, 1, 1]), h.noise([2])])]);
    const gate = h.add('HardSigmoid', [h.add('Conv', [inner, h.noise([4, 2, 1, 1])])], {
      alpha: { float: 1 / 6 },
      beta: { float: 0.5 },
    });
    return classify(h, h.add('Mul', [gate, h.map]), all);
  },
  'means and another shape': (h) => {
    const mean = h.add('ReduceMean', [h.map], { axes: { ints: [-1, -2] }, keepdims: { int: 0 } });
    return h.add('Gemm', [mean, h.noise([4, 3])], { alpha: { float: 0.5 } });
  },
  'channels that are shuffled': (h) => {
    const five = h.add('Reshape', [h.map, h.ints(-1, 2, 2, HEIGHT, WIDTH)]);
    const turned = h.add('Transpose', [five], { perm: { ints: [0, 2, 1, 3, 4] } });
    const back = h.add('Reshape', [turned, h.ints(-1, 4, HEIGHT, WIDTH)]);
    return classify(h, h.add('Conv', [back, h.noise([2, 4, 1, 1])]), 2 * 42);
  },
  'parts of the channels': (h) => {
    const [a, b] = h.graph.addMany('Split', [h.map, h.ints(1, 3)], ['a', 'b'], { axis: { int: 1 } });
    return classify(h, h.add('Concat', [b!, h.add('Tanh', [a!])], { axis: { int: 1 } }), all);
  },
  'a shortcut without weights': (h) => {
    const cut = h.add('Slice', [h.map, h.ints(0, 1), h.ints(9, 2 ** 31), h.ints(2, -1), h.ints(2, 2)]);
    return classify(h, h.add('Pad', [cut, h.ints(0, 1, 0, 0, 0, 2, 0, 0)]), 7 * 4 * 3);
  },
  'sizes that are computed': (h) => {
    const shape = h.add('Shape', [h.map]);
    const batch = h.add('Unsqueeze', [
      h.add('Gather', [shape, h.graph.constant('zero', 'int64', [], BigInt64Array.of(0n))]),
      h.ints(0),
    ]);
    const target = h.add('Concat', [batch, h.ints(-1)], { axis: { int: 0 } });
    return h.add('Add', [
      h.add('MatMul', [h.add('Reshape', [h.map, target]), h.noise([all, 3])]),
      h.noise([3]),
    ]);
  },
  'a swish of two operators': (h) => classify(h, h.add('Mul', [h.map, h.add('Sigmoid', [h.map])]), all),
  'a hard swish of two operators': (h) => {
    const gate = h.add('HardSigmoid', [h.map], { alpha: { float: 1 / 6 }, beta: { float: 0.5 } });
    return classify(h, h.add('Mul', [h.map, gate]), all);
  },
  'a hard swish of four operators': (h) => {
    const six = h.add('Clip', [h.add('Add', [h.map, h.number(3)]), h.number(0), h.number(6)]);
    return classify(h, h.add('Div', [h.add('Mul', [h.map, six]), h.number(6)]), all);
  },
  'gelu of five operators': (h) => {
    const erf = h.add('Erf', [h.add('Div', [h.map, h.number(Math.SQRT2)])]);
    const product = h.add('Mul', [h.map, h.add('Add', [erf, h.number(1)])]);
    return classify(h, h.add('Mul', [product, h.number(0.5)]), all);
  },
  'a clip between two numbers': (h) =>
    classify(h, h.add('Clip', [h.map, h.number(-0.5), h.number(0.75)]), all),
  'slopes for each channel': (h) => classify(h, h.add('PRelu', [h.map, h.noise([4, 1, 1])]), all),
  'activations in a row': (h) => {
    let x = h.map;
    for (const op of ['LeakyRelu', 'Elu', 'Softplus', 'Selu', 'Softsign', 'Tanh', 'HardSigmoid'])
      x = h.add(op, [x]);
    return classify(h, x, all);
  },
  'joined in several ways': (h) => {
    const other = h.add('Sigmoid', [h.map]);
    const parts = ['Max', 'Min', 'Sub', 'Sum', 'Mean'].map((op) => h.add(op, [h.map, other]));
    return classify(h, h.add('Concat', parts, { axis: { int: -2 } }), 5 * all);
  },
  'classes as maps of one position': (h) => {
    const conv = h.add('Conv', [h.map, h.noise([3, 4, 1, 1])]);
    return h.add('GlobalAveragePool', [conv]);
  },
  'maps made larger': (h) => {
    const scales = h.graph.constant('scales', 'float32', [4], Float32Array.of(1, 1, 2, 3));
    const mode = {
      mode: { string: 'nearest' },
      coordinate_transformation_mode: { string: 'asymmetric' },
      nearest_mode: { string: 'floor' },
    };
    return classify(h, h.add('Resize', [h.map, '', scales], mode), 4 * 14 * 18);
  },
};

async function check(file: Uint8Array, options: ImportOptions & { readonly softmax?: boolean } = {}) {
  const { model, byLayers, byExport, largest } = await roundTrip(file, options);
  const bound = 2e-5 * Math.max(1, largest);
  expect(byLayers).toBeLessThan(bound);
  expect(byExport).toBeLessThan(bound);
  return model;
}

describe('importOnnx', () => {
  it.each(Object.entries(middles))('reads %s', async (_, middle) => {
    const { model } = await check(writeNetwork(middle));
    model.dispose();
  });

  it.each(Object.keys(specialLayers))('reads what was exported of %s', async (name) => {
    const model = specialLayers[name]!();
    await check(await exportStatic(model));
  });

  it('reads what was exported of random networks', { timeout: 30_000 }, async () => {
    let read = 0;
    for (let seed = 0; seed < 18; seed++) {
      const model = randomNetwork(seed);
      // Images have one colour or three.
      if (model.model.inputs[0]!.shape[3] === 2) continue;
      await check(await exportStatic(model));
      read += 1;
    }
    expect(read).toBeGreaterThan(9);
  });

  it('takes a fixed batch and the channels last', async () => {
    const file = writeNetwork(middles['a dense layer on maps laid flat']!, {
      batch: 1,
      layout: 'channels-last',
    });
    await check(file, { layout: 'channels-last' });
  });

  it('turns the colours round in the weights', async () => {
    const file = writeNetwork(middles['a dense layer on maps laid flat']!);
    await check(file, { color: 'bgr', mean: [0.5, 0.4, 0.3], standardDeviation: [1] });
  });

  it('leaves a softmax out, also one of before version 13', async () => {
    for (const opset of [12, 17]) {
      const file = writeNetwork((h) => h.add('Softmax', [classify(h, h.map, all)], { axis: { int: 1 } }), {
        opset,
      });
      const model = await check(file, { softmax: true });
      expect(model.model.layers.map((layer) => layer.getClassName())).not.toContain('Softmax');
    }
  });

  it('keeps what is known: classes, preparation, and all of that of a file of ours', async () => {
    const file = writeNetwork(middles['squeeze and excitation']!);
    const { metadata } = await importOnnx(file, {
      name: 'mine',
      classes: ['a', 'b', 'c'],
      mean: [0.5],
      standardDeviation: [0.25],
    });
    expect(metadata).toMatchObject({ name: 'mine', classes: ['a', 'b', 'c'], exits: [{ name: 'final' }] });
    expect(metadata.preprocessing).toEqual({
      inputShape: [7, 6, 3],
      mean: [0.5, 0.5, 0.5],
      standardDeviation: [0.25, 0.25, 0.25],
    });
    const again = await importOnnx(await exportStatic({ ...(await importOnnx(file)), metadata }));
    expect(again.metadata).toMatchObject({
      classes: metadata.classes,
      preprocessing: metadata.preprocessing,
    });
  });

  it('gives a network that takes exits and is exported with them', async () => {
    const { model, metadata } = await importOnnx(writeNetwork(middles['squeeze and excitation']!));
    const names = model.layers.map(({ name }) => name);
    const joined = attachExits(
      model,
      [{ after: names.find((name) => name.startsWith('stem'))!, head: 'linear' }],
      { classes: metadata.classes },
    );
    expect(joined.metadata.exits).toHaveLength(2);
    expect((await exportConditional(joined)).length).toBeGreaterThan(1000);
  });

  it.each([
    [
      'an operator that is no layer',
      (h: Helper) => classify(h, h.add('Sin', [h.map]), all),
      /node 'sin_node' \(Sin\): the operators that become layers are Add,.*Received: Sin\. attach \(attachToOnnx/,
    ],
    [
      'weights that are computed',
      (h: Helper) => h.add('MatMul', [h.add('Flatten', [h.map]), h.add('Reshape', [h.map, h.ints(-1, 3)])]),
      /input 1 is a constant|leaves the batch in front/,
    ],
    [
      'a pad of another number',
      (h: Helper) =>
        classify(h, h.add('Pad', [h.map, h.ints(0, 0, 1, 0, 0, 0, 0, 0), h.number(1)]), 4 * 8 * 6),
      /\(Pad\): it pads with zeros\. Received: 1/,
    ],
    [
      'a batch that is mixed',
      (h: Helper) => h.add('Reshape', [h.map, h.ints(3, -1)]),
      /\(Reshape\): it leaves the batch in front/,
    ],
    ['maps for answers', (h: Helper) => h.map, /it is a classifier of images.*\[batch, 4, 7, 6\]/],
    [
      'one class',
      (h: Helper) => h.add('Gemm', [h.add('Flatten', [h.map]), h.noise([all, 1])]),
      /at least two classes/,
    ],
  ])('refuses %s', async (_, middle: Middle, message) => {
    await expect(importOnnx(writeNetwork(middle))).rejects.toThrow(message);
  });

  it('refuses classes and preparations that do not fit', async () => {
    const file = writeNetwork(middles['squeeze and excitation']!);
    await expect(importOnnx(file, { classes: ['a', 'b'] })).rejects.toThrow(/classes/);
    await expect(importOnnx(file, { mean: [1, 2], standardDeviation: [1] })).rejects.toThrow(
      /one number per channel, 3 here/,
    );
    await expect(importOnnx(file, { output: 'other' })).rejects.toThrow(
      /one of the file. Received: other; there is answers/,
    );
    await expect(importOnnx(new Uint8Array(4))).rejects.toThrow(/a whole ONNX file/);
  });
});
