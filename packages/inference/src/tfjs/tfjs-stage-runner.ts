import { splitStages, type MultiExitModel } from '@earlyexit/branch-head';
import { ArgumentError } from '@earlyexit/core';
import type { StageRunner } from '../session/stage-runner';
import { tf } from '../tf';

/** The tensors that cross a cut, in the order in which the next stage takes them. */
type Tensors = tf.Tensor[];

/**
 * Runs the stages of a multi-exit model on the TensorFlow.js engine in use. It does not dispose of the model.
 *
 * @throws ArgumentError if the model takes anything but images of one fixed size.
 */
export function tfjsStageRunner(model: MultiExitModel): StageRunner<Tensors> {
  const stages = splitStages(model);
  const [height, width, channels] = imageShape(model);
  return {
    stageCount: stages.length,
    inputShape: [height, width, channels],
    classes: model.metadata.classes.length,
    load: (images, rows) => [tf.tensor4d(images, [rows, height, width, channels])],
    async run(stage, features) {
      const owned = new Set(features);
      try {
        const { logits, carried } = stages[stage]!.run(features);
        for (const tensor of [logits, ...carried]) owned.add(tensor);
        const host = (await logits.data()) as Float32Array;
        // A tensor may pass through a stage unchanged: what is carried over is kept.
        for (const tensor of carried) owned.delete(tensor);
        return { logits: host, features: carried };
      } finally {
        tf.dispose([...owned]);
      }
    },
    select(features, rows) {
      try {
        return tf.tidy(() => {
          const kept = tf.tensor1d(rows, 'int32');
          return features.map((tensor) => tf.gather(tensor, kept));
        });
      } finally {
        tf.dispose(features);
      }
    },
    release: (features) => {
      tf.dispose(features);
    },
    dispose: () => undefined,
  };
}

function imageShape({ model }: MultiExitModel): readonly [height: number, width: number, channels: number] {
  const shapes = model.inputs.map((input) => input.shape.slice(1));
  const [height, width, channels] = shapes[0] ?? [];
  if (shapes.length === 1 && shapes[0]!.length === 3 && height && width && channels) {
    return [height, width, channels];
  }
  throw new ArgumentError({
    where: 'createSession',
    rule: 'a session runs networks with one input, images of a fixed size [height, width, channels]',
    received: shapes.map((shape) => `[${shape.join(', ')}]`).join(' and '),
  });
}
