import '@tensorflow/tfjs-backend-cpu';
import { readLayerGraph } from '@earlyexit/profiler';
import { beforeAll, describe, expect, it } from 'vitest';
import { attachExits } from './attach-exits';
import type { ExitSpecification } from './exit-specification';
import type { HeadBuilder } from '../heads/head';
import {
  inceptionLike,
  nested,
  perceptron,
  randomInputs,
  randomizeWeights,
  residual,
  sharedLayers,
  twoInputs,
  uNetLike,
  variableOf,
  vggLike,
} from '../test-networks';
import { tf, tfl } from '../tf';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const plainHead: HeadBuilder = (features, { units, name }) =>
  tfl.layers
    .dense({ units, name: `${name}_mine` })
    .apply(tfl.layers.flatten({ name: `${name}_flat` }).apply(features)) as tfl.SymbolicTensor;

describe('attachExits', () => {
  it('joins heads by layer name and orders the exits by depth', () => {
    const { model, metadata } = attachExits(
      vggLike(),
      [
        { after: 'relu2', head: { name: 'avgpool-dense', options: { poolSize: 2 } } },
        { after: 'relu1', head: 'pooled', name: 'first' },
      ],
      { name: 'my_network', lossWeights: [0.2, 0.3, 0.5] },
    );
    expect(model.outputs.map((output) => output.shape)).toEqual([
      [null, 5],
      [null, 5],
      [null, 5],
    ]);
    expect(model.name).toBe('my_network');
    expect(metadata).toEqual({
      format: 'earlyexit',
      formatVersion: 1,
      name: 'my_network',
      classes: ['0', '1', '2', '3', '4'],
      preprocessing: null,
      exits: [
        // conv1: 8x8x9x3x4; the head 4x5
        {
          name: 'first',
          attachedAfter: 'relu1',
          head: 'pooled',
          macs: 6932,
          backboneMacs: 6912,
          headMacs: 20,
        },
        // conv2: 4x4x9x4x6; the head 2x2x6x5
        {
          name: 'exit1',
          attachedAfter: 'relu2',
          head: 'avgpool-dense',
          macs: 10_508,
          backboneMacs: 10_368,
          headMacs: 120,
        },
        // dense: 24x8 + 8x5
        { name: 'final', attachedAfter: null, head: null, macs: 10_740, backboneMacs: 10_600, headMacs: 0 },
      ],
      staticMacs: 10_600,
      // Each weight stays with its exit.
      lossWeights: [0.3, 0.2, 0.5],
      policy: null,
    });
    expect(model.layers.map((layer) => layer.name)).toEqual(
      expect.arrayContaining(['first_pool', 'exit1_dense']),
    );
  });

  it.each<[string, () => tfl.LayersModel, ExitSpecification[]]>([
    ['softmax inside a dense layer', vggLike, [{ after: 'relu1', head: 'pooled' }]],
    ['softmax layer', uNetLike, [{ after: 'bottom', head: 'linear' }]],
    ['softmax activation', inceptionLike, [{ after: 'deep1', head: 'pooled' }]],
    ['nested models', nested, [{ after: 'between', head: 'mixed-pool' }]],
    ['no exits', perceptron, []],
  ])('takes the final softmax away and nothing else: %s', (_, make, exits) => {
    const plain = make();
    randomizeWeights(plain, 3);
    const inputs = randomInputs(plain, 4);
    const probabilities = plain.predict(inputs) as tf.Tensor;
    const outputs = attachExits(plain, exits).model.predict(inputs);
    const logits = Array.isArray(outputs) ? outputs.at(-1)! : outputs;
    expect(logits.dataSync()).not.toEqual(probabilities.dataSync());
    expect(tf.softmax(logits as tf.Tensor2D).dataSync()).toEqual(probabilities.dataSync());
    // The given model answers as before.
    expect((plain.predict(inputs) as tf.Tensor).dataSync()).toEqual(probabilities.dataSync());
  });

  it('takes away a softmax that is followed by a change of shape', () => {
    const plain = tfl.sequential({
      layers: [
        tfl.layers.conv2d({ inputShape: [2, 2, 1], filters: 3, kernelSize: 2, name: 'classifier' }),
        tfl.layers.activation({ activation: 'softmax', name: 'softmax' }),
        tfl.layers.reshape({ targetShape: [3], name: 'reshape' }),
      ],
    });
    const inputs = randomInputs(plain, 2);
    const logits = attachExits(plain, []).model.predict(inputs) as tf.Tensor2D;
    expect(tf.softmax(logits).dataSync()).toEqual((plain.predict(inputs) as tf.Tensor).dataSync());
  });

  it('takes a softmax out of a convolution, without a bias and frozen as it was', () => {
    const plain = tfl.sequential({
      layers: [
        tfl.layers.conv2d({
          inputShape: [2, 2, 2],
          filters: 3,
          kernelSize: 2,
          activation: 'softmax',
          useBias: false,
          trainable: false,
          name: 'classifier',
        }),
        tfl.layers.flatten({ name: 'flatten' }),
      ],
    });
    const inputs = randomInputs(plain, 2);
    const { model } = attachExits(plain, []);
    const logits = model.predict(inputs) as tf.Tensor2D;
    expect(tf.softmax(logits).dataSync()).toEqual((plain.predict(inputs) as tf.Tensor).dataSync());
    expect(model.trainableWeights).toEqual([]);
    expect(model.weights).toEqual(plain.weights);
  });

  it('shares weights with the given model, the stripped classifier included', () => {
    const plain = vggLike();
    const before = tf.memory().numTensors;
    const { model } = attachExits(plain, []);
    expect(tf.memory().numTensors).toBe(before);
    expect(new Set(model.weights)).toEqual(new Set(plain.weights));
    const [kernel] = plain.getLayer('dense2').weights;
    kernel!.write(tf.zeros(kernel!.shape as number[]));
    const logits = model.predict(randomInputs(model, 1)) as tf.Tensor;
    expect([...logits.dataSync()]).toEqual([0, 0, 0, 0, 0]);
  });

  it.each<[string, () => tfl.LayersModel, ExitSpecification[]]>([
    ['vgg', vggLike, [{ after: 'conv1', head: 'mixed-pool' }]],
    ['nested', nested, [{ after: 'between', head: 'pooled' }]],
    ['residual', residual, []],
  ])('leaves no tensors when the result is disposed: %s', (_, make, exits) => {
    const before = tf.memory().numTensors;
    const { model } = attachExits(make(), exits);
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('sends a gradient to every variable of backbone and heads', () => {
    const networks: [tfl.LayersModel, ExitSpecification[]][] = [
      [
        vggLike(),
        [
          { after: 'norm1', head: 'conv-dense' },
          { after: 'relu1', head: 'mixed-pool' },
        ],
      ],
      [
        uNetLike(),
        [
          { after: 'down2', head: 'conv-pool-dense' },
          { after: 'up1', head: 'branchynet' },
        ],
      ],
      [
        inceptionLike(),
        [
          { after: 'deep2', head: 'pooled' },
          { after: 'joined', head: 'avgpool-dense' },
        ],
      ],
      [residual(), [{ after: 'block1_relu1', head: 'linear' }]],
      [perceptron(), [{ after: 'hidden1', head: 'linear' }]],
      [sharedLayers(), [{ after: 'shared#2', head: 'pooled' }]],
      [nested(), [{ after: 'features/outer_conv', head: plainHead }]],
    ];
    for (const [plain, exits] of networks) {
      const { model } = attachExits(plain, exits);
      const inputs = randomInputs(model, 3);
      const variables = model.trainableWeights.map(variableOf);
      const { grads } = tf.variableGrads(() => {
        const logits = model.apply(inputs, { training: false }) as tf.Tensor2D[];
        return tf.addN(logits.map((each) => tf.mean<tf.Scalar>(tf.square(tf.sub(each, 1)))));
      }, variables);
      expect(Object.keys(grads)).toHaveLength(variables.length);
      for (const [name, gradient] of Object.entries(grads)) {
        expect([name, tf.max(tf.abs(gradient)).dataSync()[0]! > 0]).toEqual([name, true]);
      }
      expect(variables.length).toBeGreaterThan(2);
    }
  });

  it('gives the same weights for the same seed and others for another', () => {
    const exits: ExitSpecification[] = [
      { after: 'conv1', head: 'mixed-pool' },
      { after: 'conv2', head: 'branchynet' },
    ];
    const headWeights = (seed?: number): number[][] =>
      attachExits(vggLike(), exits, seed === undefined ? {} : { seed })
        .model.weights.filter((weight) => weight.originalName.startsWith('exit'))
        .map((weight) => [...weight.read().dataSync()]);
    expect(headWeights()).toEqual(headWeights(0));
    expect(headWeights(1)).toEqual(headWeights(1));
    expect(headWeights(1)).not.toEqual(headWeights(2));
  });

  it('addresses layers of nested models and single applications of shared ones', () => {
    const inner = attachExits(nested(), [
      { after: 'features/inner/inner_relu#2', head: 'pooled' },
      { after: 'features/inner/inner_relu', head: 'pooled' },
    ]);
    // Laid flat, the layers lose the path of the model that they stood in.
    expect(inner.metadata.exits.map((exit) => exit.attachedAfter)).toEqual([
      'inner_relu',
      'inner_relu#2',
      null,
    ]);
    const shared = attachExits(sharedLayers(), [{ after: 'shared#2', head: 'pooled' }]);
    expect(shared.metadata.exits[0]!.attachedAfter).toBe('shared#2');
    const state = attachExits(twoInputs(), [{ after: 'gru:1', head: 'linear' }]);
    expect(state.metadata.exits[0]!.attachedAfter).toBe('gru:1');
  });

  it('takes a head as a function', () => {
    const { model, metadata } = attachExits(residual(), [{ after: 'block1_add', head: plainHead }]);
    expect(metadata.exits[0]!.head).toBe('custom');
    expect(readLayerGraph(model).nodes.map((node) => node.id)).toContain('exit0_mine');
  });

  it('can attach again to a plain network that has been through it', () => {
    const plain = attachExits(vggLike(), []);
    const { metadata } = attachExits(plain.model, [{ after: 'relu1', head: 'pooled' }]);
    expect(metadata.exits).toHaveLength(2);
  });
});

describe('attachExits says what would fit', () => {
  const attach = (exits: ExitSpecification[], make = vggLike): (() => unknown) => {
    const plain = make();
    return () => attachExits(plain, exits);
  };

  it('for a layer that is not there', () => {
    expect(attach([{ after: 'rellu1', head: 'pooled' }])).toThrow(
      "attachExits(exits[0]): an exit is attached after a layer of the network. Received: 'rellu1', which is none. " +
        "Did you mean 'relu1' or 'relu2'? This head fits after conv1, norm1, relu1, pool1, conv2, relu2, pool2.",
    );
    expect(attach([{ after: 'somewhere', head: 'linear' }])).toThrow(/fits after conv1.*dropout/);
  });

  it('for a layer that gives several tensors or is applied several times', () => {
    expect(attach([{ after: 'gru', head: 'linear' }], twoInputs)).toThrow(
      "an exit reads one tensor. Received: 'gru', which names 2. Write one of gru:0, gru:1.",
    );
    expect(attach([{ after: 'inner_relu', head: 'pooled' }], nested)).toThrow(
      'Write one of features/inner/inner_relu, features/inner/inner_relu#2.',
    );
  });

  it('for a head that is not there', () => {
    expect(attach([{ after: 'relu1', head: 'poled' }])).toThrow("Did you mean 'pooled'");
    expect(attach([{ after: 'relu1', head: { name: 'conv-dense', options: { filter: 3 } } }])).toThrow(
      "the head 'conv-dense' takes the options filters, kernelSize, strides. Received: 'filter'. Did you mean 'filters'",
    );
    expect(attach([{ after: 'relu1', head: { name: 'pooled', options: { poolSize: 3 } } }])).toThrow(
      'takes no options',
    );
    expect(attach([{ after: 'relu1', head: { name: 'nothing' as 'pooled' } }])).toThrow(
      'a head is a function or one of avgpool-dense, bottleneck, conv-dense, conv-pool-dense, branchynet, linear, mixed-pool, msdnet, pooled, residual',
    );
  });

  it('for features that the head cannot take', () => {
    expect(attach([{ after: 'dense1', head: 'pooled' }])).toThrow(
      "the head 'pooled' needs a feature map [height, width, channels]. Received: 'dense1' with [8]. It fits after " +
        "conv1, norm1, relu1, pool1, conv2, relu2, pool2; after 'dense1' fit: linear.",
    );
    expect(attach([{ after: 'pool2', head: 'avgpool-dense' }])).toThrow(
      "the head 'avgpool-dense' pools 3 x 3 pixels, so its features are at least as large. Received: 'pool2' with [2, 2, 6].",
    );
  });

  it('for an exit at or after the final classifier', () => {
    expect(attach([{ after: 'dense2', head: 'linear' }])).toThrow('an exit lies before the final logits');
    expect(attach([{ after: 'logits', head: 'linear' }], uNetLike)).toThrow(
      'an exit lies before the final logits',
    );
    expect(attach([{ after: 'probabilities', head: 'linear' }], inceptionLike)).toThrow(
      'before the final logits',
    );
  });

  it('for two exits at one place or of one name', () => {
    expect(
      attach([
        { after: 'relu1', head: 'pooled' },
        { after: 'relu1', head: 'linear' },
      ]),
    ).toThrow("there is at least one layer between two exits. Received: two exits after 'relu1'.");
    expect(
      attach([
        { after: 'relu1', head: 'pooled', name: 'a' },
        { after: 'relu2', head: 'linear', name: 'a' },
      ]),
    ).toThrow("every exit has its own name. Received: 'a' twice.");
    expect(attach([{ after: 'relu1', head: 'pooled', name: 'final' }])).toThrow("not 'final'");
    expect(attach([{ after: 'relu1', head: 'pooled', name: 'my exit' }])).toThrow(
      "made of letters, digits, '-', '.' and '_'",
    );
    expect(attach([{ after: 'down1', head: 'pooled', name: 'down1' }], uNetLike)).toThrow(
      "exit 'down1' and layer 'down1_relu'",
    );
  });

  it('for a network that already has exits, or does not end in logits', () => {
    const { model } = attachExits(vggLike(), [{ after: 'relu1', head: 'pooled' }]);
    expect(() => attachExits(model, [])).toThrow('exits are attached to a network of one output');
    const mapped = tfl.sequential({
      layers: [tfl.layers.conv2d({ inputShape: [4, 4, 1], filters: 2, kernelSize: 3 })],
    });
    expect(() => attachExits(mapped, [])).toThrow('ends in one logit per class, [batch, classes]');
    const single = tfl.sequential({ layers: [tfl.layers.dense({ inputShape: [4], units: 1 })] });
    expect(() => attachExits(single, [])).toThrow('for at least two classes. Received: [null, 1]');
  });

  it('for options that do not match', () => {
    const exits: ExitSpecification[] = [{ after: 'relu1', head: 'pooled' }];
    const image = { inputShape: [8, 8, 3], mean: [0, 0, 0], standardDeviation: [1, 1, 1] } as const;
    expect(() => attachExits(vggLike(), exits, { lossWeights: [1] })).toThrow(
      'there is one loss weight per exit, the final exit last, so 2 here. Received: 1 (1).',
    );
    expect(() => attachExits(vggLike(), exits, { lossWeights: [-1, 2] })).toThrow(
      'lossWeights is null or holds 2 numbers',
    );
    expect(() => attachExits(vggLike(), exits, { classes: ['a', 'b'] })).toThrow(
      'attachExits(options).classes: classes holds one name per class, 5 here. Received: ["a","b"].',
    );
    expect(attachExits(vggLike(), exits, { preprocessing: image }).metadata.preprocessing).toEqual(image);
    expect(() =>
      attachExits(vggLike(), exits, { preprocessing: { ...image, inputShape: [9, 8, 3] } }),
    ).toThrow("preprocessing.inputShape is the network's input, [8, 8, 3]");
    expect(() => attachExits(vggLike(), exits, { preprocessing: { ...image, mean: [0] } })).toThrow(
      'one number per channel',
    );
    expect(() =>
      attachExits(vggLike(), exits, { preprocessing: { ...image, standardDeviation: [1, 0, 1] } }),
    ).toThrow('one number above 0 per channel');
  });

  it('for a head of its own that gives no logits', () => {
    const wrong: HeadBuilder = (features) => features;
    expect(attach([{ after: 'relu1', head: wrong }])).toThrow(
      "attachExits(exit 'exit0'): a head returns the symbolic tensor of its logits, [batch, 5]. Received: [null, 8, 8, 4].",
    );
    expect(attach([{ after: 'relu1', head: () => undefined }])).toThrow('Received: undefined');
  });
});
