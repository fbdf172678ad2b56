import { attachExits, layerSeed, type MultiExitModel } from '@earlyexit/branch-head';
import type { CachedLogits } from '@earlyexit/exit-criteria';
import type { NarrowLayer } from './points/shapes';
import { tf, tfl } from './tf';

/** Enough for the spirals. */
const WIDTHS = [24, 24];

/**
 * A network for points of the plane: a narrow layer with an exit of its own (linear), then two wide ones and the final
 * exit. Smooth activations give smooth boundaries.
 *
 * @param narrow the narrower, the simpler the first exit's boundary
 */
export function createPlaneNetwork(narrow: NarrowLayer, seed: number): MultiExitModel {
  const input = tfl.input({ shape: [2], name: 'point' });
  const dense = (name: string, units: number, features: tfl.SymbolicTensor, activation: 'linear' | 'tanh') =>
    tfl.layers
      .dense({
        name,
        units,
        activation,
        kernelInitializer: tfl.initializers.glorotUniform({ seed: layerSeed(seed, name) }),
      })
      .apply(features) as tfl.SymbolicTensor;
  let features = dense('narrow', narrow.units, input, narrow.activation);
  WIDTHS.forEach((units, index) => {
    features = dense(`wide${String(index + 1)}`, units, features, 'tanh');
  });
  const logits = dense('logits', 2, features, 'linear');
  const backbone = tfl.model({ inputs: input, outputs: logits, name: 'plane' });
  return attachExits(backbone, [{ after: 'narrow', head: 'linear' }], { seed });
}

/** The logits of both exits at points `[size, 2]`. */
export async function planeLogits(
  { model }: MultiExitModel,
  points: Float32Array,
  labels: Int32Array | null,
): Promise<CachedLogits> {
  const samples = points.length / 2;
  const outputs = tf.tidy(() => model.predict(tf.tensor2d(points, [samples, 2])) as tf.Tensor[]);
  try {
    const exits = await Promise.all(outputs.map(async (logits) => (await logits.data()) as Float32Array));
    return { exits, samples, classes: 2, labels };
  } finally {
    tf.dispose(outputs);
  }
}
