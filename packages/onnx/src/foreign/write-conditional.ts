import type { MultiExitMetadata } from '@earlyexit/branch-head';
import {
  type CriterionName,
  encodeThresholds,
  type Threshold,
  thresholdToJson,
} from '@earlyexit/exit-criteria';
import { describeColors, readColors } from '../color-input';
import type { StateValue } from '../criteria/criterion-graph';
import { getCriterionGraph } from '../criteria/criterion-graphs';
import {
  type Answers,
  findRows,
  foldTemperature,
  mergeAnswers,
  nameOutputs,
  splitThresholds,
  writeRule,
} from '../graph/conditional-answers';
import { type ElementType, elementType } from '../protobuf/messages';
import { GraphBuilder, valueInfo } from '../graph/graph-builder';
import { reviveBlocks } from '../graph/revive-blocks';
import { finishModel } from '../model-file';
import type { Quantization } from '../quantize/activation-range';
import { dtypeOf, finishGraph } from '../quantize/finish-graph';
import { adaptInput, type ForeignInput } from './adapt-input';
import type { ForeignCut, ForeignNetwork } from './foreign-network';
import { PlacedNetwork } from './placed-network';

/** Where the head of an exit is written. */
export interface ExitPlace {
  readonly graph: GraphBuilder;
  /** The images as they are fed, for the samples that are left: only at an exit before the network. */
  readonly images: string;
  /** The name of a tensor of the network that is alive here. */
  readonly nameOf: (tensor: string) => string;
  /** `[batch, classes]` float32, the logits of the exit before; `null` at the first. */
  readonly previous: string | null;
}

/** An early exit of a foreign network. */
export interface ForeignExit {
  /** Where it stands; `null`: before the network, on the images. */
  readonly cut: ForeignCut | null;
  /** Whether the head of the exit after it reads this one's logits. */
  readonly handsOnLogits: boolean;
  /** Writes the head and returns the logits, `[batch, classes]` float32. */
  readonly writeHead: (place: ExitPlace) => string;
}

/** What goes into a conditional file. */
export interface ForeignPlan {
  readonly network: ForeignNetwork;
  readonly input: ForeignInput;
  readonly exits: readonly ForeignExit[];
  readonly criterion: CriterionName;
  /** Noted in the file, or built in; one an early exit. */
  readonly thresholds: readonly Threshold[];
  readonly thresholdsAs: 'input' | 'constants';
  /** One an exit, the final one included. */
  readonly temperatures: readonly number[];
  readonly metadata: MultiExitMetadata;
  /** Ranges from `measureFile` of what `writeForeignRanges` writes: convolutions then compute in int8, and heads stay float32. */
  readonly quantization?: Quantization | undefined;
  /** Divides `logits` by the temperature of the exit that answered, and states temperatures of 1; off unless given. */
  readonly foldTemperatures?: boolean | undefined;
  /** Gives a network for grey images an input of three colour channels; off unless given. */
  readonly colorInput?: boolean | undefined;
}

/** The part of a plan that every kind of file needs. */
export type ForeignParts = Pick<ForeignPlan, 'network' | 'input' | 'exits' | 'metadata' | 'quantization'>;

const BATCH = 'batch';

/**
 * Writes a foreign network with exits as one file that really exits early, with the inputs and outputs of
 * `exportConditional`.
 */
export async function writeForeignConditional(plan: ForeignPlan): Promise<Uint8Array<ArrayBuffer>> {
  const { network, input, exits, metadata } = plan;
  const graph = new GraphBuilder(network.opset);
  for (const name of ['pixel_values', 'thresholds', 'logits', 'exit_index', 'score']) graph.unique(name);
  const isFed = plan.thresholdsAs === 'input';
  const limits = isFed
    ? splitThresholds(graph, exits.length)
    : encodeThresholds(plan.criterion, plan.thresholds);
  const level: Level = { plan, limits, classes: network.classes };
  graph.setOrigin('pixel_values', 'pixel_values');
  const pixels = { name: 'pixel_values', shape: input.size, layout: 'channels-first' } as const;
  const colors = plan.colorInput === true ? readColors(graph, pixels, metadata.preprocessing) : null;
  const images = colors?.gray.name ?? 'pixel_values';
  const placed = new PlacedNetwork(graph, network, adaptInput(graph, images, input, input));
  const answers = writeLevel(level, graph, {
    exit: 0,
    placed,
    from: 0,
    images,
    previous: null,
    state: [],
  });
  nameOutputs(graph, answers);
  const inputShape = colors?.input.shape ?? input.size;
  const [height, width, channels] = inputShape;
  const message = graph.build(
    metadata.name,
    [
      valueInfo('pixel_values', [BATCH, channels!, height!, width!]),
      ...(isFed ? [valueInfo('thresholds', [exits.length])] : []),
    ],
    [
      valueInfo('logits', [BATCH, network.classes]),
      valueInfo('exit_index', [BATCH], 'int64'),
      valueInfo('score', [BATCH]),
    ],
  );
  return finishModel(
    finishGraph(message, graph, plan).graph,
    graph.opset,
    {
      format: 'earlyexit-onnx',
      formatVersion: 1,
      kind: 'conditional',
      dtype: dtypeOf(plan),
      origin: 'foreign',
      inputShape,
      decision: {
        criterion: plan.criterion,
        thresholds: plan.thresholds.map(thresholdToJson),
        thresholdsAs: plan.thresholdsAs,
        temperatures: plan.foldTemperatures === true ? plan.temperatures.map(() => 1) : plan.temperatures,
      },
      network: colors === null ? metadata : describeColors(metadata),
    },
    network.domains,
  );
}

