// Regimes whose exits answer together: which gradients there are, and against calculations by hand.
import { selectEngine } from '@earlyexit/backend';
import { boostExits, cascadeHeads, type MultiExitModel } from '@earlyexit/branch-head';
import { logSoftmax } from '@earlyexit/exit-criteria';
import { readLayerGraph } from '@earlyexit/profiler';
import { beforeAll, describe, expect, it } from 'vitest';
import { describePhase, openPhaseNetwork } from '../phase/phase-network';
import { computeGradient } from '../step/training-step';
import { threeExits } from '../testing/three-exits';
import { stripes, tinyNetwork } from '../testing/tiny-network';
import type { tf } from '../tf';
import { train } from '../training/train';
import { namedWeights } from '../weights/named-weights';
import { boosted } from './boosted';
import type { Regime, TrainingPhase } from './regime';
import { zeroTimeWaste } from './zero-time-waste';

beforeAll(() => selectEngine('wasm'));

const data = stripes(6);
const context = { epochs: 10, earlyExits: 2, lossWeights: () => [1, 1, 1] };

/** The gradient of every trained weight in a phase, and the losses, for all samples. */
async function gradientsOf(
  network: MultiExitModel,
  phase: TrainingPhase,
): Promise<{ gradients: Map<string, number[]>; losses: number[] }> {
  const graph = readLayerGraph(network.model);
  const description = describePhase(phase, graph, namedWeights(graph));
  const opened = openPhaseNetwork(description, graph, namedWeights(graph), {
    ...{ imageShape: [6, 6, 1], classes: 3, labelSmoothing: 0 },
  });
  const images = await data.load(Int32Array.from({ length: 6 }, (_, row) => row));
  const weights = description.computed.map((exit) => phase.lossWeights(0)[exit]!);
  const factors = { weights, temperature: 1 };
  const { gradient, statistics } = await computeGradient(
    { images, labels: data.labels },
    factors,
    opened.gradient,
  );
  const values = gradient.dataSync();
  let at = 0;
  const gradients = new Map(
    opened.parameters.weights.map(({ key, weight }) => {
      const size = weight.read().size;
      at += size;
      return [key, [...values.slice(at - size, at)]];
    }),
  );
  opened.dispose();
  return { gradients, losses: [...statistics.losses] };
}

/** Cross-entropy and the gradient of the bias behind logits: the batch mean of softmax − target. */
function byHand(logits: number[][]): { loss: number; bias: number[] } {
  const bias = [0, 0, 0];
  let loss = 0;
  for (const [row, values] of logits.entries()) {
    const logs = logSoftmax(Float64Array.from(values), 3);
    loss -= logs[data.labels[row]!]! / logits.length;
    for (const unit of bias.keys())
      bias[unit]! += (Math.exp(logs[unit]!) - (unit === data.labels[row] ? 1 : 0)) / logits.length;
  }
  return { loss, bias };
}

async function logitsOf(network: MultiExitModel): Promise<number[][][]> {
  const { tf: engine } = await import('../tf');
  const images = await data.load(Int32Array.from({ length: 6 }, (_, row) => row));
  const outputs = network.model.predict(engine.tensor4d(images, [6, 6, 6, 1])) as tf.Tensor[];
  return outputs.map((each) => each.arraySync() as number[][]);
}

/** Which layers of the network change in a training. */
async function changed(network: MultiExitModel, regime: Regime, epochs: number): Promise<string[][]> {
  const read = (): Map<string, string> =>
    new Map(
      network.model.layers.map((layer) => [
        layer.name,
        layer.weights.map((weight) => weight.read().dataSync().join()).join(),
      ]),
    );
  let before = read();
  const all: string[][] = [];
  await train({
    ...{ model: network, train: stripes(24), epochs, batchSize: 8, regime },
    onEvent: ({ type }) => {
      if (type !== 'epoch') return;
      const now = read();
      all.push([...now].filter(([name, weights]) => before.get(name) !== weights).map(([name]) => name));
      before = now;
    },
  });
  return all;
}

