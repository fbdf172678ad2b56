import { selectEngine } from '@earlyexit/backend';
import { ArgumentError } from '@earlyexit/core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ModelDefinition } from './model-definition';
import { createModel, getModelEntry, listModels, registerModel, type CreateModelOptions } from './registry';
import { tf, tfl } from './tf';

beforeAll(() => selectEngine('cpu'));

function weightsOf(name: string, options?: CreateModelOptions): Map<string, Float32Array> {
  const { model } = createModel(name, options);
  const weights = new Map(
    model.weights.map((weight) => [weight.originalName, weight.read().dataSync().slice() as Float32Array]),
  );
  model.dispose();
  return weights;
}

const minimal: ModelDefinition = {
  name: 'test_registered_here',
  family: 'test',
  description: 'One dense layer',
  paper: 'none',
  defaultDataset: null,
  inputShape: [1, 2, 1],
  classes: 3,
  exits: [],
  lossWeights: null,
  build: ({ inputShape, classes, name }) => {
    const input = tfl.input({ shape: [...inputShape] });
    const flat = tfl.layers.flatten().apply(input) as tfl.SymbolicTensor;
    const outputs = tfl.layers.dense({ units: classes }).apply(flat) as tfl.SymbolicTensor;
    return tfl.model({ inputs: input, outputs, name });
  },
};

describe('the registry', () => {
  it('lists every network of the issue, once', () => {
    const names = listModels().map((entry) => entry.name);
    expect(new Set(names).size).toBe(names.length);
    for (const depth of [20, 32, 44, 56, 110]) {
      for (const suffix of ['', '_a', '_earlyexit', '_earlyexit_stage1']) {
        expect(names).toContain(`resnet${depth}_cifar${suffix}`);
      }
    }
    for (const name of ['lenet', 'b_lenet', 'test_lenet', 'test_b_lenet']) expect(names).toContain(name);
    const exits = listModels().map((entry) => [entry.name, entry.exits, entry.lossWeights?.length ?? 1]);
    expect(exits.every(([, early, weights]) => weights === (early as number) + 1)).toBe(true);
    expect(exits).toContainEqual(['b_lenet', 1, 2]);
    expect(exits).toContainEqual(['test_resnet_3exits', 3, 4]);
  });

  it('gives an entry by its name', () => {
    expect(getModelEntry('b_lenet')).toMatchObject({
      name: 'b_lenet',
      family: 'lenet',
      defaultDataset: 'mnist',
      inputShape: [28, 28, 1],
      classes: 10,
      exits: 1,
      lossWeights: [1, 1],
    });
  });

  it('suggests the nearest names for an unknown one', () => {
    for (const use of [createModel, getModelEntry]) {
      expect(() => use('resnet20_cifar_earlyexti')).toThrow(ArgumentError);
      expect(() => use('resnet20_cifar_earlyexti')).toThrow('resnet20_cifar_earlyexit');
      expect(() => use('zzz')).toThrow('listModels() has the names');
    }
  });

  it('takes new networks, but no name twice and no loss weights that do not fit', () => {
    registerModel(minimal);
    const { model, metadata } = createModel(minimal.name);
    expect(metadata).toMatchObject({ name: minimal.name, classes: ['0', '1', '2'], lossWeights: null });
    model.dispose();
    expect(() => registerModel(minimal)).toThrow('a name is registered once');
    expect(() => registerModel({ ...minimal, name: 'b_lenet' })).toThrow(ArgumentError);
    expect(() => registerModel({ ...minimal, name: 'other', lossWeights: [0.5, 0.5] })).toThrow('so 1 here');
    expect(() => getModelEntry('other')).toThrow(ArgumentError);
  });
});

