import { randomNetwork } from '@earlyexit/testing/networks';
import '@tensorflow/tfjs-backend-cpu';
import { EarlyExitError, randomStream } from '@earlyexit/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { attachExits } from '../attaching/attach-exits';
import type { ExitSpecification } from '../attaching/exit-specification';
import { registerLayers } from '../layers/register-layers';
import { fromModelArtifacts, toModelArtifacts } from './model-artifacts';
import type { MultiExitModel } from '../metadata/multi-exit-model';
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
  vggLike,
} from '../test-networks';
import { tf, tfl } from '../tf';
import { withMetadata } from '../metadata/with-metadata';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

function predict(model: tfl.LayersModel): number[][] {
  return tf.tidy(() => {
    const outputs = model.predict(randomInputs(model, 2));
    return (Array.isArray(outputs) ? outputs : [outputs]).map((tensor) => [...tensor.dataSync()]);
  });
}

/** Saving and loading, by us and by TensorFlow.js alone, changes nothing. */
async function checkRoundTrip(multi: MultiExitModel): Promise<void> {
  const expected = predict(multi.model);
  const artifacts = await toModelArtifacts(multi);
  const loaded = await fromModelArtifacts(artifacts);
  expect(predict(loaded.model)).toEqual(expected);
  expect(loaded.metadata).toEqual(multi.metadata);
  registerLayers();
  const stock = await tfl.loadLayersModel(tf.io.fromMemory(artifacts));
  expect(predict(stock)).toEqual(expected);
  stock.dispose();
  loaded.model.dispose();
}

/** One exit of every kind of head on one network. */
function sample(): MultiExitModel {
  const multi = attachExits(vggLike(), [
    { after: 'relu1', head: 'mixed-pool' },
    { after: 'relu2', head: 'conv-dense' },
  ]);
  randomizeWeights(multi.model, 5);
  return multi;
}

describe('saved and loaded, a model answers as before', () => {
  it.each<[string, () => tfl.LayersModel, ExitSpecification[]]>([
    ['vgg', vggLike, [{ after: 'relu1', head: 'mixed-pool' }]],
    ['u-net', uNetLike, [{ after: 'up2', head: 'conv-pool-dense' }]],
    ['inception', inceptionLike, [{ after: 'deep1', head: 'branchynet' }]],
    ['residual', residual, [{ after: 'block1_norm', head: 'avgpool-dense' }]],
    ['perceptron', perceptron, [{ after: 'hidden1', head: 'linear' }]],
    ['shared layers', sharedLayers, [{ after: 'shared#2', head: 'pooled' }]],
    ['nested models', nested, [{ after: 'features/inner/inner_relu#2', head: 'pooled' }]],
    ['two inputs', twoInputs, [{ after: 'gru:1', head: 'linear' }]],
    ['no exits', residual, []],
  ])('%s', async (_, make, exits) => {
    const multi = attachExits(make(), exits);
    randomizeWeights(multi.model, 2);
    await checkRoundTrip(multi);
  });

  it.each(Array.from({ length: 60 }, (_, seed) => seed))('random network %i', async (seed) => {
    const multi = randomNetwork(seed);
    await checkRoundTrip(multi);
    multi.model.dispose();
  });

  it('with a policy, classes and preprocessing', async () => {
    await checkRoundTrip(
      withMetadata(sample(), {
        classes: ['a', 'b', 'c', 'd', 'é'],
        preprocessing: { inputShape: [8, 8, 3], mean: [0.5, 0.5, 0.5], standardDeviation: [0.2, 0.2, 0.2] },
        policy: { criterion: 'entropy', thresholds: [null, 0.25], temperatures: [1, 1.5, 2] },
      }),
    );
  });

  it('and keeps frozen layers frozen', async () => {
    const multi = sample();
    multi.model.getLayer('conv1').trainable = false;
    const { model } = await fromModelArtifacts(await toModelArtifacts(multi));
    expect(model.getLayer('conv1').trainable).toBe(false);
    expect(predict(model)).toEqual(predict(multi.model));
  });

  it('and leaves no tensors when it is disposed, or refused', async () => {
    const artifacts = await toModelArtifacts(sample());
    const before = tf.memory().numTensors;
    (await fromModelArtifacts(artifacts)).model.dispose();
    expect(tf.memory().numTensors).toBe(before);
    const shared = await toModelArtifacts(attachExits(sharedLayers(), []));
    const beforeShared = tf.memory().numTensors;
    (await fromModelArtifacts(shared)).model.dispose();
    expect(tf.memory().numTensors).toBe(beforeShared);
    const wrong = structuredClone<typeof artifacts>(artifacts);
    const metadata = wrong.userDefinedMetadata!['earlyexit'] as { classes: string[] };
    metadata.classes.pop();
    await expect(fromModelArtifacts(wrong)).rejects.toThrow('classes holds one name per class, 5 here');
    expect(tf.memory().numTensors).toBe(beforeShared);
  });

  it('without sharing anything with what it was made from', async () => {
    const multi = sample();
    const artifacts = await toModelArtifacts(multi);
    const text = JSON.stringify(artifacts.modelTopology);
    await fromModelArtifacts(artifacts);
    randomizeWeights(multi.model, 9);
    expect(JSON.stringify(artifacts.modelTopology)).toBe(text);
  });
});

