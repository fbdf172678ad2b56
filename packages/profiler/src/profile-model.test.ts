import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { profileModel } from './profile-model';
import { tf, tfl } from './tf';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** BranchyNet's B-LeNet as its released code has it (reference of the paper: 1.14 M MACs; exits at 19.3 and 109.4 %). */
function branchyLeNet(): tfl.LayersModel {
  const { conv2d, dense, flatten, maxPooling2d, reLU, zeroPadding2d } = tfl.layers;
  const pool = (name: string): tfl.layers.Layer => maxPooling2d({ poolSize: 2, strides: 2, padding: 'same', name });
  const chain = (x: tfl.SymbolicTensor, ...layers: tfl.layers.Layer[]): tfl.SymbolicTensor =>
    layers.reduce((tensor, layer) => layer.apply(tensor) as tfl.SymbolicTensor, x);
  const input = tfl.input({ shape: [28, 28, 1], name: 'pixels' });
  const stem = chain(
    input,
    zeroPadding2d({ padding: 3, name: 'pad1' }),
    conv2d({ filters: 5, kernelSize: 5, name: 'conv1' }),
  );
  const branch = chain(
    stem,
    pool('branch_pool1'),
    reLU({ name: 'branch_relu1' }),
    conv2d({ filters: 10, kernelSize: 3, padding: 'same', name: 'branch_conv' }),
    pool('branch_pool2'),
    reLU({ name: 'branch_relu2' }),
    flatten({ name: 'branch_flatten' }),
    dense({ units: 10, name: 'branch_dense' }),
  );
  const trunk = chain(
    stem,
    pool('pool1'),
    reLU({ name: 'relu1' }),
    zeroPadding2d({ padding: 3, name: 'pad2' }),
    conv2d({ filters: 10, kernelSize: 5, name: 'conv2' }),
    pool('pool2'),
    reLU({ name: 'relu2' }),
    zeroPadding2d({ padding: 3, name: 'pad3' }),
    conv2d({ filters: 20, kernelSize: 5, name: 'conv3' }),
    pool('pool3'),
    reLU({ name: 'relu3' }),
    flatten({ name: 'flatten' }),
    dense({ units: 84, name: 'dense1' }),
    dense({ units: 10, name: 'dense2' }),
  );
  return tfl.model({ inputs: input, outputs: [branch, trunk] });
}

describe('profileModel', () => {
  it('gives the costs of B-LeNet that the reference computed from the released code', () => {
    const profile = profileModel(branchyLeNet());
    // conv1 30x30x25x5, conv2 17x17x25x5x10, conv3 11x11x25x10x20, dense 720x84 + 84x10
    expect(profile.macs).toBe(112_500 + 361_250 + 605_000 + 60_480 + 840);
    expect(profile.exits[0]!.share).toBeCloseTo(0.193, 3);
    expect(profile.exits[1]!.share).toBeCloseTo(1.094, 3);
    expect(profile.exits[0]).toMatchObject({
      attachedAfter: 'conv1',
      backboneMacs: 112_500,
      headMacs: 15 * 15 * 9 * 5 * 10 + 6400,
      parameters: 9 * 5 * 10 + 10 + 6410,
    });
    expect(profile.exits[1]).toMatchObject({ attachedAfter: null, headMacs: 0, parameters: 0 });
    expect(profile.inputShape).toEqual([28, 28, 1]);
  });
});
