import { randomNetwork } from '@earlyexit/testing/networks';
import '@tensorflow/tfjs-backend-cpu';
import { ancestors, countMacs, readLayerGraph } from '@earlyexit/profiler';
import { beforeAll, describe, expect, it } from 'vitest';
import { attachExits } from './attaching/attach-exits';
import type { ExitSpecification } from './attaching/exit-specification';
import type { MultiExitModel } from './metadata/multi-exit-model';
import { splitStages, type Stage } from './split-stages';
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
} from './test-networks';
import { tf, tfl } from './tf';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const cases: [string, () => tfl.LayersModel, ExitSpecification[]][] = [
  [
    'vgg',
    vggLike,
    [
      { after: 'relu1', head: 'pooled' },
      { after: 'dense1', head: 'linear' },
    ],
  ],
  [
    'u-net, cut in the encoder and in the decoder',
    uNetLike,
    [
      { after: 'down2', head: 'linear' },
      { after: 'bottom_elu', head: 'pooled' },
      { after: 'up2_concat', head: 'mixed-pool' },
    ],
  ],
  [
    'inception, a cut in one branch',
    inceptionLike,
    [
      { after: 'deep1', head: 'pooled' },
      { after: 'wide', head: 'linear' },
    ],
  ],
  [
    'residual, cuts inside both blocks',
    residual,
    [
      { after: 'block1_relu1', head: 'avgpool-dense' },
      { after: 'block2_norm', head: 'branchynet' },
    ],
  ],
  ['perceptron', perceptron, [{ after: 'hidden1', head: 'linear' }]],
  [
    'shared layers',
    sharedLayers,
    [
      { after: 'shared', head: 'pooled' },
      { after: 'b', head: 'pooled' },
    ],
  ],
  ['nested models', nested, [{ after: 'features/inner/inner_relu', head: 'pooled' }]],
  [
    'two inputs',
    twoInputs,
    [
      { after: 'conv', head: 'linear' },
      { after: 'gru:1', head: 'linear' },
    ],
  ],
  ['no exits', residual, []],
];

/** Runs the stages one after the other; the logits of every exit. */
function runChain(stages: readonly Stage[], inputs: tf.Tensor[]): tf.Tensor[] {
  return tf.tidy(() => {
    let carried = inputs;
    return stages.map((stage) => {
      const result = stage.run(carried);
      carried = result.carried;
      return result.logits;
    });
  });
}

function predict(model: tfl.LayersModel, inputs: tf.Tensor[]): tf.Tensor[] {
  const outputs = model.predict(inputs);
  return Array.isArray(outputs) ? outputs : [outputs];
}

/** What holds for the stages of every network. */
function checkStages(multi: MultiExitModel): void {
  const { model, metadata } = multi;
  const inputs = randomInputs(model, 3);
  const stages = splitStages(multi);
  const expected = predict(model, inputs).map((tensor) => [...tensor.dataSync()]);
  const before = tf.memory().numTensors;
  const logits = runChain(stages, inputs);
  expect(tf.memory().numTensors - before).toBe(stages.length);
  // The same kernels on the same numbers: equal to the last bit.
  expect(logits.map((tensor) => [...tensor.dataSync()])).toEqual(expected);

  const graph = readLayerGraph(model);
  const layerNodes = graph.nodes.filter((node) => node.className !== 'InputLayer').map((node) => node.id);
  expect(stages.flatMap((stage) => stage.nodes.map((node) => node.id)).sort()).toEqual(
    [...layerNodes].sort(),
  );
  stages.forEach((stage, index) => {
    expect(stage.inputs).toEqual(index === 0 ? graph.inputs : stages[index - 1]!.outputs);
    const done = stages.slice(0, index + 1).flatMap((each) => each.nodes);
    expect(done.reduce((sum, node) => sum + countMacs(node), 0)).toBe(metadata.exits[index]!.macs);
    // Nothing is carried that nobody reads any more.
    const later = new Set(
      stages.slice(index + 1).flatMap((each) => [each.logits, ...each.nodes.flatMap((n) => n.inputs)]),
    );
    for (const id of stage.outputs) expect(later).toContain(id);
    // Nothing runs that this exit does not need.
    const needed = ancestors(graph, graph.outputs.slice(0, index + 1));
    for (const node of done) expect(needed).toContain(node.id);
  });
}

