import type { MultiExitModel } from '@earlyexit/branch-head';
import { ArgumentError, nearestNames } from '@earlyexit/core';
import type { tfl } from './tf';

// `layer2_block1_conv1` here, `conv3_block2_1_conv` in Keras: the part up to `block<number>` names the block.
const blockOfLayer = /^(.*block\d+)_/;
/** Layers that only bend what an addition gave. */
const activations = new Set(['Activation', 'ReLU', 'LeakyReLU', 'ELU', 'PReLU']);
const blockNumber = /^block(\d+)$/;

/**
 * Resolves the layer name that a person types: a layer's own name, or `block4` for the layer that ends the fourth
 * residual block, counted from 1 over all stages; where layers have no names that tell, for what is behind the fourth
 * residual addition.
 *
 * @throws ArgumentError if the network has no such layer or block; the message names the nearest ones.
 */
export function resolveLayerName(model: MultiExitModel | tfl.LayersModel, name: string): string {
  const names = backboneLayerNames(model);
  if (names.includes(name)) return name;
  const where = `resolveLayerName(${JSON.stringify(name)})`;
  const ends = blockEnds(model, names);
  const number = blockNumber.exec(name)?.[1];
  if (number !== undefined) {
    const end = ends[Number(number) - 1];
    if (end !== undefined) return end;
    throw new ArgumentError({
      where,
      rule:
        ends.length === 0
          ? 'the network has no residual blocks, so it takes the name of a layer'
          : `residual blocks are counted over all stages, here from block1 to block${ends.length}`,
      received: name,
    });
  }
  const near = nearestNames(name, names);
  throw new ArgumentError({
    where,
    rule: 'the network has no layer of this name',
    received: JSON.stringify(name),
    remedy:
      (near.length > 0 ? `Perhaps ${near.join(' or ')} was meant` : `Its layers are ${names.join(', ')}`) +
      (ends.length > 0 ? `; block1 to block${ends.length} name the ends of the residual blocks` : ''),
  });
}

/** The layers that are not part of a head, in the order in which data meets them. */
function backboneLayerNames(model: MultiExitModel | tfl.LayersModel): readonly string[] {
  if (!('metadata' in model)) return model.layers.map((layer) => layer.name);
  const heads = model.metadata.exits.filter((exit) => exit.attachedAfter !== null).map((exit) => exit.name);
  return model.model.layers
    .map((layer) => layer.name)
    .filter((name) => !heads.some((head) => name.startsWith(`${head}_`)));
}

/** The last layer of each block, in the order in which data meets the blocks. */
function blockEnds(model: MultiExitModel | tfl.LayersModel, names: readonly string[]): readonly string[] {
  const named = endsByName(names);
  return named.length > 0 ? named : endsByAddition('metadata' in model ? model.model : model, names);
}

/** Where blocks have no names, as in networks of other programs: what is behind each residual addition. */
function endsByAddition({ layers }: tfl.LayersModel, names: readonly string[]): string[] {
  const known = new Set(names);
  return layers
    .filter((layer) => layer.getClassName() === 'Add' && known.has(layer.name))
    .map((layer) => {
      const [next, ...others] = layer.outboundNodes.map(({ outboundLayer }) => outboundLayer);
      const isActivation = next !== undefined && others.length === 0 && activations.has(next.getClassName());
      return isActivation ? next.name : layer.name;
    });
}

function endsByName(names: readonly string[]): readonly string[] {
  // A LayersModel lists its layers by depth: a block's last layer comes last, and a Map keeps the blocks in the
  // order of their first layers.
  const ends = new Map<string, string>();
  for (const name of names) {
    const block = blockOfLayer.exec(name)?.[1];
    if (block !== undefined) ends.set(block, name);
  }
  return [...ends.values()];
}
