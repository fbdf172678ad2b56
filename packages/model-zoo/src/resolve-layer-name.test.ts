import { ArgumentError } from '@earlyexit/core';
import '@tensorflow/tfjs-backend-cpu';
import { expect, it } from 'vitest';
import { createModel } from './registry';
import { resolveLayerName } from './resolve-layer-name';
import { tfl } from './tf';

it('counts residual blocks over all stages and ends at the block’s last layer', () => {
  const network = createModel('resnet20_cifar');
  expect(resolveLayerName(network, 'block1')).toBe('layer1_block1_relu2');
  expect(resolveLayerName(network, 'block4')).toBe('layer2_block1_relu2');
  expect(resolveLayerName(network.model, 'block9')).toBe('layer3_block3_relu2');
  expect(resolveLayerName(network, 'layer2_block1_bn1')).toBe('layer2_block1_bn1');
  expect(() => resolveLayerName(network, 'block10')).toThrow('block1 to block9');
  expect(() => resolveLayerName(network, 'block0')).toThrow(ArgumentError);
  network.model.dispose();
});

it('says what comes near, and what it can do', () => {
  const network = createModel('resnet20_cifar');
  expect(() => resolveLayerName(network, 'layer1_block3_relu')).toThrow('layer1_block3_relu1');
  expect(() => resolveLayerName(network, 'nonsense')).toThrow(
    /Its layers are input, conv1,.*block1 to block9/,
  );
  network.model.dispose();
  const lenet = createModel('lenet');
  expect(() => resolveLayerName(lenet, 'block1')).toThrow('no residual blocks');
  expect(() => resolveLayerName(lenet, 'conv4')).toThrow(/conv1|conv2|conv3/);
  lenet.model.dispose();
});

it('does not count heads as blocks or layers of the backbone', () => {
  const network = createModel('test_resnet_3exits');
  const head = network.model.layers.find((layer) => layer.name.startsWith('exit1_'))!.name;
  expect(() => resolveLayerName(network, head)).toThrow(ArgumentError);
  expect(resolveLayerName(network, 'block3')).toBe('layer3_block1_relu2');
  network.model.dispose();
});

it('knows blocks by the names that Keras gives them', () => {
  const input = tfl.input({ shape: [4] });
  const names = ['conv2_block1_1_conv', 'conv2_block1_out', 'conv2_block2_out', 'conv3_block1_out'];
  const output = names.reduce(
    (features, name) => tfl.layers.dense({ units: 4, name }).apply(features) as tfl.SymbolicTensor,
    input,
  );
  const model = tfl.model({ inputs: input, outputs: output });
  expect(['block1', 'block2', 'block3'].map((name) => resolveLayerName(model, name))).toEqual(names.slice(1));
  model.dispose();
});

it('counts residual additions where names do not tell, as in imported networks', () => {
  const input = tfl.input({ shape: [4], name: 'images' });
  const dense = (from: tfl.SymbolicTensor, name: string) =>
    tfl.layers.dense({ units: 4, name }).apply(from) as tfl.SymbolicTensor;
  const added = (from: tfl.SymbolicTensor, name: string) =>
    tfl.layers.add({ name: `${name}_add` }).apply([from, dense(from, name)]) as tfl.SymbolicTensor;
  const bent = tfl.layers.reLU({ name: 'bent' }).apply(added(input, 'first')) as tfl.SymbolicTensor;
  const output = dense(added(added(bent, 'second'), 'third'), 'logits');
  const model = tfl.model({ inputs: input, outputs: output });
  // Behind the first an activation; the second is read by two.
  expect(['block1', 'block2', 'block3'].map((name) => resolveLayerName(model, name))).toEqual([
    'bent',
    'second_add',
    'third_add',
  ]);
  expect(() => resolveLayerName(model, 'block4')).toThrow('block1 to block3');
  model.dispose();
});
