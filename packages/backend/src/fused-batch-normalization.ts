import { hasKernel } from './has-kernel';
import { tf, tfl } from './tf';

/** The fields of the layer's class, which tfjs-layers does not export. */
interface BatchNormalizationLayer extends tfl.layers.Layer {
  readonly axis: number;
  readonly epsilon: number;
  readonly momentum: number;
  readonly gamma?: tfl.LayerVariable | null;
  readonly beta?: tfl.LayerVariable | null;
  readonly movingMean: tfl.LayerVariable;
  readonly movingVariance: tfl.LayerVariable;
}

/**
 * What follows a normalisation and may be computed with it: y = relu(normalised + addend). Code that applies the layer
 * and knows that nothing else reads the intermediate results passes this beside `training`; the layer sets `done` if it
 * computed everything. Other layers ignore it.
 */
interface Followers {
  /** With the shape of the layer's output; null for no addition. */
  readonly addend: tf.Tensor | null;
  done: boolean;
}

type Call = (
  this: BatchNormalizationLayer,
  inputs: tf.Tensor | tf.Tensor[],
  kwargs: { training?: boolean; followers?: Followers },
) => tf.Tensor | tf.Tensor[];

let installed = false;

/**
 * Lets every `BatchNormalization` layer train with two kernels, `BatchNormTraining` and `BatchNormTrainingGrad`, on
 * engines that have them, instead of the dozens from which TensorFlow.js composes its gradient; or with
 * `FusedBatchNormTraining` and its gradient, which can add a shortcut and apply ReLU too. Layers, weights and saved
 * models stay the same; inference, and engines without the kernels, are not affected.
 */
export function installFusedBatchNormalization(): void {
  if (installed) return;
  installed = true;
  tf.registerGradient({
    kernelName: 'BatchNormTraining',
    inputsToSave: ['x', 'gamma'],
    // y, mean, variance, and whatever else the engine needs again.
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
  registerFusedGradient();
  const prototype = Object.getPrototypeOf(tfl.layers.batchNormalization({})) as { call: Call };
  const composed = prototype.call;
  prototype.call = function (inputs, kwargs) {
    const x = Array.isArray(inputs) ? inputs[0]! : inputs;
    if (kwargs.training !== true || !canFuse(this, x)) return composed.call(this, inputs, kwargs);
    return tf.tidy(() => {
      const channels = x.shape.at(-1)!;
      const gamma = this.gamma?.read() ?? tf.ones([channels]);
      const beta = this.beta?.read() ?? tf.zeros([channels]);
      if (hasKernel('FusedBatchNormTraining'))
        return normalizeFused(this, { x, gamma, beta }, kwargs.followers);
      const inputs = { x, gamma, beta };
      const [y, mean, variance] = runKernel('BatchNormTraining', inputs, { epsilon: this.epsilon });
      moveTowards(this.movingMean, mean!, this.momentum);
      moveTowards(this.movingVariance, variance!, this.momentum);
      return y!;
    });
  };
}

function canFuse({ axis }: BatchNormalizationLayer, x: tf.Tensor): boolean {
  const lastAxis = axis === -1 || axis === x.rank - 1;
  // Kernels work on vectors of four channels; fewer channels are rare and cheap.
  const enough = x.rank > 1 && x.size > 0 && x.shape.at(-1)! >= 4;
  const known = hasKernel('FusedBatchNormTraining') || hasKernel('BatchNormTraining');
  return lastAxis && enough && x.dtype === 'float32' && known;
}

function normalizeFused(
  { epsilon, momentum, movingMean, movingVariance }: BatchNormalizationLayer,
  layerInputs: Record<'x' | 'gamma' | 'beta', tf.Tensor>,
  followers: Followers | undefined,
): tf.Tensor {
  const addend = followers?.addend ?? null;
  const { shape } = layerInputs.x;
  // A broadcast shortcut is left to TensorFlow.js.
  const fits = addend === null || (addend.dtype === 'float32' && tf.util.arraysEqual(addend.shape, shape));
  const withFollowers = followers !== undefined && fits;
  if (withFollowers) followers.done = true;
  const add = withFollowers && addend !== null;
  const inputs = {
    ...layerInputs,
    ...(add ? { addend } : {}),
    movingMean: movingMean.read(),
    movingVariance: movingVariance.read(),
  };
  const attributes = { epsilon, rate: 1 - momentum, relu: withFollowers, add };
  const [y, , , nextMean, nextVariance] = runKernel('FusedBatchNormTraining', inputs, attributes);
  movingMean.write(nextMean!);
  movingVariance.write(nextVariance!);
  return y!;
}

function registerFusedGradient(): void {
  tf.registerGradient({
    kernelName: 'FusedBatchNormTraining',
    inputsToSave: ['x', 'gamma', 'beta'],
    // y, mean and variance; not the next moving statistics.
    outputsToSave: [true, true, true, false, false],
    gradFunc: (dys, saved, attributes) => {
      const [dy] = dys as tf.Tensor[];
      const [x, gamma, beta, y, mean, variance] = saved as [
        ...[tf.Tensor, tf.Tensor, tf.Tensor],
        ...[tf.Tensor, tf.Tensor, tf.Tensor],
      ];
      const [dx, dgamma, dbeta, daddend] = runKernel(
        'FusedBatchNormTrainingGrad',
        { dy: dy!, y, x, gamma, beta, mean, variance },
        attributes as { epsilon: number },
      );
      return { x: () => dx!, gamma: () => dgamma!, beta: () => dbeta!, addend: () => daddend! };
    },
  });
}

function runKernel(
  name: string,
  inputs: Record<string, tf.Tensor>,
  attributes: { epsilon: number; rate?: number; relu?: boolean; add?: boolean },
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
