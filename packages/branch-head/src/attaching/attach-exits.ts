import { ArgumentError } from '@earlyexit/core';
import { classifierFeatures, type LayerGraph, profileModel, readLayerGraph } from '@earlyexit/profiler';
import type { ExitSpecification } from './exit-specification';
import { type LogitsGraph, openLogitsGraph } from './logits-graph';
import {
  type ExitMetadata,
  FINAL_EXIT_NAME,
  FORMAT_VERSION,
  type MultiExitMetadata,
  type MultiExitModel,
  type Preprocessing,
} from '../metadata/multi-exit-model';
import { planExits } from './plan-exits';
import { tfl } from '../tf';
import { assertMetadata } from '../metadata/validate-metadata';

/** Options of `attachExits`, which end up in the metadata. */
export interface AttachOptions {
  /** The network's name; the model's unless given. */
  readonly name?: string;
  /** The classes' names in the order of the logits; `'0'`, `'1'`, … unless given. */
  readonly classes?: readonly string[];
  readonly preprocessing?: Preprocessing | null;
  /** The loss weights for training unless others are given: one per exit as listed, the final exit's last. */
  readonly lossWeights?: readonly number[] | null;
  /** The seed of the heads' weights; 0 unless given. */
  readonly seed?: number;
}

/**
 * Attaches exits to any functional or sequential model by layer name. The result's outputs are K early logits, ordered
 * by depth, and the final logits; a final softmax is left out. Without exits the result is the plain network.
 *
 * The backbone shares its layers and weights with the given model: training one trains the other. Dispose only of the
 * result.
 *
 * @throws ArgumentError for an unknown layer or head, a head that does not fit, two exits at one place, an exit after
 * the final logits, a name that is taken, or classes, loss weights or preprocessing that do not match.
 */
export function attachExits(
  model: tfl.LayersModel,
  exits: readonly ExitSpecification[],
  options: AttachOptions = {},
): MultiExitModel {
  const { seed = 0, lossWeights = null } = options;
  const opened = openLogitsGraph(model);
  const units = countClasses(opened);
  checkCount(
    'options.lossWeights',
    lossWeights,
    exits.length + 1,
    'loss weight per exit, the final exit last',
  );
  const planned = planExits(opened, exits, lossWeights);
  const names = planned.map((exit, index) => exit.name ?? `exit${String(index)}`);
  checkNames(names, opened.graph);

  const finalFeatures = classifierFeatures(opened.graph, opened.logitsId)?.size ?? null;
  const earlyLogits = planned.map((exit, index) => {
    const features = opened.tensors.get(exit.attachment.tensorId)!;
    const logits = exit.build(features, { units, name: names[index]!, seed, finalFeatures });
    checkLogits(logits, units, names[index]!);
    return logits;
  });
  const inputs = opened.graph.inputs.map((id) => opened.tensors.get(id)!);
  const name = options.name ?? model.name;
  const joined = tfl.model({ inputs, outputs: [...earlyLogits, opened.logits], name });

  const profile = profileModel(joined);
  const graph = readLayerGraph(joined);
  const exitMetadata = profile.exits.map((exit, index): ExitMetadata => {
    const plan = planned[index];
    return {
      name: names[index] ?? FINAL_EXIT_NAME,
      attachedAfter:
        plan === undefined ? null : tensorIdOf(graph, opened.tensors.get(plan.attachment.tensorId)!),
      head: plan?.head ?? null,
      macs: exit.cumulativeMacs,
      backboneMacs: exit.backboneMacs,
      headMacs: exit.headMacs,
    };
  });
  const metadata: MultiExitMetadata = {
    format: 'earlyexit',
    formatVersion: FORMAT_VERSION,
    name,
    classes: options.classes ?? Array.from({ length: units }, (_, index) => String(index)),
    preprocessing: options.preprocessing ?? null,
    exits: exitMetadata,
    staticMacs: profile.macs,
    lossWeights:
      lossWeights === null ? null : [...planned.map((exit) => exit.lossWeight!), lossWeights[exits.length]!],
    policy: null,
  };
  assertMetadata(metadata, joined, 'attachExits(options)');
  return { model: joined, metadata };
}

function countClasses(opened: LogitsGraph): number {
  const [, units, ...rest] = opened.logits.shape;
  if (typeof units === 'number' && units >= 2 && rest.length === 0) return units;
  throw new ArgumentError({
    where: 'attachExits(model)',
    rule: 'the network ends in one logit per class, [batch, classes], for at least two classes',
    received: `[${opened.logits.shape.map(String).join(', ')}]`,
    remedy: 'End it with a dense layer of as many units as there are classes',
  });
}

function checkCount(where: string, values: readonly unknown[] | null, count: number, what: string): void {
  if (values === null || values.length === count) return;
  throw new ArgumentError({
    where: `attachExits(${where})`,
    rule: `there is one ${what}, so ${String(count)} here`,
    received: `${String(values.length)} (${values.map(String).join(', ')})`,
  });
}

// What TensorFlow.js accepts as a layer's name, except for the slash.
const VALID_NAME = /^[A-Za-z0-9][-A-Za-z0-9._]*$/;

function checkNames(names: readonly string[], graph: LayerGraph): void {
  const problem = (rule: string, received: string): never => {
    throw new ArgumentError({ where: 'attachExits(exits)', rule, received, remedy: 'Choose another name' });
  };
  names.forEach((name, index) => {
    if (!VALID_NAME.test(name) || name === FINAL_EXIT_NAME) {
      problem(
        `an exit's name is not '${FINAL_EXIT_NAME}' and made of letters, digits, '-', '.' and '_'`,
        `'${name}'`,
      );
    }
    if (names.indexOf(name) !== index) problem('every exit has its own name', `'${name}' twice`);
    const taken = graph.nodes.find((node) => node.layer.name.startsWith(`${name}_`));
    if (taken !== undefined) {
      problem(
        'no layer of the network starts with the name of an exit, which prefixes the layers of its head',
        `exit '${name}' and layer '${taken.layer.name}'`,
      );
    }
  });
}

function checkLogits(logits: unknown, units: number, name: string): void {
  const shape = logits instanceof tfl.SymbolicTensor ? logits.shape : null;
  if (shape?.length === 2 && shape[1] === units) return;
  throw new ArgumentError({
    where: `attachExits(exit '${name}')`,
    rule: `a head returns the symbolic tensor of its logits, [batch, ${String(units)}]`,
    received: shape === null ? String(logits) : `[${shape.map(String).join(', ')}]`,
  });
}

function tensorIdOf(graph: LayerGraph, tensor: tfl.SymbolicTensor): string {
  const node = graph.nodes.find((each) => each.symbolicOutputs.includes(tensor))!;
  return node.outputs[node.symbolicOutputs.indexOf(tensor)]!;
}
