import type { LayerGraph } from '@earlyexit/profiler';
import { mixBits } from '@earlyexit/core';
import { mixSeeds } from './mix-seeds';
import { tf, type tfl } from '../tf';

/** Sets the masks of a network's dropout layers. */
export interface DropoutSeeds {
  /**
   * Gives every dropout layer the masks of `step`; `firstRow` is where in the batch the images begin that come next
   * (0 unless given).
   */
  set(step: number, firstRow?: number): void;
  /** Puts the layers' own way of drawing back. */
  restore(): void;
  /** Names of layers whose noise cannot be seeded. */
  readonly unseeded: readonly string[];
}

/** The parts of a dropout layer that its typings leave out. */
interface DropoutLayer {
  call: tfl.layers.Layer['call'];
  readonly rate: number;
  readonly noiseShape: readonly (number | null)[] | null | undefined;
  getNoiseShape(input: tf.Tensor): number[] | null | undefined;
}

const dropoutPurpose = 3;
const noiseClasses = ['GaussianNoise', 'GaussianDropout', 'AlphaDropout'];

/**
 * A dropout layer without a seed draws from `Math.random`, and one with a seed draws the same mask at every step. Masks
 * that follow from (seed, step, layer, place in the batch) are random and repeatable, and a sample gets the same one
 * whichever worker computes it.
 */
export function seedDropout(graph: LayerGraph, seed: number): DropoutSeeds {
  const layers = new Map(
    graph.nodes
      .filter(({ className }) => className.endsWith('Dropout') || className === 'SpatialDropout1D')
      .filter(({ className }) => !noiseClasses.includes(className))
      .map(({ layer, name }) => [layer as unknown as DropoutLayer, nameSeed(name)]),
  );
  let at = { step: 0, firstRow: 0 };
  for (const [layer, layerSeed] of layers) {
    const own: DropoutLayer['call'] = layer.call.bind(layer);
    layer.call = (inputs, options) => {
      const { rate } = layer;
      if (options['training'] !== true || !(rate > 0 && rate < 1)) return own(inputs, options);
      return tf.tidy(() => {
        const input = Array.isArray(inputs) ? (inputs[0] as tf.Tensor) : inputs;
        const shape = layer.getNoiseShape(input) ?? input.shape;
        // A mask whose own shape says that the samples share it is the same everywhere.
        const firstRow = typeof layer.noiseShape?.[0] === 'number' ? 0 : at.firstRow;
        return tf.mul(input, dropoutMask(shape, rate, mixSeeds(seed, at.step, layerSeed), firstRow));
      });
    };
  }
  return {
    set(step, firstRow = 0) {
      at = { step, firstRow };
    },
    restore() {
      for (const layer of layers.keys()) delete (layer as Partial<DropoutLayer>).call;
    },
    unseeded: graph.nodes.filter(({ className }) => noiseClasses.includes(className)).map(({ name }) => name),
  };
}

/** A layer by its name: the order of the layers may differ from one process to the next. */
function nameSeed(name: string): number {
  return mixSeeds(...Array.from(name, (character) => character.codePointAt(0)!), dropoutPurpose);
}

/** 0 with probability `rate`, else 1 / (1 − rate). Each number is a hash of the seed and its place in the batch. */
function dropoutMask(shape: readonly number[], rate: number, seed: number, firstRow: number): tf.Tensor {
  const mask = new Float32Array(shape.reduce((size, length) => size * length, 1));
  const first = firstRow * (mask.length / shape[0]!);
  const lowest = rate * 2 ** 32;
  const kept = 1 / (1 - rate);
  for (let index = 0; index < mask.length; index += 1) {
    // Weyl's sequence, mixed.
    if (mixBits(Math.imul(first + index, 0x9e37_79b9) ^ seed) >= lowest) mask[index] = kept;
  }
  return tf.tensor(mask, [...shape]);
}