describe('createModel', () => {
  it('gives the same weights for the same seed, others for another', () => {
    for (const name of ['test_resnet_2exits', 'test_b_lenet']) {
      const [first, again, other] = [
        weightsOf(name),
        weightsOf(name, { seed: 0 }),
        weightsOf(name, { seed: 1 }),
      ];
      expect(again).toEqual(first);
      expect([...other.keys()]).toEqual([...first.keys()]);
      for (const [weight, values] of first) {
        const isDrawn = new Set(values).size > 1;
        expect([weight, isDrawn]).toEqual([weight, /kernel/.test(weight)]);
        if (isDrawn) expect(other.get(weight)).not.toEqual(values);
      }
    }
  });

  it('draws every layer for itself, and a backbone alike with exits and without', () => {
    const weights = weightsOf('test_resnet_2exits');
    const kernels = [...weights].filter(([name]) => name.includes('kernel')).map(([, values]) => values[0]);
    expect(new Set(kernels).size).toBe(kernels.length);
    for (const [name, values] of weightsOf('test_resnet')) expect(weights.get(name)).toEqual(values);
  });

  it('names what the metadata holds', () => {
    const preprocessing = { inputShape: [8, 8, 3], mean: [0, 0, 0], standardDeviation: [1, 1, 1] } as const;
    const classes = ['cat', 'dog'];
    const { model, metadata } = createModel('test_resnet_1exit', {
      classes,
      preprocessing: { inputShape: [8, 8, 3], mean: [0, 0, 0], standardDeviation: [1, 1, 1] },
    });
    expect(metadata).toMatchObject({
      name: 'test_resnet_1exit',
      classes,
      preprocessing,
      lossWeights: [0.4, 0.6],
      policy: null,
    });
    expect(metadata.exits.map((exit) => exit.name)).toEqual(['exit0', 'final']);
    expect(model.outputs.map((output) => output.shape)).toEqual([
      [null, 2],
      [null, 2],
    ]);
    model.dispose();
  });

  it('builds for other inputs and numbers of classes', () => {
    const { model } = createModel('resnet20_cifar_earlyexit', { inputShape: [40, 24, 1], classes: 3 });
    expect(model.inputs[0]!.shape).toEqual([null, 40, 24, 1]);
    expect(model.outputs.map((output) => output.shape)).toEqual([
      [null, 3],
      [null, 3],
    ]);
    model.dispose();
  });

  it.each<[CreateModelOptions, string]>([
    [{ classes: 1 }, 'two or more classes'],
    [{ classes: 2.5 }, 'two or more classes'],
    [{ classes: ['a', 'a'] }, 'each with its own name'],
    [{ inputShape: [0, 8, 3] }, 'inputShape'],
    [{ seed: 0.5 }, 'seed'],
    [
      { preprocessing: { inputShape: [9, 9, 3], mean: [0, 0, 0], standardDeviation: [1, 1, 1] } },
      'own input shape, [8, 8, 3]',
    ],
  ])('refuses %j', (options, message) => {
    expect(() => createModel('test_resnet_1exit', options)).toThrow(ArgumentError);
    expect(() => createModel('test_resnet_1exit', options)).toThrow(message);
  });

  it('leaves no tensors behind once the model is disposed of', () => {
    createModel('test_resnet_3exits').model.dispose();
    const before = tf.memory().numTensors;
    createModel('test_resnet_3exits').model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

it('attaches exits to a plain network as they are written, and says what is wrong with them', () => {
  const { model, metadata } = createModel('test_lenet', { exits: ['conv1', 'pool1:linear'] });
  expect(metadata.exits.map(({ attachedAfter, head }) => [attachedAfter, head])).toEqual([
    ['conv1', 'pooled'],
    ['pool1', 'linear'],
    [null, null],
  ]);
  model.dispose();
  for (const [name, exit, rule] of [
    ['test_lenet', 'conv7', 'no layer of this name'],
    ['test_lenet', 'conv1:poled', "Did you mean 'pooled'"],
    ['test_lenet', 'conv1:', 'an exit is written LAYER or LAYER:HEAD'],
    ['test_b_lenet', 'conv1', 'exits are attached to a plain network'],
  ] as const) {
    expect(() => createModel(name, { exits: [exit] })).toThrow(/^createModel\(\{ exits \}\): /);
    expect(() => createModel(name, { exits: [exit] })).toThrow(rule);
  }
});
