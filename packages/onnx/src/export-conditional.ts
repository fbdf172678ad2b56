import type { MultiExitModel } from '@earlyexit/branch-head';
import { thresholdToJson } from '@earlyexit/exit-criteria';
import { describeColors, readColors } from './color-input';
import type { StateValue } from './criteria/criterion-graph';
import { getCriterionGraph } from './criteria/criterion-graphs';
import {
  type Answers,
  findRows,
  foldTemperature,
  mergeAnswers,
  nameOutputs,
  splitThresholds,
  writeRule,
} from './graph/conditional-answers';
import { type Decision, resolveDecision } from './decision';
import type { ConditionalExportOptions } from './export-options';
import { type GraphBuilder, valueInfo } from './graph/graph-builder';
import { reviveBlocks } from './graph/revive-blocks';
import { graphShape, toPlain, type Value } from './layers/value';
import { finishModel } from './model-file';
import { batched, BATCH, describeValue, openNetwork, type OpenedNetwork, startGraph } from './network';
import { dtypeOf, finishGraph } from './quantize/finish-graph';

/**
 * Writes the network as one file that really exits early: samples that are sure enough leave, the batch shrinks inside
 * the graph, and stages that no sample reaches are not computed.
 *
 * Inputs: `pixel_values` `[batch, channels, height, width]` float32, preprocessed, and `thresholds` `[exits − 1]`
 * float32 (unless they are constants). Outputs: `logits` `[batch, classes]` of the answering exit, `exit_index`
 * `[batch]` int64, `score` `[batch]` float32, in the order of the inputs. The class is the argmax of `logits` under
 * every criterion; under one that answers with log-probabilities (`ensemble`), an early exit's `logits` are those
 * log-probabilities.
 *
 * A threshold of +Infinity (−Infinity for the entropies, where lower is surer) never lets a sample leave, nor does NaN
 * in runtimes that compare as the standard says; the other infinity always does, whatever the score. With the same
 * reservation, a sample whose logits are not finite never leaves early at a numeric threshold.
 *
 * @throws ArgumentError for a layer that is not supported, or options that do not fit
 */
export async function exportConditional(
  model: MultiExitModel,
  options: ConditionalExportOptions = {},
): Promise<Uint8Array> {
  const { metadata } = model;
  const decision = resolveDecision(metadata, options);
  const graph = startGraph(options, 'exportConditional');
  const network = await openNetwork(model, 'exportConditional');
  const earlyExits = network.stages.length - 1;
  for (const name of ['pixel_values', 'thresholds', 'logits', 'exit_index', 'score']) graph.unique(name);

  const asInput = decision.thresholdsAs === 'input' && earlyExits > 0;
  const limits = asInput ? splitThresholds(graph, earlyExits) : [];
  const colors =
    options.colorInput === true ? readColors(graph, network.input, model.metadata.preprocessing) : null;
  const input = colors?.input ?? network.input;
  const { foldTemperatures = false, runtime = 'onnxruntime' } = options;
  const dtype = dtypeOf(options);
  const answers = writeLevel({ network, decision, limits, dtype, foldTemperatures, runtime }, graph, {
    exit: 0,
    values: new Map([[network.inputId, colors?.gray ?? network.input]]),
    state: [],
  });
  nameOutputs(graph, answers);

  const inputs = [describeValue(input), ...(asInput ? [valueInfo('thresholds', [earlyExits])] : [])];
  const outputs = [
    valueInfo('logits', batched([network.classes])),
    valueInfo('exit_index', [BATCH], 'int64'),
    valueInfo('score', [BATCH]),
  ];
  const message = finishGraph(graph.build(metadata.name, inputs, outputs), graph, options).graph;
  return finishModel(message, graph.opset, {
    format: 'earlyexit-onnx',
    formatVersion: 1,
    kind: 'conditional',
    dtype: dtypeOf(options),
    inputShape: input.shape,
    decision: {
      criterion: decision.criterion,
      thresholds: decision.thresholds?.map(thresholdToJson) ?? null,
      thresholdsAs: asInput ? 'input' : 'constants',
      temperatures: foldTemperatures ? decision.temperatures.map(() => 1) : decision.temperatures,
    },
    network: colors === null ? metadata : describeColors(metadata),
  });
}

/** What stays the same from level to level. */
interface Plan {
  readonly network: OpenedNetwork;
  readonly decision: Decision;
  /** `[1]` float32, the threshold of each early exit, if they are an input. */
  readonly limits: readonly string[];
  readonly dtype: 'float32' | 'int8';
  readonly foldTemperatures: boolean;
  readonly runtime: 'onnxruntime' | 'openvino';
}

/** Where a level of the nesting begins: the samples that no earlier exit answered. */
interface LevelStart {
  readonly exit: number;
  /** The tensors that are still needed, by their ids in the network. */
  readonly values: Map<string, Value>;
  readonly state: readonly StateValue[];
}

