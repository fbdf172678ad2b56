import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { readLayerGraph } from './layer-graph';
import { type LayerProfile, profileModel } from './profile-model';
import { cifarResNet } from './test-networks';
import { tf, tfl } from './tf';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** BranchyNet's B-LeNet as its released code has it (reference of the paper: 1.14 M MACs; exits at 19.3 and 109.4 %). */
function branchyLeNet(): tfl.LayersModel {
  const { conv2d, dense, flatten, maxPooling2d, reLU, zeroPadding2d } = tfl.layers;
  const pool = (name: string): tfl.layers.Layer =>
    maxPooling2d({ poolSize: 2, strides: 2, padding: 'same', name });
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

  it('gives the parameters and costs of ResNet-20 with projection shortcuts', () => {
    const profile = profileModel(cifarResNet(3));
    expect(profile.parameters).toBe(272_474);
    expect((profile.macs / 1e6).toFixed(2)).toBe('40.81');
    expect(profile.parametersWithExits).toBe(profile.parameters);
    expect(profile.exits).toHaveLength(1);
    expect(profile.exits[0]).toMatchObject({
      index: 0,
      share: 1,
      cumulativeMacs: profile.macs,
      attachedAfter: null,
    });
    expect(profile.layers).toHaveLength(readLayerGraph(cifarResNet(3)).nodes.length);
  });

  it('adds up, layer by layer and exit by exit', () => {
    const { layers, exits, macs, parameters, parametersWithExits } = profileModel(branchyLeNet());
    const sum = (rows: LayerProfile[], key: 'macs' | 'parameters'): number =>
      rows.reduce((total, row) => total + row[key], 0);
    expect(
      sum(
        layers.filter((layer) => !layer.isHead),
        'macs',
      ),
    ).toBe(macs);
    expect(
      sum(
        layers.filter((layer) => !layer.isHead),
        'parameters',
      ),
    ).toBe(parameters);
    expect(sum([...layers], 'parameters')).toBe(parametersWithExits);
    let heads = 0;
    for (const exit of exits) {
      heads += exit.headMacs;
      expect(exit.backboneMacs + heads).toBe(exit.cumulativeMacs);
      const before = layers.filter((layer) => layer.usedBy <= exit.index);
      expect(sum(before, 'macs')).toBe(exit.cumulativeMacs);
      expect(sum(before, 'parameters')).toBe(exit.cumulativeParameters);
    }
    // What the first exit needs comes first.
    expect(layers.map((layer) => layer.usedBy)).toEqual([...layers.map((layer) => layer.usedBy)].sort());
    expect(layers.find((layer) => layer.name === 'conv1')).toEqual({
      name: 'conv1',
      className: 'Conv2D',
      outputShape: [30, 30, 5],
      macs: 112_500,
      parameters: 130,
      inputBytes: 34 * 34 * 4,
      activationBytes: 18_000,
      usedBy: 0,
      isHead: false,
    });
  });

  it('counts a shared layer once as parameters and every time as work', () => {
    const input = tfl.input({ shape: [4] });
    const shared = tfl.layers.dense({ units: 4, name: 'shared' });
    const once = shared.apply(input) as tfl.SymbolicTensor;
    const exit = tfl.layers.dense({ units: 2, name: 'exit' }).apply(once) as tfl.SymbolicTensor;
    const output = tfl.layers
      .dense({ units: 2, name: 'output' })
      .apply(shared.apply(once)) as tfl.SymbolicTensor;
    const profile = profileModel(tfl.model({ inputs: input, outputs: [exit, output] }));
    expect(profile.parameters).toBe(20 + 10);
    expect(profile.macs).toBe(16 + 16 + 8);
    expect(profile.exits[0]).toMatchObject({
      attachedAfter: 'shared',
      parameters: 10,
      cumulativeParameters: 30,
    });
    expect(profile.exits[1]!.cumulativeParameters).toBe(40);
  });

  it('tells a head that reads the head before from one that reads the backbone twice', () => {
    const input = tfl.input({ shape: [4] });
    const dense = (name: string, x: tfl.SymbolicTensor): tfl.SymbolicTensor =>
      tfl.layers.dense({ units: 4, name }).apply(x) as tfl.SymbolicTensor;
    const join = (name: string, ...xs: tfl.SymbolicTensor[]): tfl.SymbolicTensor =>
      tfl.layers.concatenate({ name }).apply(xs) as tfl.SymbolicTensor;
    const first = dense('first', input);
    const second = dense('second', first);
    const exit0 = dense('exit0', first);
    const cascade = dense('exit1', join('join', second, exit0));
    const { exits } = profileModel(
      tfl.model({ inputs: input, outputs: [exit0, cascade, dense('final', second)] }),
    );
    expect(exits.map((exit) => exit.attachedAfter)).toEqual(['first', 'second', null]);
    expect(exits.map((exit) => exit.headMacs)).toEqual([16, 32, 0]);
    const both = dense('exit', join('join2', first, second));
    expect(
      profileModel(tfl.model({ inputs: input, outputs: [both, dense('last', second)] })).exits[0]!
        .attachedAfter,
    ).toBeNull();
  });

  it('names the layers whose work it does not count', () => {
    const model = tfl.sequential({
      layers: [
        tfl.layers.simpleRNN({ units: 3, inputShape: [4, 2], recurrentInitializer: 'zeros', name: 'rnn' }),
        tfl.layers.dense({ units: 2, name: 'dense' }),
      ],
    });
    expect(profileModel(model)).toMatchObject({ macs: 6, uncounted: ['rnn'] });
  });

  it('refuses a network of free size', () => {
    const model = tfl.sequential({
      layers: [tfl.layers.reLU({ inputShape: [null, 3] as unknown as number[], name: 'relu' })],
    });
    expect(() => profileModel(model)).toThrow('profileModel(relu): every size but the batch is fixed');
  });
});
