import { attachExits, listHeads, registerLayers, splitStages } from '@earlyexit/branch-head';
import { createModel, listModels } from '@earlyexit/model-zoo';
import { adviseExits, profileModel, readLayerGraph, type Shape } from '@earlyexit/profiler';
import { loadLayersModel, type LayersModel } from '@tensorflow/tfjs-layers';
import type { PictureNode } from '../network/network-picture';
import { openPlainEngine } from '../plain-engine';
import type { ChosenExit } from './layers-state';

/** Where a network comes from: its name here, or what a `model.json` of TensorFlow.js says of its layers. */
export type LayersSource = { readonly name: string } | { readonly topology: object; readonly file: string };

/** What leaving at an exit costs, and what runs between the one before and it. */
export interface ShownStage {
  readonly name: string;
  /** The layers that run in this stage, its head included. */
  readonly layers: readonly string[];
  /** Everything that has run when this exit answers. */
  readonly macs: number;
  readonly headMacs: number;
  /** As a share of the network without exits. */
  readonly share: number;
  /** What the next stage takes over, for one sample. */
  readonly carried: readonly { readonly id: string; readonly shape: Shape; readonly bytes: number }[];
}

/** A network with its exits, as the page shows it. */
export interface AttachedLayers {
  readonly inputShape: Shape;
  readonly staticMacs: number;
  readonly nodes: readonly PictureNode[];
  readonly stages: readonly ShownStage[];
  /** Layers of the network that an exit may stand behind. */
  readonly choices: readonly string[];
  /** The exits that were attached. */
  readonly exits: readonly ChosenExit[];
  /** Where exits would pay. */
  readonly advised: readonly string[];
}

/** A number in float32. */
const BYTES = 4;

/** Networks without exits that a page can build in no time; the first is what it shows. */
export function networkNames(): readonly string[] {
  const known = new Set(
    listModels()
      .filter(({ exits }) => exits === 0)
      .map(({ name }) => name),
  );
  return ['resnet20_cifar', 'lenet', 'alexnet_cifar', 'resnet56_cifar'].filter((name) => known.has(name));
}

/** The heads that there are. */
export function headNames(): readonly string[] {
  return listHeads().map(({ name }) => name);
}

/**
 * Attaches exits to a network that is built anew, and says what they cost.
 *
 * @throws ArgumentError for exits that do not fit, or a file that is no network
 */
export async function attachLayers(
  source: LayersSource,
  exits: readonly ChosenExit[] | 'advised',
): Promise<AttachedLayers> {
  await openPlainEngine();
  registerLayers();
  const network = await build(source);
  const advised = adviseExits(network).map(({ after }) => after);
  const choices = readLayerGraph(network)
    .nodes.filter(({ className }) => className !== 'InputLayer')
    .map(({ id }) => id);
  // Two of them: early a head that learns features of its own, in the middle one that only pools.
  const first = [
    { after: advised[0], head: 'conv-dense' },
    { after: advised[2], head: 'pooled' },
  ];
  const chosen =
    exits === 'advised'
      ? first.flatMap(({ after, head }) => (after === undefined ? [] : [{ after, head }]))
      : exits;
  const attached = attachExits(network, [...chosen], { seed: 1 });
  try {
    const { model, metadata } = attached;
    const profile = profileModel(model);
    const graph = readLayerGraph(model);
    const makers = new Map(
      graph.nodes.flatMap(({ id, outputs }) => outputs.map((made) => [made, id] as const)),
    );
    const shapes = new Map(
      graph.nodes.flatMap(({ outputs, outputShapes }) =>
        outputs.map((made, place) => [made, outputShapes[place]!.slice(1)] as const),
      ),
    );
    const reads = new Map(graph.nodes.map(({ id, inputs }) => [id, inputs.map((each) => makers.get(each)!)]));
    const stages = splitStages(attached).map(({ index, nodes, outputs }): ShownStage => {
      const { name, macs, headMacs } = metadata.exits[index]!;
      return {
        name,
        layers: nodes.map(({ id }) => id),
        macs,
        headMacs,
        share: macs / metadata.staticMacs,
        carried: outputs.map((id) => {
          const shape = shapes.get(id)!;
          return { id, shape, bytes: BYTES * shape.reduce<number>((size, each) => size * (each ?? 1), 1) };
        }),
      };
    });
    return {
      exits: chosen,
      inputShape: profile.inputShape,
      staticMacs: metadata.staticMacs,
      nodes: profile.layers.map(({ name, className, macs, isHead }) => ({
        name,
        kind: className,
        macs,
        isHead,
        reads: reads.get(name) ?? [],
      })),
      stages,
      choices,
      advised,
    };
  } finally {
    attached.model.dispose();
  }
}

async function build(source: LayersSource): Promise<LayersModel> {
  if ('name' in source) return createModel(source.name).model;
  // Costs follow from the layers alone: no weights are read.
  return loadLayersModel({ load: () => Promise.resolve({ modelTopology: source.topology }) });
}
