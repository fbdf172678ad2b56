import type { MultiExitModel } from '@earlyexit/branch-head';
import { getCriterion, type Threshold, thresholdToJson } from '@earlyexit/exit-criteria';
import { describeColors, readColors } from './color-input';
import type { StateValue } from './criteria/criterion-graph';
import { criterionGraphs } from './criteria/criterion-graphs';
import { type Decision, resolveDecision } from './decision';
import type { ConditionalExportOptions } from './export-options';
import { type GraphBuilder, valueInfo } from './graph/graph-builder';
import { graphShape, toPlain, type Value } from './layers/value';
import { finishModel } from './model-file';
import {
  batched,
  BATCH,
  describeValue,
  dtypeOf,
  finishGraph,
  openNetwork,
  type OpenedNetwork,
  startGraph,
} from './network';

/**
 * Writes the network as one file that really exits early: samples that are sure leave, the batch shrinks inside the
 * graph, and what nobody is left for is not computed.
 *
 * Inputs: `pixel_values` `[batch, channels, height, width]` float32, preprocessed, and `thresholds` `[exits − 1]`
 * float32 (unless they are constants). Outputs: `logits` `[batch, classes]` of the answering exit, `exit_index`
 * `[batch]` int64, `score` `[batch]` float32, in the order of the inputs. The class is the argmax of `logits` under
 * every criterion: under `ensemble` an early exit's `logits` are the mean of the log-probabilities so far.
 *
 * A threshold of +Infinity (−Infinity for the entropies, where lower is surer) never lets a sample leave, nor does NaN in
 * runtimes that compare as the standard says; the other infinity always does, whatever the score. Logits that are not finite
 * never leave early at a number, with the same reservation.
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
  const colors = options.colorInput === true ? readColors(graph, network.input) : null;
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
  /** `[1]` float32, the threshold of each early exit, where they are an input. */
  readonly limits: readonly string[];
  readonly dtype: 'float32' | 'int8';
  readonly foldTemperatures: boolean;
  readonly runtime: 'onnxruntime' | 'openvino';
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
  return graph.addMany('Split', ['thresholds', graph.integers(names.map(() => 1))], names, {
    axis: { int: 0 },
  });
}

/** The answers of the samples that a level began with. */
interface Answers {
  /** `[batch, classes]` */
  readonly logits: string;
  /** `[batch]` */
  readonly score: string;
  /**
   * At which exit each sample left, counted from where the level began: `passed`, and `more`, `[batch]` int64, if it
   * is not the same for all.
   */
  readonly exit: { readonly passed: number; readonly more: string | null };
}

