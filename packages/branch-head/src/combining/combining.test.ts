import '@tensorflow/tfjs-backend-cpu';
import { adviseExits, profileModel } from '@earlyexit/profiler';
import { beforeAll, describe, expect, it } from 'vitest';
import { attachExits } from '../attaching/attach-exits';
import { keepExits } from '../attaching/keep-exits';
import { EnsembleLogits } from '../layers/ensemble-logits';
import type { MultiExitModel } from '../metadata/multi-exit-model';
import { fromModelArtifacts, toModelArtifacts } from '../saving/model-artifacts';
import { splitStages } from '../split-stages';
import { randomInputs, vggLike } from '../test-networks';
import { tf } from '../tf';
import { boostExits } from './boost-exits';
import { cascadeHeads } from './cascade-heads';
import { exitCombination } from './exit-combination';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const separate = (): MultiExitModel =>
  attachExits(vggLike(), [
    { after: 'conv1', head: 'pooled' },
    { after: 'relu1', head: 'conv-dense' },
    { after: 'conv2', head: 'linear' },
  ]);

const answers = ({ model }: MultiExitModel, inputs: tf.Tensor): number[][][] =>
  (model.predict(inputs) as tf.Tensor[]).map((each) => each.arraySync() as number[][]);

/** Runs the stages one after the other. */
function staged(network: MultiExitModel, inputs: tf.Tensor): number[][][] {
  let carried = [inputs];
  return splitStages(network).map((stage) => {
    const result = stage.run(carried);
    carried = result.carried;
    return result.logits.arraySync();
  });
}

describe('boostExits', () => {
  it('adds up the logits', () => {
    const network = separate();
    const inputs = randomInputs(network.model, 4)[0]!;
    const own = answers(network, inputs);
    const sums = answers(boostExits(network), inputs);
    sums.forEach((exit, index) => {
      exit.forEach((row, sample) => {
        row.forEach((value, unit) => {
          const expected = own.slice(0, index + 1).reduce((sum, each) => sum + each[sample]![unit]!, 0);
          expect(value).toBeCloseTo(expected, 4);
        });
      });
    });
    expect(exitCombination(boostExits(network))).toBe('boosted');
    expect(exitCombination(network)).toBeNull();
  });

  it('has the places for exits that it had', () => {
    const network = separate();
    const places = adviseExits(network.model);
    expect(places.length).toBeGreaterThan(0);
    expect(adviseExits(boostExits(network).model)).toEqual(places);
  });

  it('costs what it did: the backbone is the same, and so is each head', () => {
    const network = separate();
    const boosted = boostExits(network);
    expect(boosted.metadata).toEqual(network.metadata);
    const [before, after] = [profileModel(network.model), profileModel(boosted.model)];
    expect(after.macs).toBe(before.macs);
    expect(after.parametersWithExits).toBe(before.parametersWithExits);
    expect(after.exits).toEqual(before.exits);
  });

  it('keeps the head of an exit that others need', () => {
    const smaller = keepExits(boostExits(separate()), [2]);
    expect(smaller.model.layers.some(({ name }) => name.startsWith('exit0_'))).toBe(true);
    const { exits } = profileModel(smaller.model);
    expect(smaller.metadata.exits.map(({ macs }) => macs)).toEqual(
      exits.map(({ cumulativeMacs }) => cumulativeMacs),
    );
  });

  it('refuses a network without early exits, and takes a boosted one as it is', () => {
    expect(() => boostExits(attachExits(vggLike(), []))).toThrow('has early exits');
    const boosted = boostExits(separate());
    expect(boostExits(boosted)).toBe(boosted);
    expect(() => cascadeHeads(boosted)).toThrow('boosted exits');
    expect(() => boostExits(cascadeHeads(separate()))).toThrow('a cascade of heads');
  });
});