describe('splitStages', () => {
  it.each(cases)('chained, the stages equal the whole network: %s', (_, make, exits) => {
    const multi = attachExits(make(), exits);
    randomizeWeights(multi.model, 1);
    checkStages(multi);
  });

  it('carries every tensor that is alive across a cut inside a residual block', () => {
    const stages = splitStages(attachExits(residual(), [{ after: 'block1_relu1', head: 'pooled' }]));
    expect(stages[0]!.outputs).toEqual(['stem', 'block1_relu1']);
  });

  it('carries an input that a later stage reads again', () => {
    const stages = splitStages(attachExits(uNetLike(), [{ after: 'down1_relu', head: 'pooled' }]));
    expect(stages[0]!.outputs).toEqual(['image', 'down1_relu']);
  });

  it.each(Array.from({ length: 60 }, (_, seed) => seed))('splits random network %i', (seed) => {
    const multi = randomNetwork(seed);
    checkStages(multi);
    multi.model.dispose();
  });

  it('leaves the model and its inputs as they are', () => {
    const multi = attachExits(residual(), [{ after: 'block1_relu1', head: 'pooled' }]);
    const nodes = (): number[] =>
      multi.model.layers.map((layer) => layer.inboundNodes.length + layer.outboundNodes.length);
    const before = nodes();
    const inputs = randomInputs(multi.model, 2);
    tf.dispose(runChain(splitStages(multi), inputs));
    expect(nodes()).toEqual(before);
    expect(inputs[0]!.isDisposed).toBe(false);
    tf.dispose(inputs);
  });

  it('gives results that live and die on their own', () => {
    const multi = attachExits(uNetLike(), [{ after: 'down1_relu', head: 'pooled' }]);
    const [first, second] = splitStages(multi);
    const inputs = randomInputs(multi.model, 2);
    const before = tf.memory().numTensors;
    const { logits, carried } = first!.run(inputs);
    expect(tf.memory().numTensors - before).toBe(1 + carried.length);
    tf.dispose(inputs);
    logits.dispose();
    const result = second!.run(carried);
    expect(result.carried).toEqual([]);
    expect(result.logits.shape).toEqual([2, 3]);
    tf.dispose([carried, result.logits]);
    expect(tf.memory().numTensors).toBe(before - 1);
  });

  it('holds no more tensors than are alive', () => {
    const input = tfl.input({ shape: [4] });
    let x: tfl.SymbolicTensor = input;
    for (let depth = 0; depth < 30; depth++) {
      x = tfl.layers.dense({ units: 4, name: `deep${String(depth)}` }).apply(x) as tfl.SymbolicTensor;
    }
    const [stage] = splitStages(attachExits(tfl.model({ inputs: input, outputs: x }), []));
    const before = tf.memory().numTensors;
    let most = 0;
    const last = stage!.nodes.at(-1)!.layer;
    last.setCallHook(() => (most = Math.max(most, tf.memory().numTensors - before)));
    tf.tidy(() => stage!.run([tf.zeros([1, 4])]));
    // The input, the tensor before the last layer and what the layer itself makes; not the 28 before.
    expect(most).toBeLessThan(6);
    last.clearCallHook();
  });

  it('says how many tensors a stage takes', () => {
    const [stage] = splitStages(attachExits(residual(), []));
    expect(() => stage!.run([])).toThrow(
      'stage.run(inputs): this stage takes 1 tensors (image). Received: 0.',
    );
  });

  it('refuses what cannot be cut', () => {
    const model = tfl.sequential({
      layers: [
        tfl.layers.embedding({ inputDim: 9, outputDim: 4, inputLength: 5, maskZero: true, name: 'words' }),
        tfl.layers.simpleRNN({ units: 3, recurrentInitializer: 'zeros', name: 'rnn' }),
        tfl.layers.dense({ units: 2, name: 'logits' }),
      ],
    });
    expect(() => splitStages(attachExits(model, []))).toThrow(
      "masks do not travel from stage to stage. Received: layer 'words'",
    );
  });
});
