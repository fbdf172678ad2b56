// Networks for tests, none of them from the model zoo.
import { tf, tfl } from './tf';

const { layers } = tfl;

/** Applies layers in sequence. */
function chain(x: tfl.SymbolicTensor, ...stack: tfl.layers.Layer[]): tfl.SymbolicTensor {
  return stack.reduce((tensor, layer) => layer.apply(tensor) as tfl.SymbolicTensor, x);
}

function merge(layer: tfl.layers.Layer, ...inputs: tfl.SymbolicTensor[]): tfl.SymbolicTensor {
  return layer.apply(inputs) as tfl.SymbolicTensor;
}

function conv(name: string, filters: number, strides = 1): tfl.layers.Layer {
  return layers.conv2d({ filters, kernelSize: 3, strides, padding: 'same', name });
}

/** A sequential network with normalisation, dropout and a softmax inside its last dense layer. */
export function vggLike(): tfl.LayersModel {
  return tfl.sequential({
    name: 'vgg_like',
    layers: [
      layers.conv2d({ inputShape: [8, 8, 3], filters: 4, kernelSize: 3, padding: 'same', name: 'conv1' }),
      layers.batchNormalization({ name: 'norm1' }),
      layers.reLU({ name: 'relu1' }),
      layers.maxPooling2d({ poolSize: 2, name: 'pool1' }),
      conv('conv2', 6),
      layers.reLU({ name: 'relu2' }),
      layers.maxPooling2d({ poolSize: 2, name: 'pool2' }),
      layers.flatten({ name: 'flatten' }),
      layers.dense({ units: 8, activation: 'relu', name: 'dense1' }),
      layers.dropout({ rate: 0.5, name: 'dropout' }),
      layers.dense({ units: 5, activation: 'softmax', name: 'dense2' }),
    ],
  });
}

/** An encoder and a decoder with skip connections by concatenation: several tensors cross most cuts. */
export function uNetLike(): tfl.LayersModel {
  const input = tfl.input({ shape: [8, 8, 2], name: 'image' });
  const down1 = chain(input, conv('down1', 3), layers.reLU({ name: 'down1_relu' }));
  const down2 = chain(down1, conv('down2', 4, 2), layers.reLU({ name: 'down2_relu' }));
  const bottom = chain(down2, conv('bottom', 5, 2), layers.elu({ name: 'bottom_elu' }));
  const up2 = merge(
    layers.concatenate({ name: 'up2_concat' }),
    chain(bottom, layers.conv2dTranspose({ filters: 4, kernelSize: 2, strides: 2, name: 'up2' })),
    down2,
  );
  const up1 = merge(
    layers.concatenate({ name: 'up1_concat' }),
    chain(up2, layers.upSampling2d({ size: [2, 2], name: 'up1' })),
    down1,
    input,
  );
  const output = chain(
    up1,
    conv('last', 4),
    layers.globalAveragePooling2d({ dataFormat: 'channelsLast', name: 'average' }),
    layers.dense({ units: 3, name: 'logits' }),
    layers.softmax({ name: 'softmax' }),
  );
  return tfl.model({ inputs: input, outputs: output, name: 'u_net_like' });
}

/** Branches side by side, depthwise and separable convolutions, a softmax as an activation layer. */
export function inceptionLike(): tfl.LayersModel {
  const input = tfl.input({ shape: [9, 9, 3], name: 'image' });
  const stem = chain(input, conv('stem', 4, 2));
  const wide = chain(stem, layers.depthwiseConv2d({ kernelSize: 3, padding: 'same', name: 'wide' }));
  const deep = chain(
    stem,
    layers.separableConv2d({ filters: 3, kernelSize: 3, padding: 'same', name: 'deep1' }),
    conv('deep2', 3),
  );
  const pooled = chain(
    stem,
    layers.averagePooling2d({ poolSize: 3, strides: 1, padding: 'same', name: 'pooled' }),
  );
  const joined = merge(layers.concatenate({ name: 'joined' }), wide, deep, pooled);
  const output = chain(
    joined,
    layers.prelu({ name: 'prelu' }),
    layers.flatten({ name: 'flatten' }),
    layers.dense({ units: 4, name: 'logits' }),
    layers.activation({ activation: 'softmax', name: 'probabilities' }),
  );
  return tfl.model({ inputs: input, outputs: output, name: 'inception_like' });
}

/** Two residual blocks, normalisation before addition; no softmax. */
export function residual(): tfl.LayersModel {
  const input = tfl.input({ shape: [6, 6, 2], name: 'image' });
  const block = (x: tfl.SymbolicTensor, name: string): tfl.SymbolicTensor =>
    chain(
      merge(
        layers.add({ name: `${name}_add` }),
        chain(
          x,
          conv(`${name}_conv1`, 4),
          layers.batchNormalization({ name: `${name}_norm` }),
          layers.reLU({ name: `${name}_relu1` }),
          conv(`${name}_conv2`, 4),
        ),
        x,
      ),
      layers.reLU({ name: `${name}_relu2` }),
    );
  const output = chain(
    block(block(chain(input, conv('stem', 4)), 'block1'), 'block2'),
    layers.globalMaxPooling2d({ dataFormat: 'channelsLast', name: 'largest' }),
    layers.dense({ units: 3, name: 'logits' }),
  );
  return tfl.model({ inputs: input, outputs: output, name: 'residual' });
}

