import { DataError } from '@earlyexit/core';
import { countMacs, readLayerGraph } from '@earlyexit/profiler';
import type { tfl } from '../tf';

/** Sixteen million numbers per image, 64 MB: the largest feature map of ResNet-50 at 224 × 224 has 0.8 million. */
const LARGEST_TENSOR = 2 ** 24;
/** 137 billion multiply-accumulates per image, thirty times those of ResNet-50 at 224 × 224. */
const MOST_MACS = 2 ** 37;

/**
 * Refuses a network that would take memory or time out of all proportion: a few bytes of a file are enough to ask
 * for an enormous feature map.
 *
 * @throws DataError if a layer makes tensors that are empty or too large, or all layers together compute too much.
 */
export function checkSizes(model: tfl.LayersModel, where: string): void {
  let macs = 0;
  for (const node of readLayerGraph(model).nodes) {
    for (const shape of node.outputShapes) {
      const size = shape.reduce<number>((product, axis) => product * (axis ?? 1), 1);
      // NaN fails these comparisons too.
      if (size >= 1 && size <= LARGEST_TENSOR && shape.every((axis) => axis === null || axis > 0)) continue;
      throw new DataError({
        where,
        rule: `a layer makes at least one number per image and at most ${String(LARGEST_TENSOR)}`,
        received: `layer '${node.layer.name}' with [${shape.map(String).join(', ')}]`,
      });
    }
    if (node.outputShapes.every((shape) => !shape.slice(1).includes(null))) macs += countMacs(node);
    if (macs <= MOST_MACS) continue;
    throw new DataError({
      where,
      rule: `an image takes at most ${String(MOST_MACS)} multiply-accumulates`,
      received: `more, at layer '${node.layer.name}'`,
    });
  }
}
