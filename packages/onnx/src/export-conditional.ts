import type { MultiExitModel } from '@earlyexit/branch-head';
import { getCriterion, type Threshold, thresholdToJson } from '@earlyexit/exit-criteria';
import type { StateValue } from './criteria/criterion-graph';
import { criterionGraphs } from './criteria/criterion-graphs';
import { type Decision, resolveDecision } from './decision';
import type { ConditionalExportOptions } from './export-options';
import { type GraphBuilder, valueInfo } from './graph/graph-builder';
import { graphShape, toPlain, type Value } from './layers/value';
import { finishModel } from './model-file';
import { batched, BATCH, describeInput, openNetwork, type OpenedNetwork, startGraph } from './network';

/**
 * Writes the network as one file that really exits early: samples that are sure leave, the batch shrinks inside the
 * graph, and what nobody is left for is not computed.
 *
 * Inputs: `pixel_values` `[batch, channels, height, width]` float32, preprocessed, and `thresholds` `[exits − 1]`
 * float32 (unless they are constants). Outputs: `logits` `[batch, classes]` of the answering exit, `exit_index`
 * `[batch]` int64, `score` `[batch]` float32, in the order of the inputs. The class is the argmax of `logits` under
 * every criterion: under `ensemble` an early exit's `logits` are the mean of the log-probabilities so far.
 *
 * A threshold of NaN never lets a sample leave; one of −Infinity (+Infinity for the entropies, where lower is surer)
 * always does, whatever the score. Logits that are not finite never leave early at a number.
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
  const packed = writeLevel({ network, decision, limits }, graph, {
    exit: 0,
    values: new Map([[network.inputId, network.input]]),
    state: [],
  });
  unpack(graph, packed, network.classes);

  const inputs = [describeInput(network), ...(asInput ? [valueInfo('thresholds', [earlyExits])] : [])];
  const outputs = [
    valueInfo('logits', batched([network.classes])),
    valueInfo('exit_index', [BATCH], 'int64'),
    valueInfo('score', [BATCH]),
  ];
  return finishModel(graph.build(metadata.name, inputs, outputs), graph.opset, {
    format: 'earlyexit-onnx',
    formatVersion: 1,
    kind: 'conditional',
    inputShape: network.input.shape,
    decision: {
      criterion: decision.criterion,
      thresholds: decision.thresholds?.map(thresholdToJson) ?? null,
      thresholdsAs: asInput ? 'input' : 'constants',
      temperatures: decision.temperatures,
    },
    network: metadata,
  });
}

/** What stays the same from level to level. */
interface Plan {
  readonly network: OpenedNetwork;
  readonly decision: Decision;
  /** `[1]` float32, the threshold of each early exit, where they are an input. */
  readonly limits: readonly string[];
}

/** Where a level of the nesting begins: the samples that no earlier exit answered. */
interface LevelStart {
  readonly exit: number;
  /** The tensors alive, by their ids in the network. */
  readonly values: Map<string, Value>;
  readonly state: readonly StateValue[];
}

/** `[exits − 1]` to one `[1]` for each. */
function splitThresholds(graph: GraphBuilder, count: number): string[] {
  if (count === 1) return ['thresholds'];
  const names = Array.from({ length: count }, (_, exit) => `threshold_${exit}`);
  return graph.addMany('Split', ['thresholds', graph.integers(names.map(() => 1))], names, { axis: { int: 0 } });
}

/**
 * Writes the stage of an exit and, behind it, everything that follows, and returns `[batch, classes + 2]`: the
 * logits, the score and the exit of each sample. One tensor, so that a level puts its answers in order once.
 */
function writeLevel(plan: Plan, graph: GraphBuilder, { exit, values, state }: LevelStart): string {
  const { network, decision } = plan;
  const { criterion, temperatures } = decision;
  const stage = network.stages[exit]!;
  network.converter.convert(graph, stage.nodes, values);
  const { classes } = network;
  const logits = toPlain(graph, values.get(stage.logits)!).name;
  const temperature = temperatures[exit]!;
  const scored = criterionGraphs[criterion].score({ graph, logits, classes, temperature, exit, state });
  const isFinal = exit === network.stages.length - 1;
  // Under every criterion the final exit answers for itself.
  const pack = () => packAnswers(graph, isFinal ? logits : scored.answer, scored.score, exit);
  if (isFinal) return pack();

  const constant = decision.thresholdsAs === 'constants' ? decision.thresholds![exit]! : null;
  if (constant === 'always') return pack();
  const alive = new Map(stage.outputs.map((id) => [id, values.get(id)!]));
  if (constant === 'never') {
    return writeLevel(plan, graph, { exit: exit + 1, values: alive, state: scored.state });
  }

  const packed = pack();
  const leaves = writeRule(plan, graph, scored, exit, constant);
  const stays = graph.add('Not', [leaves], {}, 'stays');
  // [1, left] to [left, 1]: what gathering and scattering by rows take.
  const rows = graph.add('Transpose', [graph.add('NonZero', [stays])], { perm: { ints: [1, 0] } }, 'rows');
  const isAnyLeft = graph.add('Cast', [graph.add('Size', [rows])], { to: { int: 9 } }, 'is_any_left');

  const rest = graph.subgraph();
  const gathered = gatherRows(plan, rest, { values: alive, state: scored.state, rows, exit });
  const later = writeLevel(plan, rest, { exit: exit + 1, ...gathered });
  const together = rest.add('ScatterND', [packed, rows, later], {}, 'in_order');
  const done = graph.subgraph();
  const same = done.add('Identity', [packed], {}, 'all_left');
  const answerShape = batched([classes + 2]);
  return graph.add(
    'If',
    [isAnyLeft],
    {
      then_branch: { graph: rest.build(`after_exit_${exit}`, [], [valueInfo(together, answerShape)]) },
      else_branch: { graph: done.build(`at_exit_${exit}`, [], [valueInfo(same, answerShape)]) },
    },
    'answers',
  );
}

