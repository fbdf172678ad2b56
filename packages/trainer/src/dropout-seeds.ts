import type { LayerGraph } from '@earlyexit/profiler';
import { mixSeeds } from './mix-seeds';

/** Sets the seeds of a network's dropout layers. */
export interface DropoutSeeds {
  /** Gives every dropout layer a seed of its own for `step`. */
  set(step: number): void;
  /** Puts the layers' own seeds back. */
  restore(): void;
  /** Names of layers whose noise cannot be seeded. */
  readonly unseeded: readonly string[];
}

const dropoutPurpose = 3;
const noiseClasses = ['GaussianNoise', 'GaussianDropout', 'AlphaDropout'];

/**
 * A dropout layer without a seed draws from `Math.random`, and one with a seed draws the same mask at every step. A seed
 * that follows from (seed, step, layer) makes it random and repeatable.
 */
export function seedDropout(graph: LayerGraph, seed: number): DropoutSeeds {
  const layers = graph.nodes
    .filter(({ className }) => className.endsWith('Dropout') || className === 'SpatialDropout1D')
    .filter(({ className }) => !noiseClasses.includes(className))
    .map(({ layer }) => layer as unknown as { seed: number | undefined });
  const own = layers.map((layer) => layer.seed);
  return {
    set(step) {
      for (const [index, layer] of layers.entries()) {
        // 0 would mean "no seed" to TensorFlow.js.
        layer.seed = mixSeeds(seed, step, index, dropoutPurpose) || 1;
      }
    },
    restore() {
      for (const [index, layer] of layers.entries()) layer.seed = own[index];
    },
    unseeded: graph.nodes.filter(({ className }) => noiseClasses.includes(className)).map(({ name }) => name),
  };
}
