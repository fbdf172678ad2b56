import { type Attribute, GraphBuilder, valueInfo, writeModel } from '@earlyexit/onnx/foreign';
import type { HeadShape } from './head-weights';

/** Steps that one run takes at most: what is fed for them has to be in memory. */
export const LONGEST_RUN = 64;

/** What a step needs besides its samples, in this order. */
export const STEP_NUMBERS = ['rate', 'share', 'bias1', 'bias2'] as const;

const [BETA_1, BETA_2, TINY, DECAY] = [0.9, 0.999, 1e-8, 1e-3];
const OPSET = 17;

/** The tensors that change from step to step: name and shape. */
export function trainedTensors({ inputs, hidden, classes }: HeadShape): readonly TrainedTensor[] {
  const weights =
    hidden === 0
      ? [
          { name: 'last', shape: [inputs, classes] },
          { name: 'lastBias', shape: [classes] },
        ]
      : [
          { name: 'first', shape: [inputs, hidden] },
          { name: 'firstBias', shape: [hidden] },
          { name: 'last', shape: [hidden, classes] },
          { name: 'lastBias', shape: [classes] },
        ];
  return weights.flatMap(({ name, shape }) => [
    { name, shape },
    { name: `${name}Mean`, shape },
    { name: `${name}Square`, shape },
  ]);
}

/** A weight of a head, or one of the two moments that Adam keeps of it. */
export interface TrainedTensor {
  readonly name: string;
  readonly shape: readonly number[];
}

/**
 * An ONNX file that fits a head: it takes the weights, their moments and several batches, and returns the weights and
 * moments after as many steps of Adam with decoupled decay. onnxruntime multiplies matrices far faster than JavaScript
 * does, and is here anyhow.
 *
 * Inputs: `trainedTensors`, then `features` `[steps, batch, inputs]`, `targets` `[steps, batch, classes]` and `numbers`
 * `[steps, 4]`. Outputs: `trainedTensors` again, `…_out`.
 */
export function trainingGraph(shape: HeadShape): Uint8Array<ArrayBuffer> {
  const { inputs, hidden, classes } = shape;
  const graph = new GraphBuilder(OPSET);
  const tensors = trainedTensors(shape);
  const scanned: readonly (readonly [string, readonly (number | string)[]])[] = [
    ['features', ['batch', inputs]],
    ['targets', ['batch', classes]],
    ['numbers', [STEP_NUMBERS.length]],
  ];
  for (const { name } of tensors) graph.unique(name);
  for (const [name] of scanned) graph.unique(name);
  const step = graph.subgraph();
  const inside = (name: string): string => step.unique(`${name}_in`);
  const own = new Map(tensors.map(({ name }) => [name, inside(name)]));
  const fed = new Map(scanned.map(([name]) => [name, inside(name)]));
  const stepped = writeStep(step, { own, fed, hasHidden: hidden > 0 });
  const body = step.build(
    'step',
    [
      ...tensors.map(({ name, shape: dims }) => valueInfo(own.get(name)!, dims)),
      ...scanned.map(([name, dims]) => valueInfo(fed.get(name)!, dims)),
    ],
    tensors.map(({ name, shape: dims }) => valueInfo(stepped.get(name)!, dims)),
  );
  const outputs = tensors.map(({ name }) => graph.unique(`${name}_out`));
  graph.addNamed('Scan', [...tensors.map(({ name }) => name), ...scanned.map(([name]) => name)], outputs, {
    body: { graph: body },
    num_scan_inputs: { int: scanned.length },
  });
  const message = graph.build(
    'training',
    [
      ...tensors.map(({ name, shape: dims }) => valueInfo(name, dims)),
      ...scanned.map(([name, dims]) => valueInfo(name, ['steps', ...dims])),
    ],
    tensors.map(({ shape: dims }, index) => valueInfo(outputs[index]!, dims)),
  );
  return writeModel({
    irVersion: 8,
    producerName: 'earlyexit',
    producerVersion: '',
    graph: message,
    opsetImport: [{ domain: '', version: OPSET }],
    metadataProps: [],
  });
}

/** One step of Adam: returns what each of the tensors becomes. */
function writeStep(
  graph: GraphBuilder,
  {
    own,
    fed,
    hasHidden,
  }: {
    readonly own: ReadonlyMap<string, string>;
    readonly fed: ReadonlyMap<string, string>;
    readonly hasHidden: boolean;
  },
): ReadonlyMap<string, string> {
  const op = (type: string, names: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}) =>
    graph.add(type, names, attributes);
  const named = (name: string): string => own.get(name)!;
  const features = fed.get('features')!;
  const numbers = graph.addMany('Split', [fed.get('numbers')!], [...STEP_NUMBERS], { axis: { int: 0 } });
  const [rate, share, bias1, bias2] = numbers as [string, string, string, string];

  const middle = hasHidden
    ? op('Relu', [op('Gemm', [features, named('first'), named('firstBias')])])
    : features;
  const logits = op('Gemm', [middle, named('last'), named('lastBias')]);
  const answers = op('Softmax', [logits], { axis: { int: 1 } });
  const error = op('Mul', [op('Sub', [answers, fed.get('targets')!]), share]);
  const slopes = new Map<string, string>();
  const layer = (name: string, input: string, behind: string): void => {
    slopes.set(name, op('Gemm', [input, behind], { transA: { int: 1 } }));
    slopes.set(`${name}Bias`, op('ReduceSum', [behind, graph.integers([0])], { keepdims: { int: 0 } }));
  };
  layer('last', middle, error);
  if (hasHidden) {
    // Behind the ReLU, where it let something through.
    const open = op('Cast', [op('Greater', [middle, graph.scalar(0)])], { to: { int: 1 } });
    layer('first', features, op('Mul', [op('Gemm', [error, named('last')], { transB: { int: 1 } }), open]));
  }

  const made = new Map<string, string>();
  for (const [name, slope] of slopes) {
    const blend = (moment: string, beta: number, value: string): string =>
      op('Add', [op('Mul', [named(moment), graph.scalar(beta)]), op('Mul', [value, graph.scalar(1 - beta)])]);
    const mean = blend(`${name}Mean`, BETA_1, slope);
    const square = blend(`${name}Square`, BETA_2, op('Mul', [slope, slope]));
    const size = op('Add', [op('Sqrt', [op('Div', [square, bias2])]), graph.scalar(TINY)]);
    const move = op('Div', [op('Div', [mean, bias1]), size]);
    const drawn = name.endsWith('Bias')
      ? move
      : op('Add', [move, op('Mul', [named(name), graph.scalar(DECAY)])]);
    made.set(name, op('Sub', [named(name), op('Mul', [drawn, rate])]));
    made.set(`${name}Mean`, mean);
    made.set(`${name}Square`, square);
  }
  return made;
}

/** What Adam divides its moments by after so many steps. */
export function biasCorrections(steps: number): readonly [number, number] {
  return [1 - BETA_1 ** steps, 1 - BETA_2 ** steps];
}