/** Who leaves at an exit, `[batch]` bool. */
function writeRule(
  { decision, limits }: Plan,
  graph: GraphBuilder,
  scored: Parameters<(typeof criterionGraphs)['margin']['leaves']>[1],
  exit: number,
  constant: Threshold | null,
): string {
  const { leaves } = criterionGraphs[decision.criterion];
  if (typeof constant === 'number') return leaves(graph, scored, graph.scalar(constant));
  const limit = limits[exit]!;
  const byScore = leaves(graph, scored, limit);
  const lower = getCriterion(decision.criterion).surerIs === 'lower';
  const always = graph.add(
    'IsInf',
    [limit],
    { detect_negative: { int: lower ? 0 : 1 }, detect_positive: { int: lower ? 1 : 0 } },
    'always',
  );
  return graph.add('Or', [byScore, always], {}, 'leaves');
}

/** `[batch, classes + 2]`: logits, score, exit. */
function packAnswers(graph: GraphBuilder, logits: string, score: string, exit: number): string {
  const column = graph.add('Unsqueeze', [score, graph.integers([1])]);
  const answer = graph.add('Concat', [logits, column], { axis: { int: 1 } });
  return graph.add('Pad', [answer, graph.integers([0, 0, 0, 1]), graph.scalar(exit)], {}, 'packed');
}

function unpack(graph: GraphBuilder, packed: string, classes: number): void {
  const sizes = graph.integers([classes, 1, 1]);
  const columns = ['score_column', 'exit_column'].map((name) => graph.unique(name));
  const [score, exit] = columns as [string, string];
  graph.addNamed('Split', [packed, sizes], ['logits', score, exit], { axis: { int: 1 } });
  graph.addNamed('Squeeze', [score, graph.integers([1])], ['score']);
  graph.addNamed('Cast', [graph.add('Squeeze', [exit, graph.integers([1])])], ['exit_index'], { to: { int: 7 } });
}

/** Everything alive, for the samples that go on. */
function gatherRows(
  { network }: Plan,
  graph: GraphBuilder,
  from: {
    readonly values: ReadonlyMap<string, Value>;
    readonly state: readonly StateValue[];
    readonly rows: string;
    readonly exit: number;
  },
): { values: Map<string, Value>; state: StateValue[] } {
  const gather = (name: string): string => graph.add('GatherND', [name, from.rows], {}, `${name}_left`);
  const free = `left_${from.exit + 1}`;
  const values = new Map<string, Value>();
  for (const [id, value] of from.values) {
    const name = gather(value.name);
    graph.describe(name, [free, ...graphShape(value)]);
    const ready = entersAddition(network, id, value) ? reviveBlocks(graph, name) : name;
    if (ready !== name) graph.describe(ready, [free, ...graphShape(value)]);
    values.set(id, { ...value, name: ready });
  }
  const state = from.state.map((column) => ({ ...column, name: gather(column.name) }));
  return { values, state };
}

/** Whether a feature map is one side of a residual addition. */
function entersAddition({ converter }: OpenedNetwork, id: string, { layout }: Value): boolean {
  return layout === 'channels-first' && converter.consumersOf(id).some((node) => node.className === 'Add');
}

/**
 * A pooling over one pixel, which changes nothing. onnxruntime keeps feature maps in blocks of channels between
 * convolutions and poolings, and adds a residual within the convolution only where both sides are in blocks; gathered
 * rows are not, and the pooling is the cheapest operator that puts them back.
 */
function reviveBlocks(graph: GraphBuilder, name: string): string {
  return graph.add('MaxPool', [name], { kernel_shape: { ints: [1, 1] } }, name);
}