interface Level {
  readonly plan: ForeignPlan;
  /** A threshold that is built in, or the name of one that is fed. */
  readonly limits: readonly (number | string)[];
  readonly classes: number;
}

/** Where a level of the nesting begins: the samples that no earlier exit answered. */
interface LevelStart {
  readonly exit: number;
  readonly placed: PlacedNetwork;
  /** How many of the network's nodes are written by now. */
  readonly from: number;
  readonly images: string;
  readonly previous: string | null;
  readonly state: readonly StateValue[];
}

function writeLevel(level: Level, graph: GraphBuilder, start: LevelStart): Answers {
  const { plan, limits, classes } = level;
  const { network, exits, criterion, temperatures } = plan;
  const { exit, placed, from, images, previous, state } = start;
  const here = exits[exit];
  const to = here === undefined ? network.nodes.length : (here.cut?.after ?? 0);
  placed.write(graph, from, to);
  const nameOf = (tensor: string): string => placed.nameOf(tensor);
  const logits =
    here === undefined
      ? asFloat(graph, network, nameOf(network.logits))
      : here.writeHead({ graph, images, nameOf, previous });
  const temperature = temperatures[exit]!;
  const scored = getCriterionGraph(criterion)({ graph, logits, classes, temperature, exit, state });
  const isFinal = here === undefined;
  // Under every criterion the final exit answers for itself.
  const answer = isFinal ? logits : scored.answer;
  const own = {
    logits:
      plan.foldTemperatures === true
        ? foldTemperature(graph, answer, { criterion, temperature, isFinal })
        : answer,
    score: scored.score,
  };
  if (isFinal) return { ...own, exit: { passed: 0, more: null } };

  const leaves = writeRule(graph, criterion, scored, limits[exit]!);
  const { stays, rows } = findRows(graph, leaves);
  const rest = graph.subgraph();
  const gather = (name: string): string => rest.add('GatherND', [name, rows], {}, `${name}_left`);
  for (const tensor of here.cut?.tensors ?? network.inputs) {
    const from = nameOf(tensor);
    const left =
      plan.quantization !== undefined && isFloatMap(network, tensor)
        ? gatherLast({ outer: graph, rest }, from, gather)
        : gatherTensor(network, tensor, { name: gather(from), rest, exit, to });
    placed.rename(tensor, left);
  }
  const later = writeLevel(level, rest, {
    exit: exit + 1,
    placed,
    from: to,
    images: here.cut === null && exits[exit + 1]?.cut === null ? gather(images) : images,
    previous: here.handsOnLogits ? gather(logits) : null,
    state: scored.state.map((column) => ({ ...column, name: gather(column.name) })),
  });
  return mergeAnswers({ from: graph, to: rest }, { own, later, stays, rows, exit, classes });
}

function isFloatMap({ tensors }: ForeignNetwork, tensor: string): boolean {
  const fact = tensors.get(tensor);
  return fact?.type === 'float32' && fact.dims.length === 4;
}

/** Integer convolutions keep the channels last: gathered in that order, nothing has to be transposed. */
function gatherLast(
  { outer, rest }: { readonly outer: GraphBuilder; readonly rest: GraphBuilder },
  name: string,
  gather: (name: string) => string,
): string {
  const last = gather(outer.add('Transpose', [name], { perm: { ints: [0, 2, 3, 1] } }));
  return rest.add('Transpose', [last], { perm: { ints: [0, 3, 1, 2] } }, last);
}

/** States what was gathered, and makes it fast to go on with. */
function gatherTensor(
  { tensors, nodes }: ForeignNetwork,
  tensor: string,
  {
    name,
    rest,
    exit,
    to,
  }: { readonly name: string; readonly rest: GraphBuilder; readonly exit: number; readonly to: number },
): string {
  const fact = tensors.get(tensor);
  if (fact === undefined || !(fact.type in elementType)) return name;
  const shape = [`left_${exit + 1}`, ...fact.dims.slice(1)];
  rest.describe(name, shape, fact.type as ElementType);
  const isAdded = nodes.slice(to).some(({ opType, input }) => opType === 'Add' && input.includes(tensor));
  if (!isAdded || fact.type !== 'float32' || fact.dims.length !== 4) return name;
  const ready = reviveBlocks(rest, name);
  rest.describe(ready, shape);
  return ready;
}

/** Logits as float32. */
export function asFloat(graph: GraphBuilder, { tensors, logits }: ForeignNetwork, name: string): string {
  return tensors.get(logits)?.type === 'float32'
    ? name
    : graph.add('Cast', [name], { to: { int: 1 } }, 'logits32');
}
