import { activate } from './activation';
import type { LayerConverter } from './layer-conversion';
import { toPlain, type Value } from './value';

/** `Dense`; on feature maps it is applied at every position, as TensorFlow.js does. */
export const convertDense: LayerConverter = (conversion) => {
  const { graph, node, weights, config, affine, outputShape } = conversion;
  const input = conversion.inputs[0]!;
  const { shape, data } = weights.get(node.layer, 'kernel');
  const [inputs = 1, units = 1] = shape;
  const kernel = Float32Array.from(data, (value, index) => value * (affine?.scale[index % units] ?? 1));
  const ownBias = weights.find(node.layer, 'bias')?.data;
  const bias =
    affine === null
      ? ownBias
      : Float32Array.from(
          affine.shift,
          (shift, unit) => (ownBias?.[unit] ?? 0) * affine.scale[unit]! + shift,
        );
  const key = affine === null ? node.name : `${node.id}_folded`;
  const activation = (config['activation'] as string | undefined) ?? 'linear';

  if (input.layout === 'channels-first' || input.shape.length > 1) {
    if (input.layout === 'flat') return convertFlat(input);
    const plain = toPlain(graph, input);
    const product = graph.add(
      'MatMul',
      [plain.name, graph.constant(`${key}_kernel`, 'float32', [inputs, units], kernel)],
      {},
      node.id,
    );
    const sum =
      bias === undefined
        ? product
        : graph.add('Add', [product, graph.constant(`${key}_bias`, 'float32', [units], bias)], {}, node.id);
    const result = activate(graph, node, activation, { name: sum, layout: 'plain', shape: outputShape });
    if (outputShape.length !== 3) return result;
    const name = graph.add('Transpose', [result.name], { perm: { ints: [0, 3, 1, 2] } });
    return { name, layout: 'channels-first', shape: outputShape };
  }
  return convertFlat(input);

  function convertFlat(value: Value): Value {
    const flat = value.layout === 'flat';
    const rows = flat ? reorderRows(kernel, value.shape, units) : kernel;
    const constants = [
      graph.constant(`${key}_kernel${flat ? '_channels_first' : ''}`, 'float32', [inputs, units], rows),
    ];
    if (bias !== undefined) constants.push(graph.constant(`${key}_bias`, 'float32', [units], bias));
    const name = graph.add('Gemm', [value.name, ...constants], {}, node.id);
    return activate(graph, node, activation, { name, layout: 'plain', shape: outputShape });
  }
};

/** The rows of a kernel, which follow `[height, width, channels]`, in the order channels, height, width. */
function reorderRows(kernel: Float32Array, shape: readonly number[], units: number): Float32Array {
  const [height = 1, width = 1, channels = 1] = shape;
  const out = new Float32Array(kernel.length);
  for (let position = 0; position < height * width; position++) {
    for (let channel = 0; channel < channels; channel++) {
      const from = (position * channels + channel) * units;
      out.set(kernel.subarray(from, from + units), (channel * height * width + position) * units);
    }
  }
  return out;
}