describe('boosted', () => {
  it('lets each head learn from the loss of its own sum alone', async () => {
    const network = boostExits(threeExits());
    const [phase] = boosted({ isBalanced: false }).phases({ ...context, combination: 'boosted' });
    const { gradients, losses } = await gradientsOf(network, phase!);
    const sums = await logitsOf(network);
    // dCE(F_n)/db_n: nothing comes from F_{n+1}, although b_n is part of it.
    for (const [exit, name] of ['exit0_dense', 'exit1_dense', 'answer'].entries()) {
      const { loss, bias } = byHand(sums[exit]!);
      expect(losses[exit]).toBeCloseTo(loss, 4);
      gradients.get(`${name}/bias`)!.forEach((value, unit) => {
        expect(value).toBeCloseTo(bias[unit]!, 5);
      });
    }
  });

  it('is in equilibrium: the backbone behind the last fork gets half of it', async () => {
    const network = boostExits(threeExits());
    const gradientAt = async (isBalanced: boolean): Promise<number[]> => {
      const [phase] = boosted({ isBalanced }).phases({ ...context, combination: 'boosted' });
      return (await gradientsOf(network, phase!)).gradients.get('conv2/bias')!;
    };
    const [plain, balanced] = [await gradientAt(false), await gradientAt(true)];
    balanced.forEach((value, channel) => {
      expect(value).toBeCloseTo(plain[channel]! / 2, 5);
    });
  });

  it('trains, and needs exits that add up', async () => {
    const [everything] = await changed(boostExits(threeExits()), boosted(), 1);
    expect(everything!.sort()).toEqual(['answer', 'conv1', 'conv2', 'conv3', 'exit0_dense', 'exit1_dense']);
    const alone = train({ model: tinyNetwork(), train: data, epochs: 1, regime: boosted() });
    await expect(alone).rejects.toThrow('boostExits(model)');
  });
});

describe('zero time waste', () => {
  const phases = zeroTimeWaste().phases({ ...context, combination: 'cascaded' });

  it('trains the backbone, the heads, the ensembles', async () => {
    expect(phases.map(({ name, epochs }) => [name, epochs])).toEqual([
      ['backbone', 5],
      ['heads', 4],
      ['ensembles', 1],
    ]);
    const alone = zeroTimeWaste({ backboneShare: 0 }).phases({ ...context, combination: 'cascaded' });
    expect(alone.map(({ epochs }) => epochs)).toEqual([8, 2]);
    expect(
      (await changed(cascadeHeads(threeExits()), zeroTimeWaste(), 3)).map((names) => names.sort()),
    ).toEqual([
      ['answer', 'conv1', 'conv2', 'conv3'],
      ['exit0_dense', 'exit1_dense', 'exit1_earlier_dense', 'exit1_earlier_norm'],
      ['exit1_ensemble'],
    ]);
  });

  it('lets each head learn from its own answer, and the ensemble from the answer together', async () => {
    const network = cascadeHeads(threeExits());
    const [first, together] = await logitsOf(network);
    // Both weigh a half before they are trained.
    const own = together!.map((row, sample) => row.map((value, unit) => 2 * value - first![sample]![unit]!));
    const heads = await gradientsOf(network, phases[1]!);
    for (const [exit, logits] of [first!, own].entries()) {
      const { loss, bias } = byHand(logits);
      expect(heads.losses[exit]).toBeCloseTo(loss, 4);
      heads.gradients.get(`exit${String(exit)}_dense/bias`)!.forEach((value, unit) => {
        expect(value).toBeCloseTo(bias[unit]!, 4);
      });
    }
    const { gradients, losses } = await gradientsOf(network, phases[2]!);
    const { loss, bias } = byHand(together!);
    expect(losses[1]).toBeCloseTo(loss, 4);
    expect([...gradients.keys()]).toEqual(['exit1_ensemble/scales', 'exit1_ensemble/bias']);
    gradients.get('exit1_ensemble/bias')!.forEach((value, unit) => {
      expect(value).toBeCloseTo(bias[unit]!, 5);
    });
  });

  it('refuses what cannot be', async () => {
    expect(() => zeroTimeWaste({ backboneShare: 1 })).toThrow(/backboneShare/);
    expect(() => zeroTimeWaste({ ensembleShare: 0 })).toThrow(/ensembleShare/);
    const cascaded = { ...context, combination: 'cascaded' } as const;
    expect(() => zeroTimeWaste().phases({ ...cascaded, epochs: 2 })).toThrow('at least 3 epochs');
    const alone = train({ model: tinyNetwork(), train: data, epochs: 3, regime: zeroTimeWaste() });
    await expect(alone).rejects.toThrow('cascadeHeads(model)');
  });
});
