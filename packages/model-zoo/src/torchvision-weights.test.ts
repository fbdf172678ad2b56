import { selectEngine } from '@earlyexit/backend';
import { type HostTensor, writeSafetensors } from '@earlyexit/core/safetensors';
import { randomizeWeights } from '@earlyexit/testing/networks';
import { beforeAll, expect, it } from 'vitest';
import { createModel } from './registry';
import { tf } from './tf';
import { importTorchvision } from './torchvision-weights';

let tensors: Map<string, HostTensor>;
let logits: Float32Array;

beforeAll(async () => {
  await selectEngine('wasm');
  ({ tensors, logits } = asTorchvision('resnet20_cifar'));
});

/** The weights of a network by torchvision's names. */
function asTorchvision(name: string): {
  readonly tensors: Map<string, HostTensor>;
  readonly logits: Float32Array;
} {
  const { model } = createModel(name);
  randomizeWeights(model, 4);
  const tensors = new Map<string, HostTensor>();
  const names = {
    kernel: 'weight',
    bias: 'bias',
    gamma: 'weight',
    beta: 'bias',
    moving_mean: 'running_mean',
    moving_variance: 'running_var',
  };
  for (const { layer, weight } of model.layers.flatMap((each) =>
    each.weights.map((w) => ({ layer: each, weight: w })),
  )) {
    const own = weight.originalName.split('/').at(-1) as keyof typeof names;
    const order = own !== 'kernel' ? [0] : weight.shape.length === 4 ? [3, 2, 0, 1] : [1, 0];
    const turned = tf.transpose(weight.read(), order);
    const path = layer.name
      .replace(
        /^layer(\d)_block(\d)_/,
        (_, stage: string, block: string) => `layer${stage}.${Number(block) - 1}.`,
      )
      .replace('downsample_conv', 'downsample.0')
      .replace('downsample_bn', 'downsample.1');
    tensors.set(`${path}.${names[own]}`, { shape: turned.shape, values: turned.dataSync() as Float32Array });
  }
  return { tensors, logits: answer(model) };
}

function answer(model: ReturnType<typeof createModel>['model']): Float32Array {
  const output = model.predict(tf.randomUniform([2, 32, 32, 3], -1, 1, 'float32', 3));
  return (Array.isArray(output) ? output.at(-1)! : output).dataSync() as Float32Array;
}

it('puts weights by torchvision’s names into a network with exits', () => {
  expect(tensors.has('layer2.0.downsample.1.running_var')).toBe(true);
  const prefixed = new Map([...tensors].map(([name, tensor]) => [`module.${name}`, tensor]));
  for (const each of [tensors, prefixed]) {
    const { model, metadata } = importTorchvision(writeSafetensors(each), 'resnet20_cifar_earlyexit');
    expect([...answer(model)]).toEqual([...logits]);
    expect(metadata.preprocessing).toMatchObject({ inputShape: [32, 32, 3], mean: [0.485, 0.456, 0.406] });
    model.dispose();
  }
});

it('takes how images are prepared, one number for all channels or one for each', () => {
  const file = writeSafetensors(tensors);
  const { model, metadata } = importTorchvision(file, 'resnet20_cifar', {
    mean: [0.5],
    standardDeviation: [0.1, 0.2, 0.3],
  });
  expect(metadata.preprocessing).toEqual({
    inputShape: [32, 32, 3],
    mean: [0.5, 0.5, 0.5],
    standardDeviation: [0.1, 0.2, 0.3],
  });
  model.dispose();
  const wrong = { mean: [0.5, 0.5], standardDeviation: [1] };
  expect(() => importTorchvision(file, 'resnet20_cifar', wrong)).toThrow(/one number per channel, 3 here/);
  expect(() => importTorchvision(file, 'resnet20_cifar', { standardDeviation: [1] })).toThrow(
    /\{ mean \}\): mean and standard deviation are stated together/,
  );
});

it('leaves counters of 64 bits out', () => {
  const header = { 'bn1.num_batches_tracked': { dtype: 'I64', shape: [], data_offsets: [0, 8] } };
  const json = new TextEncoder().encode(JSON.stringify(header).padEnd(80));
  const file = new Uint8Array([
    ...new Uint8Array(BigUint64Array.of(80n).buffer),
    ...json,
    ...new Uint8Array(8),
  ]);
  expect(() => importTorchvision(file, 'resnet20_cifar')).toThrow(/missing \(conv1\.weight/);
  expect(tensors.size).toBeGreaterThan(100);
});

it('refuses what is missing, left over or of another shape, by name', () => {
  const renamed = new Map(
    [...tensors].map(([name, tensor]) => [name === 'fc.weight' ? 'fcc.weight' : name, tensor]),
  );
  expect(() => importTorchvision(writeSafetensors(renamed), 'resnet20_cifar')).toThrow(
    /1 missing \(fc\.weight\) and 1 left over \(fcc\.weight\)\. fcc\.weight is close to fc\.weight/,
  );
  expect(() => importTorchvision(writeSafetensors(tensors), 'resnet32_cifar')).toThrow(
    /missing \(layer1\.3\.conv1/,
  );
  const wrong = new Map(tensors).set('conv1.weight', { shape: [16, 3, 1, 1], values: new Float32Array(48) });
  expect(() => importTorchvision(writeSafetensors(wrong), 'resnet20_cifar')).toThrow(
    /'conv1\.weight' becomes \[3, 3, 3, 16\]\. Received: \[16, 3, 1, 1\]/,
  );
  expect(() => importTorchvision(writeSafetensors(tensors), 'resnet19')).toThrow(
    /it is the name of a registered network/,
  );
});