/** Writes the stage of an exit and everything after it. */
function writeLevel(plan: Plan, graph: GraphBuilder, { exit, values, state }: LevelStart): Answers {
  const { network, decision } = plan;
  const { criterion, temperatures } = decision;
  const stage = network.stages[exit]!;
  network.converter.convert(graph, stage.nodes, values);
  const { classes } = network;
  const logits = toPlain(graph, values.get(stage.logits)!).name;
  const temperature = temperatures[exit]!;
  const scored = getCriterionGraph(criterion)({ graph, logits, classes, temperature, exit, state });
  const isFinal = exit === network.stages.length - 1;
  // Under every criterion the final exit answers for itself.
  const answer = isFinal ? logits : scored.answer;
  const own = {
    logits: plan.foldTemperatures
      ? foldTemperature(graph, answer, { criterion, temperature, isFinal })
      : answer,
    score: scored.score,
  };
  const here: Answers = { ...own, exit: { passed: 0, more: null } };

  const constant = decision.thresholdsAs === 'constants' && !isFinal ? decision.thresholds![exit]! : null;
  if (isFinal || constant === 'always') return here;
  const alive = new Map(stage.outputs.map((id) => [id, values.get(id)!]));
  if (constant === 'never') {
    const later = writeLevel(plan, graph, { exit: exit + 1, values: alive, state: scored.state });
    return { ...later, exit: { ...later.exit, passed: later.exit.passed + 1 } };
  }

  const leaves = writeRule(graph, decision.criterion, scored, constant ?? plan.limits[exit]!);
  const { stays, rows } = findRows(graph, leaves);
  const rest = graph.subgraph();
  const gathered = gatherRows(
    plan,
    { from: graph, to: rest },
    { values: alive, state: scored.state, rows, exit },
  );
  const later = writeLevel(plan, rest, { exit: exit + 1, ...gathered });
  return mergeAnswers({ from: graph, to: rest }, { own, later, stays, rows, exit, classes });
}

/** Every tensor that is still needed, for the samples that go on. */
function gatherRows(
  { network, dtype, runtime }: Plan,
  { from: outer, to: graph }: { readonly from: GraphBuilder; readonly to: GraphBuilder },
  start: {
    readonly values: ReadonlyMap<string, Value>;
    readonly state: readonly StateValue[];
    readonly rows: string;
    readonly exit: number;
  },
): { values: Map<string, Value>; state: StateValue[] } {
  const gather = (name: string): string => graph.add('GatherND', [name, start.rows], {}, `${name}_left`);
  const free = `left_${start.exit + 1}`;
  // After the first exit OpenVINO does not know the number of samples either.
  const isStatic = runtime === 'openvino' && start.exit === 0;
  const values = new Map<string, Value>();
  for (const [id, value] of start.values) {
    if (isStatic && value.layout === 'channels-first') {
      values.set(id, gatherFlat({ outer, graph }, value, gather, free));
      continue;
    }
    if (dtype === 'int8' && value.layout === 'channels-first') {
      const [channels, height, width] = graphShape(value);
      // Integer convolutions keep the channels last: gathered in that order, nothing has to be transposed.
      const last = gather(outer.add('Transpose', [value.name], { perm: { ints: [0, 2, 3, 1] } }));
      graph.describe(last, [free, height!, width!, channels!]);
      const first = graph.add('Transpose', [last], { perm: { ints: [0, 3, 1, 2] } }, last);
      values.set(id, { ...value, name: first });
      continue;
    }
    const name = gather(value.name);
    graph.describe(name, [free, ...graphShape(value)]);
    const ready = entersAddition(network, id, value) ? reviveBlocks(graph, name) : name;
    if (ready !== name) graph.describe(ready, [free, ...graphShape(value)]);
    values.set(id, { ...value, name: ready });
  }
  const state = start.state.map((column) => ({ ...column, name: gather(column.name) }));
  return { values, state };
}

/**
 * Gathers rows of a map whose channels come last and whose pixels are one axis. OpenVINO keeps the channels of maps
 * last but cannot gather maps in that layout. A map of known size that is flattened first and transposed afterwards is
 * taken as it lies in memory; with two pixel axes OpenVINO would copy it twice, with strides that are slow for every
 * power of two.
 */
function gatherFlat(
  { outer, graph }: { readonly outer: GraphBuilder; readonly graph: GraphBuilder },
  value: Value,
  gather: (name: string) => string,
  free: string,
): Value {
  const [channels, height, width] = graphShape(value);
  const area = height! * width!;
  const turn = { perm: { ints: [0, 2, 1] } };
  const flat = outer.add('Reshape', [value.name, outer.integers([0, channels!, area])]);
  const left = gather(outer.add('Transpose', [flat], turn));
  graph.describe(left, [free, area, channels!]);
  const first = graph.add('Transpose', [left], turn);
  const shape = graph.integers([0, channels!, height!, width!]);
  return { ...value, name: graph.add('Reshape', [first, shape], {}, left) };
}

/** Whether a feature map is one side of a residual addition. */
function entersAddition({ converter }: OpenedNetwork, id: string, { layout }: Value): boolean {
  return layout === 'channels-first' && converter.consumersOf(id).some((node) => node.className === 'Add');
}
