import { ArgumentError } from '@earlyexit/core';
import { countMacs } from './count-macs';
import {
  ancestors,
  backboneNodes,
  type LayerGraph,
  type LayerGraphNode,
  readLayerGraph,
  type Shape,
} from './layer-graph';
import type { tfl } from './tf';

/** A place where an exit would pay. */
export interface ExitAdvice {
  /** The layer to attach after. */
  readonly after: string;
  /** The shape that the head would read, without the batch axis. */
  readonly outputShape: Shape;
  /** The backbone's multiply-accumulates up to here, for one sample. */
  readonly backboneMacs: number;
  /** The same as a share of the plain network's. */
  readonly share: number;
  /** One sentence on why this place. */
  readonly reason: string;
}

/** Options of `adviseExits`. */
export interface AdviseExitsOptions {
  /** The shares of the network at which exits are wanted, above 0 and below 1; those of Shallow-Deep Networks unless given. */
  readonly shares?: readonly number[];
}

// Shallow-Deep Networks (Kaya et al., 2019). The first lies between 15 and 25 %: exits at stage ends alone (34 and
// 67 % of a CIFAR ResNet) cannot halve the cost unless 70 % of the samples leave at the first.
const DEFAULT_SHARES: readonly number[] = [0.15, 0.3, 0.45, 0.6, 0.75, 0.9];

// Half the distance between two of the default shares: further away, the next wanted share is nearer.
const LARGEST_DISTANCE = 0.075;

/**
 * Proposes where to attach exits: for each wanted share the nearest place where only one tensor is alive, so that
 * leaving and going on both need nothing else. Wanted shares without such a place nearby are left out. Of several
 * layers at the same cost it takes the last that still outputs a feature map, for instance the one after the
 * activation.
 *
 * @throws ArgumentError for a share that is not between 0 and 1, or if a size other than the batch is free.
 */
export function adviseExits(model: tfl.LayersModel, options: AdviseExitsOptions = {}): ExitAdvice[] {
  const { shares = DEFAULT_SHARES } = options;
  for (const share of shares) {
    if (share > 0 && share < 1) continue;
    throw new ArgumentError({
      where: 'adviseExits(options.shares)',
      rule: 'a share lies above 0 and below 1',
      received: String(share),
    });
  }
  const places = findPlaces(readLayerGraph(model));
  const chosen = new Map<string, ExitAdvice>();
  for (const wanted of [...shares].sort((a, b) => a - b)) {
    const distance = (place: Place): number => Math.abs(place.share - wanted);
    const nearest = places.reduce<Place | null>(
      (best, place) => (best === null || distance(place) < distance(best) ? place : best),
      null,
    );
    if (nearest === null || distance(nearest) > LARGEST_DISTANCE) continue;
    if (!chosen.has(nearest.node.id)) chosen.set(nearest.node.id, advice(nearest, wanted));
  }
  return [...chosen.values()];
}

interface Place {
  readonly node: LayerGraphNode;
  readonly macs: number;
  readonly share: number;
}

/** Every cost at which the backbone can be cut at one tensor, and the layer to cut it after. */
function findPlaces(graph: LayerGraph): Place[] {
  const inBackbone = backboneNodes(graph);
  const backbone = graph.nodes.filter((node) => inBackbone.has(node.id));
  const costs = new Map(backbone.map((node) => [node.id, countMacs(node)]));
  const total = sumOf(backbone, costs);
  const places = new Map<number, Place>();
  for (const node of backbone) {
    if (node.className === 'InputLayer' || node.outputs.length !== 1) continue;
    const before = ancestors(graph, node.outputs);
    if (!isAloneAlive(node.outputs[0]!, before, backbone)) continue;
    const macs = sumOf(
      backbone.filter((each) => before.has(each.id)),
      costs,
    );
    if (macs === 0 || macs === total) continue;
    const known = places.get(macs);
    if (known !== undefined && isFeatureMap(known.node) && !isFeatureMap(node)) continue;
    places.set(macs, { node, macs, share: macs / total });
  }
  return [...places.values()];
}

/** Whether nothing after the cut reads anything from before it except `tensor`. */
function isAloneAlive(
  tensor: string,
  before: ReadonlySet<string>,
  backbone: readonly LayerGraphNode[],
): boolean {
  const made = new Set(backbone.filter((node) => before.has(node.id)).flatMap((node) => node.outputs));
  return backbone
    .filter((node) => !before.has(node.id))
    .every((node) => node.inputs.every((id) => id === tensor || !made.has(id)));
}

function isFeatureMap(node: LayerGraphNode): boolean {
  return node.outputShapes[0]!.length > 2;
}

function sumOf(nodes: readonly LayerGraphNode[], costs: ReadonlyMap<string, number>): number {
  return nodes.reduce((sum, node) => sum + costs.get(node.id)!, 0);
}

function advice({ node, macs, share }: Place, wanted: number): ExitAdvice {
  const outputShape = node.outputShapes[0]!.slice(1);
  const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
  return {
    after: node.id,
    outputShape,
    backboneMacs: macs,
    share,
    reason:
      `${percent(share)} of the multiply-accumulates, the nearest to ${percent(wanted)} ` +
      `where one tensor alone is alive: [${outputShape.map(String).join(', ')}]`,
  };
}
