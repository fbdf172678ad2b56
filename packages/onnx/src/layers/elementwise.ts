import { activate, clip, map, softmax } from './activation';
import { normalizesChannels, readBatchNormalization } from './channel-affine';
import { type LayerConversion, type LayerConverter, refuseLayer } from './layer-conversion';
import { fromPlain, toPlain } from './value';

/** Layers that do nothing at inference time. */
export const convertIdentity: LayerConverter = ({ inputs }) => inputs[0]!;

/** `BatchNormalization` that could not be folded into the layer before it. */
export const convertBatchNormalization: LayerConverter = ({ graph, node, weights, inputs }) => {
  const value = inputs[0]!.layout === 'flat' ? toPlain(graph, inputs[0]!) : inputs[0]!;
  if (!normalizesChannels(node)) {
    refuseLayer(
      node,
      'it normalises the last axis',
      `axis ${JSON.stringify(node.layer.getConfig()['axis'])}`,
    );
  }
  const { scale, shift } = readBatchNormalization(node, weights);
  const dims = value.layout === 'channels-first' ? [scale.length, 1, 1] : [scale.length];
  const factor = graph.constant(`${node.name}_scale`, 'float32', dims, Float32Array.from(scale));
  const offset = graph.constant(`${node.name}_shift`, 'float32', dims, Float32Array.from(shift));
  const scaled = graph.add('Mul', [value.name, factor], {}, node.id);
  return { ...value, name: graph.add('Add', [scaled, offset], {}, node.id) };
};

/** `Rescaling` */
export const convertRescaling: LayerConverter = ({ graph, node, config, inputs }) => {
  const { scale, offset = 0 } = config;
  if (typeof scale !== 'number' || typeof offset !== 'number') {
    return refuseLayer(node, 'its scale and offset are numbers', JSON.stringify([scale, offset]));
  }
  const scaled = graph.add('Mul', [inputs[0]!.name, graph.scalar(scale)], {}, node.id);
  return { ...inputs[0]!, name: graph.add('Add', [scaled, graph.scalar(offset)], {}, node.id) };
};

/** `Activation` */
export const convertActivation: LayerConverter = ({ graph, node, config, inputs }) =>
  activate(graph, node, config['activation'] as string, inputs[0]!);

/** `ReLU` */
export const convertReLU: LayerConverter = ({ graph, config, inputs }) => {
  const largest = config['maxValue'] as number | null | undefined;
  return typeof largest === 'number' ? clip(graph, inputs[0]!, largest) : map(graph, 'Relu', inputs[0]!);
};

/** `LeakyReLU` */
export const convertLeakyReLU: LayerConverter = ({ graph, config, inputs }) =>
  map(graph, 'LeakyRelu', inputs[0]!, { alpha: { float: (config['alpha'] as number | undefined) ?? 0.3 } });

/** `ELU` */
export const convertELU: LayerConverter = ({ graph, config, inputs }) =>
  map(graph, 'Elu', inputs[0]!, { alpha: { float: (config['alpha'] as number | undefined) ?? 1 } });

/** `ThresholdedReLU` */
export const convertThresholdedReLU: LayerConverter = ({ graph, config, inputs }) =>
  map(graph, 'ThresholdedRelu', inputs[0]!, {
    alpha: { float: (config['theta'] as number | undefined) ?? 1 },
  });

/** `PReLU`; its slopes are `[height, width, channels]`, 1 along shared axes. */
export const convertPReLU: LayerConverter = ({ graph, node, weights, inputs }) => {
  const value = inputs[0]!.layout === 'flat' ? toPlain(graph, inputs[0]!) : inputs[0]!;
  const { shape, data } = weights.get(node.layer, 'alpha');
  if (value.layout === 'plain') {
    return map(graph, 'PRelu', value, {}, [graph.constant(`${node.name}_alpha`, 'float32', shape, data)]);
  }
  const [height = 1, width = 1, channels = 1] = shape;
  const slopes = new Float32Array(data.length);
  for (let position = 0; position < height * width; position++) {
    for (let channel = 0; channel < channels; channel++) {
      slopes[channel * height * width + position] = data[position * channels + channel]!;
    }
  }
  const name = graph.constant(`${node.name}_alpha`, 'float32', [channels, height, width], slopes);
  return map(graph, 'PRelu', value, {}, [name]);
};

/** `Softmax` */
export const convertSoftmax: LayerConverter = ({ graph, node, config, inputs }) => {
  const axis = (config['axis'] as number | undefined) ?? -1;
  if (axis !== -1 && axis !== inputs[0]!.shape.length)
    refuseLayer(node, 'its axis is the last one', String(axis));
  return softmax(graph, 'Softmax', inputs[0]!);
};

/** `Add`, `Multiply`, `Maximum`, `Minimum`, `Average` */
export const convertMerge: LayerConverter = (conversion) => {
  const { graph, node, inputs } = conversion;
  const values = alike(conversion) ? inputs : inputs.map((value) => toPlain(graph, value));
  const names = values.map(({ name }) => name);
  const pairwise = { Add: 'Add', Multiply: 'Mul' }[node.className];
  const joint = { Maximum: 'Max', Minimum: 'Min', Average: 'Mean' }[node.className];
  const name =
    pairwise === undefined
      ? graph.add(joint!, names, {}, node.id)
      : names.reduce((sum, next) => graph.add(pairwise, [sum, next], {}, node.id));
  return fromPlain(graph, {
    ...values[0]!,
    name,
    shape: alike(conversion) ? mapShape(conversion) : conversion.outputShape,
  });
};

/** Whether all inputs have the same layout, so that they can be combined elementwise. */
function alike({ node, inputs }: LayerConversion): boolean {
  const rank = inputs[0]!.shape.length;
  if (
    inputs.some(
      ({ shape, layout }) => shape.length !== rank && layout !== 'flat' && inputs[0]!.layout !== 'flat',
    )
  ) {
    refuseLayer(
      node,
      'its inputs have the same number of axes',
      inputs.map(({ shape }) => `[${shape.join(', ')}]`).join(' and '),
    );
  }
  const [first] = inputs;
  return inputs.every(
    ({ layout, shape }) =>
      layout === first!.layout &&
      (layout !== 'flat' || shape.every((size, axis) => size === first!.shape[axis])),
  );
}

function mapShape({ inputs, outputShape }: LayerConversion): readonly number[] {
  // The shape of a flat value is that of the map it came from.
  return inputs[0]!.layout === 'flat' ? inputs[0]!.shape : outputShape;
}
