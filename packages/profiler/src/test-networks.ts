// Networks for the tests.
import { tfl } from './tf';

const { layers } = tfl;

/** Applies layers in sequence. */
export function chain(x: tfl.SymbolicTensor, ...stack: tfl.layers.Layer[]): tfl.SymbolicTensor {
  return stack.reduce((tensor, layer) => layer.apply(tensor) as tfl.SymbolicTensor, x);
}

/** A CIFAR ResNet of `6 * blocks + 2` layers with projection shortcuts (option B). */
export function cifarResNet(blocks: number): tfl.LayersModel {
  const conv = (name: string, filters: number, kernelSize: number, strides: number): tfl.layers.Layer =>
    layers.conv2d({
      filters,
      kernelSize,
      strides,
      padding: 'same',
      useBias: false,
      kernelInitializer: 'zeros',
      name,
    });
  const norm = (name: string): tfl.layers.Layer => layers.batchNormalization({ name });
  const input = tfl.input({ shape: [32, 32, 3], name: 'image' });
  let x = chain(input, conv('conv1', 16, 3, 1), norm('bn1'), layers.reLU({ name: 'relu1' }));
  for (let stage = 1; stage <= 3; stage++) {
    for (let block = 1; block <= blocks; block++) {
      const name = `s${String(stage)}b${String(block)}`;
      const filters = 8 * 2 ** stage;
      const strides = stage > 1 && block === 1 ? 2 : 1;
      const shortcut =
        strides === 1
          ? x
          : chain(x, conv(`${name}_projection`, filters, 1, strides), norm(`${name}_projection_bn`));
      const main = chain(
        x,
        conv(`${name}_conv1`, filters, 3, strides),
        norm(`${name}_bn1`),
        layers.reLU({ name: `${name}_relu1` }),
        conv(`${name}_conv2`, filters, 3, 1),
        norm(`${name}_bn2`),
      );
      const sum = layers.add({ name: `${name}_add` }).apply([main, shortcut]) as tfl.SymbolicTensor;
      x = chain(sum, layers.reLU({ name: `${name}_relu2` }));
    }
  }
  const output = chain(
    x,
    layers.globalAveragePooling2d({ dataFormat: 'channelsLast', name: 'pool' }),
    layers.dense({ units: 10, name: 'dense' }),
  );
  return tfl.model({ inputs: input, outputs: output });
}
