import { selectEngine } from '@earlyexit/backend';
import { beforeAll, describe, expect, it } from 'vitest';
import { stripes, tinyNetwork } from '../testing/tiny-network';
import { train } from '../training/train';
import type { TrainOptions } from '../training/train-options';
import { distill } from './distill';
import { frozen } from './frozen';
import { joint } from './joint';
import { twoStage } from './two-stage';

beforeAll(async () => {
  await selectEngine('wasm');
});

const context = (epochs: number, earlyExits = 1): Parameters<ReturnType<typeof joint>['phases']>[0] => ({
  epochs,
  earlyExits,
  lossWeights: () => [0.3, 0.7],
});

/** Names of the layers whose weights differ after training from before, and the result. */
async function changes(options: Partial<TrainOptions>): Promise<{ changed: string[]; epochs: number[][] }> {
  const model = tinyNetwork();
  const read = (): Map<string, string> =>
    new Map(
      model.model.layers.map((layer) => [
        layer.name,
        layer.weights.map((weight) => weight.read().dataSync().join()).join(),
      ]),
    );
  const before = read();
  const { epochs } = await train({ model, train: stripes(12), epochs: 1, batchSize: 4, ...options });
  const changed = [...read()].filter(([name, weights]) => before.get(name) !== weights).map(([name]) => name);
  return {
    changed: changed.sort(),
    epochs: epochs.map(({ trainLosses }) =>
      [...trainLosses.entries()].filter(([, loss]) => loss !== null).map(([exit]) => exit),
    ),
  };
}

const everything = ['bn1', 'conv1', 'conv2', 'exit0_dense', 'final_dense'];

describe('regimes', () => {
  it('joint trains everything', async () => {
    expect(await changes({ regime: joint() })).toEqual({ changed: everything, epochs: [[0, 1]] });
  });

  it('frozen trains the heads alone, and moves no statistics of the backbone', async () => {
    expect(await changes({ regime: frozen() })).toEqual({ changed: ['exit0_dense'], epochs: [[0]] });
  });

  it('two-stage trains the backbone alone, then the heads alone or everything', async () => {
    const backbone = everything.filter((name) => name !== 'exit0_dense');
    expect(
      await changes({ regime: { ...twoStage(), phases: () => [twoStage().phases(context(2))[0]!] } }),
    ).toEqual({
      changed: backbone,
      epochs: [[1]],
    });
    expect(await changes({ regime: twoStage(), epochs: 2 })).toEqual({
      changed: everything,
      epochs: [[1], [0]],
    });
    const branchy = await changes({ regime: twoStage({ second: 'everything' }), epochs: 2 });
    expect(branchy).toEqual({ changed: everything, epochs: [[1], [0, 1]] });
  });

  it('the second stage of two leaves the backbone as the first left it', async () => {
    const weights: string[] = [];
    const model = tinyNetwork();
    await train({
      model,
      train: stripes(12),
      epochs: 2,
      batchSize: 4,
      regime: twoStage(),
      onEvent: (event) => {
        if (event.type === 'epoch') {
          const backbone = ['conv1', 'bn1', 'conv2', 'final_dense'].map(
            (name) => model.model.getLayer(name).weights,
          );
          weights.push(
            backbone
              .flat()
              .map((weight) => weight.read().dataSync().join())
              .join(),
          );
        }
      },
    });
    expect(weights[1]).toBe(weights[0]);
  });

  it('distill trains everything, and otherwise than joint', async () => {
    expect(await changes({ regime: distill() })).toEqual({ changed: everything, epochs: [[0, 1]] });
    const weights = async (regime: ReturnType<typeof joint>): Promise<string> => {
      const model = tinyNetwork();
      await train({ model, train: stripes(12), epochs: 1, batchSize: 4, regime });
      return model.model.getLayer('exit0_dense').weights[0]!.read().dataSync().join();
    };
    expect(await weights(distill())).not.toBe(await weights(joint()));
    expect(await weights(distill({ share: 0 }))).toBe(await weights(joint()));
  });

  it.each([2, 3, 5, 10])('two-stage shares out %i epochs, at least one each', (epochs) => {
    for (const backboneShare of [0.01, 0.5, 0.99]) {
      const phases = twoStage({ backboneShare }).phases(context(epochs));
      expect(phases.map((phase) => phase.epochs).reduce((sum, part) => sum + part)).toBe(epochs);
      expect(phases.every((phase) => phase.epochs >= 1)).toBe(true);
    }
  });

  it('refuse what cannot be', () => {
    expect(() => twoStage().phases(context(1))).toThrow(/at least two epochs/);
    expect(() => twoStage({ backboneShare: 1 })).toThrow(/backboneShare/);
    for (const regime of [frozen(), twoStage(), distill()]) {
      expect(() => regime.phases(context(4, 0))).toThrow(/at least one early exit/);
    }
    expect(() => distill({ share: 2 })).toThrow(/distill\(\{ share/);
    expect(() => distill({ temperature: 0 })).toThrow(/distill\(\{ temperature/);
  });
});