/** Writes the stage of an exit and, behind it, everything that follows. */
function writeLevel(plan: Plan, graph: GraphBuilder, { exit, values, state }: LevelStart): Answers {
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
  const answer = isFinal ? logits : scored.answer;
  // What an ensemble answers has the temperatures in it.
  const isTempered = temperature === 1 || (criterion === 'ensemble' && !isFinal);
  const own = {
    logits:
      plan.foldTemperatures && !isTempered
        ? graph.add('Div', [answer, graph.scalar(temperature)], {}, 'tempered')
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

  const leaves = writeRule(plan, graph, scored, exit, constant);
  const stays = graph.add('Not', [leaves], {}, 'stays');
  // [1, left] to [left, 1]: what gathering and scattering by rows take.
  const rows = graph.add('Transpose', [graph.add('NonZero', [stays])], { perm: { ints: [1, 0] } }, 'rows');
  const isAnyLeft = graph.add('Cast', [graph.add('Size', [rows])], { to: { int: 9 } }, 'is_any_left');

  const rest = graph.subgraph();
  const gathered = gatherRows(
    plan,
    { from: graph, to: rest },
    { values: alive, state: scored.state, rows, exit },
  );
  const later = writeLevel(plan, rest, { exit: exit + 1, ...gathered });
  // Who leaves here has passed nothing, who stays has passed this exit and what the levels behind add.
  const one = graph.add('Cast', [stays], { to: { int: 7 } }, 'passed');
  const { passed: skipped } = later.exit;
  const passed = skipped === 0 ? one : graph.add('Mul', [one, wholeNumber(graph, skipped + 1)], {}, 'passed');

  const inOrder = (all: string, left: string) =>
    rest.add('ScatterND', [all, rows, left], {}, `${all}_in_order`);
  const columns: Column[] = [
    {
      name: 'logits',
      all: own.logits,
      merged: inOrder(own.logits, later.logits),
      shape: [classes],
      type: 'float32',
    },
    { name: 'score', all: own.score, merged: inOrder(own.score, later.score), shape: [], type: 'float32' },
    ...(later.exit.more === null
      ? []
      : [
          {
            name: 'passed',
            all: passed,
            // Plain scattering: not every runtime can add while it scatters.
            merged: inOrder(
              passed,
              rest.add('Add', [later.exit.more, wholeNumber(rest, skipped + 1)], {}, 'passed_more'),
            ),
            shape: [],
            type: 'int64',
          } as const,
        ]),
  ];
  const done = graph.subgraph();
  const outputs = graph.addMany(
    'If',
    [isAnyLeft],
    columns.map(({ name }) => `${name}_from_exit_${exit}`),
    {
      then_branch: {
        graph: rest.build(
          `after_exit_${exit}`,
          [],
          columns.map(({ merged, shape, type }) => valueInfo(merged, batched(shape), type)),
        ),
      },
      else_branch: {
        graph: done.build(
          `at_exit_${exit}`,
          [],
          columns.map(({ name, all, shape, type }) =>
            valueInfo(done.add('Identity', [all], {}, `${name}_at_exit_${exit}`), batched(shape), type),
          ),
        ),
      },
    },
  );
  return { logits: outputs[0]!, score: outputs[1]!, exit: { passed: 0, more: outputs[2] ?? passed } };
}

/** One of the answers: as this exit gives it for all, and with the later answers in their rows. */
interface Column {
  readonly name: string;
  readonly all: string;
  readonly merged: string;
  readonly shape: readonly number[];
  readonly type: 'float32' | 'int64';
}

/** A constant whole number, `[]` int64. */
function wholeNumber(graph: GraphBuilder, value: number): string {
  return graph.constant(`whole_${value}`, 'int64', [], BigInt64Array.of(BigInt(value)));
}

/** Gives the answers the names of the graph's outputs. */
function nameOutputs(graph: GraphBuilder, { logits, score, exit }: Answers): void {
  graph.addNamed('Identity', [logits], ['logits']);
  graph.addNamed('Identity', [score], ['score']);
  const { passed, more } = exit;
  if (more === null) {
    graph.addNamed('Expand', [wholeNumber(graph, passed), graph.add('Shape', [score])], ['exit_index']);
  } else if (passed === 0) graph.addNamed('Identity', [more], ['exit_index']);
  else graph.addNamed('Add', [more, wholeNumber(graph, passed)], ['exit_index']);
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

/** Everything alive, for the samples that go on. */
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
  // Behind the first exit OpenVINO does not know how many samples there are either.
  const isStatic = runtime === 'openvino' && start.exit === 0;
  const values = new Map<string, Value>();
  for (const [id, value] of start.values) {
    if (isStatic && value.layout === 'channels-first') {
      values.set(id, gatherFlat({ outer, graph }, value, gather, free));
      continue;
    }
    if (dtype === 'int8' && value.layout === 'channels-first') {
      const [channels, height, width] = graphShape(value);
      // Integer convolutions keep the channels last: gathered like that, a runtime has nothing to turn around.
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
 * Gathers rows of a map whose channels come last and whose pixels are one axis. OpenVINO keeps maps with the channels last,
 * and knows no way to gather them so. It takes a map of known size as it lies when it is first made flat and then turned
 * around; with two axes for the pixels it would copy it twice, with strides that are slow for every power of two.
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

/**
 * A pooling over one pixel, which changes nothing. onnxruntime keeps feature maps in blocks of channels between
 * convolutions and poolings, and adds a residual within the convolution only where both sides are in blocks; gathered
 * rows are not, and the pooling is the cheapest operator that puts them back.
 */
function reviveBlocks(graph: GraphBuilder, name: string): string {
  return graph.add('MaxPool', [name], { kernel_shape: { ints: [1, 1] } }, name);
}