describe('fromModelArtifacts refuses', () => {
  type Artifacts = Awaited<ReturnType<typeof toModelArtifacts>>;
  const change = async (edit: (artifacts: Artifacts) => void): Promise<unknown> => {
    const artifacts = structuredClone<Artifacts>(await toModelArtifacts(sample()));
    edit(artifacts);
    const before = tf.memory().numTensors;
    const result = await fromModelArtifacts(artifacts, 'here').catch((error: unknown) => error);
    expect(tf.memory().numTensors).toBe(before);
    return result;
  };
  type Layer = {
    name: string;
    class_name: string;
    config: Record<string, unknown>;
    inbound_nodes: unknown[][][];
  };
  const layersOf = (artifacts: Artifacts): Layer[] =>
    (artifacts.modelTopology as { config: { layers: Layer[] } }).config.layers;
  const layer = (artifacts: Artifacts, name: string): Layer =>
    layersOf(artifacts).find((each) => each.name === name)!;

  it.each<[string, (artifacts: Artifacts) => void, string]>([
    [
      'a model of something else',
      (a) => delete a.userDefinedMetadata,
      'here: the model was saved by earlyexit',
    ],
    [
      'another version of the format',
      (a) => ((a.userDefinedMetadata!['earlyexit'] as { formatVersion: unknown }).formatVersion = 2),
      'here: this version reads format version 1. Received: format version 2. Use the version of earlyexit that saved it, or a newer one.',
    ],
    ['a cut weight file', (a) => (a.weightData = (a.weightData as ArrayBuffer).slice(4)), 'The file is cut'],
    ['no weights', (a) => delete a.weightSpecs, 'the weights are a list'],
    [
      'quantized weights',
      (a) => (a.weightSpecs![0]!.quantization = { dtype: 'uint8' } as never),
      'is not quantized',
    ],
    [
      'weights of no known type',
      (a) => (a.weightSpecs![0]!.dtype = 'string'),
      'the type float32, int32 or bool',
    ],
    ['a negative size', (a) => (a.weightSpecs![0]!.shape = [-3]), 'a shape'],
    ['a weight twice', (a) => a.weightSpecs!.push(a.weightSpecs![0]!), 'its own name'],
    [
      'weights that swap shapes',
      (a) => a.weightSpecs![0]!.shape.reverse(),
      "there is a weight 'conv1/kernel'",
    ],
    [
      'weights of other names',
      (a) => (a.weightSpecs![0]!.name = 'other'),
      "'conv1/kernel', float32 [3, 3, 3, 4]. Received: none",
    ],
    [
      'layers of a giant',
      (a) => (layer(a, 'dense1').config['units'] = 1e12),
      'as many weights as the file holds',
    ],
    [
      'a kernel of a giant',
      (a) => (layer(a, 'conv1').config['kernel_size'] = [1e9, 1e9]),
      'as many weights as the file holds',
    ],
    ['weights that are not a number', (a) => (layer(a, 'dense1').config['units'] = 'NaN'), 'here:'],
    [
      'an unknown layer',
      (a) => (layer(a, 'relu1').class_name = 'Relu7'),
      'TensorFlow.js can build the layers',
    ],
    [
      'a circle',
      (a) => (layer(a, 'norm1').inbound_nodes = [[['pool2', 0, 0, {}]]]),
      'connected without a circle',
    ],
    [
      'a layer that is not there',
      (a) => (layer(a, 'norm1').inbound_nodes = [[['other', 0, 0, {}]]]),
      "application 0 of 'other'",
    ],
    [
      'an application that is not there',
      (a) => (layer(a, 'norm1').inbound_nodes = [[['conv1', 1, 0, {}]]]),
      "application 1 of 'conv1'",
    ],
    [
      'an output that is not there',
      (a) => (layer(a, 'norm1').inbound_nodes = [[['conv1', 0, 5, {}]]]),
      'here:',
    ],
    ['a layer twice', (a) => layersOf(a).push(layer(a, 'relu1')), 'layer names are unique. Received: relu1'],
    [
      'a nested model',
      (a) => (layer(a, 'relu1').config['layer'] = { class_name: 'Sequential' }),
      'no model inside',
    ],
    [
      'a topology that is none',
      (a) => (a.modelTopology = { config: [] }),
      'the topology is a functional model',
    ],
    [
      'a layer without connections',
      (a) => delete (layer(a, 'relu1') as Partial<Layer>).inbound_nodes,
      'and connections',
    ],
    ['too many layers', (a) => (layersOf(a).length = 30_000), 'at most 6000 layers. Received: 30000'],
    [
      'another number of exits',
      (a) => (a.modelTopology as { config: { output_layers: unknown[] } }).config.output_layers.shift(),
      "every layer leads to an output. Received: 'exit0_pool'",
    ],
    [
      'an output too many',
      (a) => {
        const { output_layers: outputs } = (a.modelTopology as { config: { output_layers: unknown[] } })
          .config;
        outputs.push(['dense1', 0, 0]);
      },
      'classes are the logits of every output. Received: [[5],[5],[5],[8]]',
    ],
    [
      'no outputs',
      (a) => ((a.modelTopology as { config: { output_layers: unknown[] } }).config.output_layers = []),
      'names its inputs and outputs',
    ],
  ])('%s', async (_, edit, message) => {
    const error = await change(edit);
    expect(error).toBeInstanceOf(Error);
    expect(EarlyExitError.is(error) && error.kind).toBe('data');
    expect((error as Error).message).toContain(message);
  });

  it('or survives whatever else happens to a file', async () => {
    const intact = await toModelArtifacts(sample());
    const { weightData, ...rest } = intact;
    const random = randomStream(1);
    let refused = 0;
    for (let round = 0; round < 300; round++) {
      const json = structuredClone(rest) as Record<string, unknown>;
      mutate(json, random);
      const before = tf.memory().numTensors;
      try {
        const { model } = await fromModelArtifacts({ ...json, weightData: weightData! });
        model.dispose();
      } catch (error) {
        refused += 1;
        if (!EarlyExitError.is(error) || error.kind !== 'data') throw error;
      }
      expect(tf.memory().numTensors).toBe(before);
    }
    // Many mutations change what is a matter of taste (a class's name, a seed); the rest must be noticed.
    expect(refused).toBeGreaterThan(100);
  });

  it('takes no two weights of one name', async () => {
    const multi = sample();
    const [first, second] = multi.model.weights;
    (second as { originalName: string }).originalName = first!.originalName;
    await expect(toModelArtifacts(multi)).rejects.toThrow(
      "every weight has its own name. Received: 'conv1/kernel' twice",
    );
  });
});

const JUNK = [
  null,
  true,
  -1,
  0,
  1,
  2,
  1e9,
  1e300,
  NaN,
  '',
  'relu',
  'conv1',
  '__proto__',
  [],
  [1, 2],
  {},
  [[]],
  [['a', 0, 0]],
];

/** Replaces, removes or repeats one value somewhere in `json`. */
function mutate(json: unknown, random: () => number): void {
  let place = json as Record<string, unknown>;
  for (;;) {
    const keys = Object.keys(place);
    const key = keys[Math.floor(random() * keys.length)];
    if (key === undefined) return;
    const value = place[key];
    if (typeof value === 'object' && value !== null && random() < 0.9) {
      place = value as Record<string, unknown>;
      continue;
    }
    const kind = random();
    if (kind < 0.15 && Array.isArray(place)) place.splice(Number(key), 1);
    else if (kind < 0.3 && Array.isArray(place)) place.push(value);
    else if (kind < 0.4) Reflect.deleteProperty(place, key);
    else place[key] = JUNK[Math.floor(random() * JUNK.length)];
    return;
  }
}
