import { ArgumentError } from '@earlyexit/core';
import type { MultiExitModel } from './metadata/multi-exit-model';
import { tf, type tfl } from './tf';

/** A scale and an offset for every class of one exit's logits. */
export interface LogitScaling {
  /** `[classes]`, each logit is multiplied by its class's scale, then its offset is added. */
  readonly scales: ArrayLike<number>;
  readonly offsets: ArrayLike<number>;
}

/**
 * Builds a scaling of the logits (vector scaling) into the network: it is folded into the columns of each classifier's
 * kernel and its bias, so that sessions, exports and everything else that runs the network get scaled logits without
 * knowing. Changes the weights of `model` itself.
 *
 * @param scalings One per exit, the final one last.
 * @throws ArgumentError, with nothing changed, if an exit does not end in its own dense layer with a bias and without
 * an activation, or the scalings do not fit.
 */
export function foldLogitScaling(
  { model, metadata }: MultiExitModel,
  scalings: readonly LogitScaling[],
): void {
  const place = { function: 'foldLogitScaling', argument: 'scaling' };
  const classes = metadata.classes.length;
  const sizes = scalings.flatMap(({ scales, offsets }) => [scales.length, offsets.length]);
  if (scalings.length !== metadata.exits.length || sizes.some((size) => size !== classes)) {
    throw new ArgumentError({
      ...place,
      rule: `there is one scaling per exit, ${String(metadata.exits.length)} here, of ${String(classes)} scales and offsets`,
      received: `${String(scalings.length)} of ${sizes.join(', ')}`,
    });
  }
  const classifiers = model.outputs.map(({ sourceLayer }, exit) => {
    if (isPlainClassifier(sourceLayer)) return sourceLayer;
    throw new ArgumentError({
      ...place,
      rule: 'the logits of every exit come from its own dense layer, with a bias and without an activation',
      received: `${sourceLayer.getClassName()} ${sourceLayer.name} at ${metadata.exits[exit]!.name}`,
      remedy: 'Scale by a temperature instead, which any network can carry',
    });
  });
  classifiers.forEach((layer, exit) => {
    const { scales, offsets } = scalings[exit]!;
    tf.tidy(() => {
      const scale = tf.tensor1d(Float32Array.from(scales));
      const [kernel, bias] = layer.getWeights();
      const offset = tf.tensor1d(Float32Array.from(offsets));
      layer.setWeights([tf.mul(kernel!, scale), tf.add(tf.mul(bias!, scale), offset)]);
    });
  });
}

function isPlainClassifier(layer: tfl.layers.Layer): boolean {
  const { activation, useBias } = layer.getConfig();
  return (
    layer.getClassName() === 'Dense' &&
    layer.inboundNodes.length === 1 &&
    activation === 'linear' &&
    useBias === true
  );
}