describe('cascadeHeads', () => {
  it('lets a head see the normalised logits of the one before, and costs it classes² more', () => {
    const network = separate();
    const cascaded = cascadeHeads(network, { seed: 4 });
    const inputs = randomInputs(network.model, 2)[0]!;
    const own = answers(network, inputs);
    const [first, second, , final] = answers(cascaded, inputs);
    expect(first).toEqual(own[0]);
    expect(final).toEqual(own[3]);
    const classes = own[0]![0]!.length;
    const kernel = cascaded.model.getLayer('exit1_earlier_dense').getWeights()[0]!.arraySync() as number[][];
    own[0]!.forEach((row, sample) => {
      const mean = row.reduce((sum, value) => sum + value, 0) / classes;
      const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / classes;
      const seen = row.map((value) => (value - mean) / Math.sqrt(variance + 1e-5));
      own[1]![sample]!.forEach((value, unit) => {
        const alone = value + seen.reduce((sum, each, from) => sum + each * kernel[from]![unit]!, 0);
        // All weights of the ensemble are equal at first.
        expect(second![sample]![unit]).toBeCloseTo((row[unit]! + alone) / 2, 4);
      });
    });
    const added = cascaded.metadata.exits.map(
      ({ headMacs }, exit) => headMacs - network.metadata.exits[exit]!.headMacs,
    );
    expect(added).toEqual([0, classes ** 2, classes ** 2, 0]);
    expect(cascaded.metadata.staticMacs).toBe(network.metadata.staticMacs);
    expect(profileModel(cascaded.model).macs).toBe(network.metadata.staticMacs);
    expect(exitCombination(cascaded)).toBe('cascaded');
  });

  it('needs two early exits', () => {
    const network = attachExits(vggLike(), [{ after: 'conv1', head: 'pooled' }]);
    expect(() => cascadeHeads(network)).toThrow('at least two early exits');
  });
});

describe('EnsembleLogits', () => {
  const logits = [
    [1, 0, -2],
    [0.5, 2, 0],
  ];
  const scales = [0.3, -0.7];
  const probabilities = (row: number[]): number[] => {
    const sum = row.reduce((total, value) => total + Math.exp(value), 0);
    return row.map((value) => Math.exp(value) / sum);
  };
  const answer = (method: 'geometric' | 'additive', bias: number[]): number[] => {
    const layer = new EnsembleLogits({ method });
    layer.build([
      [null, 3],
      [null, 3],
    ]);
    layer.setWeights([tf.tensor1d(scales), ...(method === 'geometric' ? [tf.tensor1d(bias)] : [])]);
    const tensors = logits.map((row) => tf.tensor2d([row]));
    return [...(layer.apply(tensors) as tf.Tensor).dataSync()];
  };

  it('is the weighted geometric mean of the probabilities', () => {
    const bias = [0.1, -0.2, 0];
    const powers = [0, 1, 2].map((unit) =>
      logits.reduce(
        (product, row, exit) => product * probabilities(row)[unit]! ** (Math.exp(scales[exit]!) / 2),
        Math.exp(bias[unit]!),
      ),
    );
    const total = powers.reduce((sum, value) => sum + value, 0);
    probabilities(answer('geometric', bias)).forEach((value, unit) => {
      expect(value).toBeCloseTo(powers[unit]! / total, 5);
    });
  });

  it('is the weighted mean of the probabilities', () => {
    const shares = probabilities(scales);
    answer('additive', []).forEach((value, unit) => {
      const mean = logits.reduce((sum, row, exit) => sum + shares[exit]! * probabilities(row)[unit]!, 0);
      expect(Math.exp(value)).toBeCloseTo(mean, 5);
    });
    expect(() => new EnsembleLogits({ method: 'mean' as 'additive' })).toThrow('geometric or additive');
  });
});

it.each([
  ['boosted', boostExits],
  ['geometric', (network: MultiExitModel) => cascadeHeads(network)],
  ['additive', (network: MultiExitModel) => cascadeHeads(network, { ensemble: 'additive' })],
])('%s exits answer alike stage by stage, and when saved and loaded', async (_, combine) => {
  const network = combine(separate());
  const inputs = randomInputs(network.model, 3)[0]!;
  const expected = answers(network, inputs).flat(2);
  const loaded = await fromModelArtifacts(await toModelArtifacts(network), 'the network');
  for (const found of [staged(network, inputs), answers(loaded, inputs)])
    found.flat(2).forEach((value, index) => {
      expect(value).toBeCloseTo(expected[index]!, 5);
    });
  expect(loaded.metadata).toEqual(network.metadata);
});
