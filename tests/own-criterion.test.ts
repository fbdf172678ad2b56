// A criterion from outside goes wherever those of the package go.
import { selectEngine } from '@earlyexit/backend';
import { computeLogits, type MultiExitModel, withPolicy } from '@earlyexit/branch-head';
import { loadModel, saveModel } from '@earlyexit/branch-head/node';
import { controlRisk, oracle } from '@earlyexit/calibration';
import {
  calibrateModel,
  comparePolicies,
  decideSession,
  evaluatePolicy,
  evaluate,
} from '@earlyexit/evaluation';
import {
  costsOf,
  listCriteria,
  registerCriterion,
  scoreProbabilities,
  simulate,
  softmax,
} from '@earlyexit/exit-criteria';
import { loadSession, loadStagedSession } from '@earlyexit/inference/onnx';
import { createSession } from '@earlyexit/inference/tfjs';
import { createModel } from '@earlyexit/model-zoo';
import {
  exportConditional,
  exportStaged,
  reduceClasses,
  registerCriterionGraph,
  scoredAlone,
  softmaxOf,
} from '@earlyexit/onnx';
import { noiseImages, temporaryFolder } from '@earlyexit/testing';
import { beforeAll, expect, it } from 'vitest';

const COUNT = 96;
const folder = await temporaryFolder();
let model: MultiExitModel;
let cached: Awaited<ReturnType<typeof computeLogits>>;
const images = { data: noiseImages(COUNT, [8, 8, 3]), count: COUNT };
const size = 8 * 8 * 3;
const source = {
  size: COUNT,
  labels: Int32Array.from({ length: COUNT }, (_, row) => row % 4),
  imageShape: [8, 8, 3] as const,
  load: (rows: Int32Array) =>
    Promise.resolve(
      Float32Array.from(
        { length: rows.length * size },
        (_, i) => images.data[rows[Math.floor(i / size)]! * size + (i % size)]!,
      ),
    ),
};

/** The probability that two draws from the softmax differ. */
const impurityOf = (p: Iterable<number>): number => [...p].reduce((left, value) => left - value * value, 1);

beforeAll(async () => {
  await selectEngine('cpu');
  model = createModel('test_resnet_2exits');
  cached = await computeLogits(model, source);
  registerCriterion({
    name: 'gini',
    description: 'Gini impurity of the softmax',
    rule: 'score < threshold',
    scale: { kind: 'doubt', thresholdAt: (doubt, classes) => doubt * (1 - 1 / classes) },
    evaluate: (batch) => scoreProbabilities(batch, 'gini', (logP) => impurityOf(logP.map(Math.exp))),
  });
});

/** Half way between two scores in the middle, so that rounding decides nothing. */
function middleThresholds(): number[] {
  return cached.exits.slice(0, -1).map((logits) => {
    const p = softmax(logits, cached.classes);
    const scores = Array.from({ length: COUNT }, (_, row) =>
      impurityOf(p.subarray(row * cached.classes, (row + 1) * cached.classes)),
    ).sort((a, b) => a - b);
    return (scores[COUNT / 2]! + scores[COUNT / 2 - 1]!) / 2;
  });
}

it('is listed, and its name is taken', () => {
  expect(listCriteria().at(-1)).toMatchObject({ name: 'gini', surerIs: 'lower', needsLabels: false });
  const again = {
    name: 'gini',
    description: '',
    rule: 'score < threshold',
    evaluate: listCriteria()[0]!.evaluate,
  } as const;
  expect(() => registerCriterion(again)).toThrow(
    "registerCriterion({ name }): no other criterion has this name. Received: 'gini'",
  );
  expect(() => registerCriterion({ ...again, name: 'Gini 2' })).toThrow(
    'lower-case letters, digits and dashes',
  );
  expect(() =>
    registerCriterion({ ...again, name: 'gini-2', rule: 'score = threshold' as 'score < threshold' }),
  ).toThrow("a rule is one of 'score < threshold'");
});

it('is simulated, calibrated, promised and compared', async () => {
  const [first] = simulate(cached, { criterion: 'gini', thresholds: [0.5, 'never'] }).scores;
  expect(first).toBeGreaterThan(0);
  const calibration = calibrateModel(
    model,
    { cached },
    { criterion: 'gini', aim: { maxAccuracyDrop: 0.05 } },
  );
  expect(calibration.policy.criterion).toBe('gini');
  const promised = controlRisk(cached, { criterion: 'gini', risk: 0.5 });
  expect(promised.thresholds).toHaveLength(2);
  const costs = costsOf(model.metadata);
  expect(oracle(cached, costs, { criteria: ['gini'] }).top1).toBeGreaterThan(0);
  const about = {
    model: 'm',
    dataset: 'd',
    split: 'test',
    engine: 'cpu',
    exitNames: ['exit0', 'exit1', 'final'],
  };
  expect(evaluatePolicy(cached, calibration.policy, costs, about)).toMatchObject({ criterion: 'gini' });
  const goal = { temperatures: [1, 1, 1], aim: { maxAccuracyDrop: 0.05 }, seed: 0 };
  const { policies } = await comparePolicies({ calibration: cached, test: cached, about, costs, ...goal });
  expect(policies.map(({ criterion }) => criterion)).toContain('gini');
});

it('decides in sessions, is saved and loaded', async () => {
  const policy = { criterion: 'gini', thresholds: middleThresholds() };
  const expected = simulate(cached, policy);
  const decided = withPolicy(model, policy);
  await saveModel(decided, folder);
  const loaded = await loadModel(folder);
  expect(loaded.metadata.policy).toMatchObject({ criterion: 'gini' });
  const answers = await createSession(loaded).run(images);
  expect(answers.exits).toEqual(expected.exitIndex);
  expect(new Set(answers.exits).size).toBeGreaterThan(1);
  const staged = await loadStagedSession(await exportStaged(decided));
  expect((await staged.run(images)).exits).toEqual(expected.exitIndex);
  staged.dispose();
  loaded.model.dispose();
});

it('is refused by the exporter without a graph, and agrees with one', async () => {
  const policy = { criterion: 'gini', thresholds: middleThresholds(), temperatures: [1.5, 0.8, 1] };
  await expect(exportConditional(model, policy)).rejects.toThrow(
    /needs the criterion as a graph.*Received: 'gini'/s,
  );
  registerCriterionGraph('gini', (exit) => {
    const { graph } = exit;
    const p = softmaxOf(exit);
    const squares = reduceClasses(graph, 'ReduceSum', graph.add('Mul', [p, p]), 'same_twice');
    return scoredAlone(exit, graph.add('Sub', [graph.scalar(1), squares], {}, 'score'));
  });
  expect(() => registerCriterionGraph('gini', () => ({}) as never)).toThrow('a criterion has one graph');
  expect(() => registerCriterionGraph('ginni', () => ({}) as never)).toThrow('Perhaps gini was meant');
  expect(() => registerCriterionGraph('cross-entropy-oracle', () => ({}) as never)).toThrow(
    'needs no labels',
  );
  for (const opset of [13, 18]) {
    const session = await loadSession(await exportConditional(model, { ...policy, opset }), { threads: 1 });
    const answers = await session.run(images);
    const expected = simulate(cached, policy);
    expect(answers.exits).toEqual(expected.exitIndex);
    answers.scores.forEach((score, row) => expect(score).toBeCloseTo(expected.scores[row]!, 4));
    const document = await evaluate(decideSession(session), source, {
      dataset: 'd',
      engine: 'onnxruntime',
    });
    expect(document).toMatchObject({ criterion: 'gini', samples: COUNT });
    session.dispose();
  }
});
