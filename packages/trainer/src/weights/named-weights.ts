import type { LayerGraph } from '@earlyexit/profiler';
import type { tfl } from '../tf';

/** What a weight is for, as far as weight decay is concerned. */
export type WeightKind = 'kernel' | 'bias' | 'normalization';

/** One weight of a network under a name that is the same in every process. */
export interface NamedWeight {
  /** `layer/weight`, for example `conv1/kernel`. */
  readonly key: string;
  readonly kind: WeightKind;
  readonly layer: tfl.layers.Layer;
  readonly weight: tfl.LayerVariable;
}

/**
 * Every weight of a network, moving statistics included, in the order of its layers.
 *
 * The variables' own names will not do: TensorFlow.js numbers them through within a process, so that the second network
 * of a kind has other names than the first. Neither will their order, which changes with `trainable`.
 */
export function namedWeights(graph: LayerGraph): NamedWeight[] {
  const layers = new Map(graph.nodes.map((node) => [node.layer, node.name]));
  const taken = new Set<string>();
  return [...layers].flatMap(([layer, name]) =>
    layer.weights.map((weight) => {
      const base = `${name}/${weight.originalName.split('/').at(-1) ?? weight.originalName}`;
      let key = base;
      for (let number = 2; taken.has(key); number += 1) key = `${base}#${number}`;
      taken.add(key);
      return { key, kind: kindOf(layer, base), layer, weight };
    }),
  );
}

/**
 * Whether a layer was frozen, by itself or through the model it is nested in: it then trains nothing and runs in
 * inference mode, as in Keras.
 */
export function isFrozen(layer: tfl.layers.Layer): boolean {
  if (!layer.trainable) return true;
  const { _trainableWeights: own } = layer as unknown as {
    readonly _trainableWeights: readonly tfl.LayerVariable[];
  };
  return own.length > 0 && own.every((weight) => !weight.trainable);
}

function kindOf(layer: tfl.layers.Layer, key: string): WeightKind {
  if (layer.getClassName().includes('Normalization')) return 'normalization';
  // A weight of an ensemble is a single number for all classes, which decay would pull to equal shares.
  if (layer.getClassName() === 'EnsembleLogits') return 'bias';
  return key.endsWith('bias') ? 'bias' : 'kernel';
}
