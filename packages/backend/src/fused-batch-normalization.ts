import { hasKernel } from './has-kernel';
import { tf, tfl } from './tf';

/** What the layer's own class keeps; tfjs-layers does not export the class. */
interface BatchNormalizationLayer extends tfl.layers.Layer {
  readonly axis: number;
  readonly epsilon: number;
  readonly momentum: number;
  readonly gamma?: tfl.LayerVariable | null;
  readonly beta?: tfl.LayerVariable | null;
  readonly movingMean: tfl.LayerVariable;
  readonly movingVariance: tfl.LayerVariable;
}

type Call = (
  this: BatchNormalizationLayer,
  inputs: tf.Tensor | tf.Tensor[],
  kwargs: { training?: boolean },
) => tf.Tensor | tf.Tensor[];

let installed = false;

/**
 * Lets every `BatchNormalization` layer train with two kernels, `BatchNormTraining` and `BatchNormTrainingGrad`, on the
 * engines that have them, instead of the dozens that TensorFlow.js composes its gradient of. Layers, weights and saved
 * models stay what they are; inference and engines without the kernels are not touched.
 */
export function installFusedBatchNormalization(): void {
  if (installed) return;
  installed = true;
  tf.registerGradient({
    kernelName: 'BatchNormTraining',
    inputsToSave: ['x', 'gamma'],
    // y, mean, variance, and whatever else the engine wants back.
    outputsToSave: [false, true, true, true, true, true],
    gradFunc: (dys, saved, attributes) => {
      const [dy] = dys as tf.Tensor[];
      const [x, gamma, mean, variance, ...state] = saved as [
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
        ...tf.Tensor[],
      ];
      const others = Object.fromEntries(state.map((tensor, index) => [`state${index}`, tensor]));
      const inputs = { dy: dy!, x, gamma, mean, variance, ...others };
      const [dx, dgamma, dbeta] = runKernel(
        'BatchNormTrainingGrad',
        inputs,
        attributes as { epsilon: number },
      );
      return { x: () => dx!, gamma: () => dgamma!, beta: () => dbeta! };
    },
  });
  const prototype = Object.getPrototypeOf(tfl.layers.batchNormalization({})) as { call: Call };
  const composed = prototype.call;
  prototype.call = function (inputs, kwargs) {
    const x = Array.isArray(inputs) ? inputs[0]! : inputs;
    if (kwargs.training !== true || !canFuse(this, x)) return composed.call(this, inputs, kwargs);
    return tf.tidy(() => {
      const channels = x.shape.at(-1)!;
      const gamma = this.gamma?.read() ?? tf.ones([channels]);
      const beta = this.beta?.read() ?? tf.zeros([channels]);
      const [y, mean, variance] = runKernel(
        'BatchNormTraining',
        { x, gamma, beta },
        { epsilon: this.epsilon },
      );
      moveTowards(this.movingMean, mean!, this.momentum);
      moveTowards(this.movingVariance, variance!, this.momentum);
      return y!;
    });
  };
}

function canFuse({ axis }: BatchNormalizationLayer, x: tf.Tensor): boolean {
  const lastAxis = axis === -1 || axis === x.rank - 1;
  // Kernels work on vectors of four channels; so few that they fill none are rare and cheap.
  const enough = x.rank > 1 && x.size > 0 && x.shape.at(-1)! >= 4;
  return lastAxis && enough && x.dtype === 'float32' && hasKernel('BatchNormTraining');
}

function runKernel(
  name: string,
  inputs: Record<string, tf.Tensor>,
  attributes: { epsilon: number },
): tf.Tensor[] {
  return tf.engine().runKernel<tf.Tensor[]>(name, inputs, attributes);
}

/** The layer's own rule for its moving statistics. */
function moveTowards(variable: tfl.LayerVariable, value: tf.Tensor, momentum: number): void {
  tf.tidy(() => {
    const before = variable.read();
    variable.write(tf.sub(before, tf.mul(tf.sub(before, value), 1 - momentum)));
  });
}