/** Dense layers only. */
export function perceptron(): tfl.LayersModel {
  return tfl.sequential({
    name: 'perceptron',
    layers: [
      layers.dense({ units: 6, inputShape: [5], activation: 'tanh', name: 'hidden1' }),
      layers.dense({ units: 6, activation: 'relu', name: 'hidden2' }),
      layers.dense({ units: 3, activation: 'softmax', name: 'output' }),
    ],
  });
}

/** One convolution applied three times, the second time to the result of the first. */
export function sharedLayers(): tfl.LayersModel {
  const input = tfl.input({ shape: [6, 6, 3], name: 'image' });
  const shared = conv('shared', 3);
  const first = chain(input, shared);
  const second = chain(first, layers.reLU({ name: 'between_relu' }), shared);
  const third = chain(input, conv('a', 3), layers.reLU({ name: 'a_relu' }), conv('b', 3), shared);
  const output = chain(
    merge(layers.concatenate({ name: 'joined' }), third, second, first),
    layers.flatten({ name: 'flatten' }),
    layers.dense({ units: 3, name: 'logits' }),
  );
  return tfl.model({ inputs: input, outputs: output, name: 'shared_layers' });
}

/** A model used as a layer, twice, and a sequential model within it. */
export function nested(): tfl.LayersModel {
  const inner = tfl.sequential({
    name: 'inner',
    layers: [
      layers.conv2d({
        inputShape: [6, 6, 3],
        filters: 3,
        kernelSize: 3,
        padding: 'same',
        name: 'inner_conv',
      }),
      layers.reLU({ name: 'inner_relu' }),
    ],
  });
  const entry = tfl.input({ shape: [6, 6, 3], name: 'entry' });
  const features = tfl.model({
    inputs: entry,
    outputs: chain(entry, conv('outer_conv', 3), inner),
    name: 'features',
  });
  const input = tfl.input({ shape: [6, 6, 3], name: 'image' });
  const output = chain(
    input,
    features,
    conv('between', 3),
    features,
    layers.globalAveragePooling2d({ dataFormat: 'channelsLast', name: 'average' }),
    layers.dense({ units: 3, activation: 'softmax', name: 'logits' }),
  );
  return tfl.model({ inputs: input, outputs: output, name: 'nested' });
}

/** A sequence classifier with a layer of two outputs and two inputs to the network. */
export function twoInputs(): tfl.LayersModel {
  const sequence = tfl.input({ shape: [6, 4], name: 'sequence' });
  const facts = tfl.input({ shape: [3], name: 'facts' });
  // The stock initialiser, an orthogonal matrix, needs chained operations, which tfjs-core alone does not have.
  const recurrentInitializer = 'glorotUniform';
  const gru = layers.gru({
    units: 4,
    returnSequences: true,
    returnState: true,
    recurrentInitializer,
    name: 'gru',
  });
  const filtered = chain(sequence, layers.conv1d({ filters: 4, kernelSize: 3, name: 'conv' }));
  const [states, last] = gru.apply(filtered) as tfl.SymbolicTensor[];
  const output = chain(
    merge(
      layers.concatenate({ name: 'joined' }),
      chain(
        states!,
        layers.timeDistributed({ layer: layers.dense({ units: 2, name: 'each' }), name: 'over_time' }),
        layers.flatten({ name: 'flatten' }),
      ),
      last!,
      chain(facts, layers.dense({ units: 4, name: 'facts_dense' })),
    ),
    layers.dense({ units: 3, name: 'logits' }),
  );
  return tfl.model({ inputs: [sequence, facts], outputs: output, name: 'two_inputs' });
}

/** Fills every weight, moving statistics included, with seeded noise, so that no two are alike. */
export function randomizeWeights(model: tfl.LayersModel, seed: number): void {
  model.weights.forEach((weight, index) => {
    tf.tidy(() => {
      const low = weight.originalName.includes('variance') ? 0.5 : -0.7;
      weight.write(tf.randomUniform(weight.shape as number[], low, 0.9, 'float32', seed * 1000 + index + 1));
    });
  });
}

/** The variable behind a weight, for taking gradients. */
export function variableOf(weight: tfl.LayerVariable): tf.Variable {
  const value = weight.read();
  if (value instanceof tf.Variable) return value as tf.Variable;
  throw new Error(`${weight.name} is no variable`);
}

/** Seeded inputs of any model, for `batch` samples. */
export function randomInputs(model: tfl.LayersModel, batch: number, seed = 7): tf.Tensor[] {
  return model.inputs.map((input, index) =>
    tf.randomNormal([batch, ...(input.shape.slice(1) as number[])], 0, 1, 'float32', seed + index),
  );
}
