import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selectEngine } from '@earlyexit/backend';
import { readLayerGraph } from '@earlyexit/profiler';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startPhase } from '../phase/phase-trainer';
import { stripes, tinyNetwork, weightsOf } from '../testing/tiny-network';
import { planTraining } from '../training/plan-training';
import { train } from '../training/train';
import { namedWeights } from '../weights/named-weights';
import { annealedDistill } from './annealed-distill';
import { beYourOwnTeacher } from './be-your-own-teacher';
import { distill } from './distill';

let path: string;
beforeAll(() => selectEngine('wasm'));
beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), 'earlyexit-annealed-'));
});
afterEach(() => rm(path, { recursive: true, force: true }));

const data = { train: stripes(12), batchSize: 4, seed: 2 };

/** The temperature after a few steps, and how sure the final exit was at each. */
async function anneal(highestConfidence: number, factor: number): Promise<[number, (number | null)[]]> {
  const plan = planTraining({
    ...data,
    ...{ model: tinyNetwork(), epochs: 1, regime: annealedDistill({ highestConfidence, factor }) },
  });
  const graph = readLayerGraph(plan.model.model);
  const trainer = startPhase(plan.phases[0]!, plan, graph, namedWeights(graph));
  const confidences: (number | null)[] = [];
  for (let step = 0; step < 4; step += 1) {
    const images = await data.train.load(Int32Array.of(step, step + 1, step + 2));
    const batch = { images, labels: data.train.labels.slice(step, step + 3) };
    confidences.push((await trainer.step(batch, [0.5, 0.5], 0.01, step)).confidence);
  }
  const { numbers } = await trainer.save();
  trainer.dispose();
  return [numbers['distillation/temperature']!, confidences];
}

describe('distillation with an annealed temperature', () => {
  it('raises the temperature after each step in which the final exit is surer than allowed', async () => {
    // Of three classes the surest has at least a third, and at most all.
    const [always, confidences] = await anneal(0.3, 1.1);
    expect(always).toBeCloseTo(1.1 ** 4, 6);
    for (const each of confidences) {
      expect(each).toBeGreaterThanOrEqual(1 / 3);
      expect(each).toBeLessThanOrEqual(1);
    }
    const [between] = await anneal((confidences[0]! + 1) / 2, 1.1);
    expect(between).toBeLessThan(always);
    expect((await anneal(0.9999, 1.1))[0]).toBe(1);
  });

  it('is plain distillation as long as the temperature stays', async () => {
    const [plain, annealed] = [tinyNetwork(), tinyNetwork()];
    await train({ ...data, model: plain, epochs: 1, regime: distill({ temperature: 1 }) });
    await train({ ...data, model: annealed, epochs: 1, regime: annealedDistill({ factor: 1 }) });
    expect(weightsOf(annealed)).toEqual(weightsOf(plain));
  });

  it('keeps the temperature in the checkpoint', async () => {
    const runDirectory = join(path, 'run');
    const regime = annealedDistill({ highestConfidence: 0.3, factor: 1.5 });
    await train({ ...data, model: tinyNetwork(), epochs: 1, regime, runDirectory });
    const state = JSON.parse(
      await readFile(join(runDirectory, 'checkpoints', '000001-step-3', 'state.json'), 'utf8'),
    ) as { optimizerNumbers: Record<string, number> };
    expect(state.optimizerNumbers['distillation/temperature']).toBeCloseTo(1.5 ** 3, 5);
  });

  it('refuses what cannot be', () => {
    expect(() => annealedDistill({ factor: 0.5 })).toThrow(/annealedDistill\(\{ factor/);
    expect(() => annealedDistill({ highestConfidence: 1 })).toThrow(/highestConfidence/);
    expect(() => annealedDistill({ share: 2 })).toThrow(/annealedDistill\(\{ share/);
    expect(() => beYourOwnTeacher({ temperature: 0 })).toThrow(/beYourOwnTeacher\(\{ temperature/);
    const context = { epochs: 2, earlyExits: 0, lossWeights: () => [1] };
    expect(() => annealedDistill().phases(context)).toThrow(/annealed-distill/);
  });
});
