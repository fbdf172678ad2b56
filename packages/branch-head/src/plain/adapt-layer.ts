import { describeValue } from '@earlyexit/core';
import { isJson, type Json, refuse, type SavedLayer } from './saved-topology';

/** A layer in the form that TensorFlow.js reads. */
export interface AdaptedLayer {
  readonly className: string;
  readonly config: Json;
}

/** Layers that change images only in training and do nothing at inference time. */
const PASSING = /^(Random[A-Z]\w*|SpatialDropout2D|ActivityRegularization)$/;

/**
 * A layer of Keras 2 or 3 in the form of TensorFlow.js, or null if it does nothing at inference time. Settings that
 * TensorFlow.js would silently ignore are translated or refused.
 *
 * @param version the version of Keras, 2 for what TensorFlow.js itself wrote
 * @throws DataError for a setting that TensorFlow.js does not have
 */
export function adaptLayer(layer: SavedLayer, version: number, where: string): AdaptedLayer | null {
  const { className, name } = layer;
  if (PASSING.test(className)) return null;
  const at = `${where}, layer '${name}' (${className})`;
  const config: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(layer.config)) config[key] = adaptValue(key, value, version, at);
  const must = (key: string, standard: unknown): void => {
    const value = config[key] ?? standard;
    if (value === standard) return;
    refuse(at, `TensorFlow.js has the layer with ${key} ${String(standard)} alone`, describeValue(value));
  };
  switch (className) {
    case 'InputLayer': {
      const { batch_shape: shape, batch_input_shape: batchInputShape = shape, dtype } = config;
      const isKnown = ['float32', 'int32', 'bool'].includes(dtype as string);
      // To TensorFlow.js bytes, for instance, are numbers like any others.
      const type = isKnown ? dtype : 'float32';
      return { className, config: { name, batch_input_shape: batchInputShape, dtype: type } };
    }
    case 'Conv1D':
    case 'Conv2D':
    case 'Conv2DTranspose':
    case 'SeparableConv2D':
      must('groups', 1);
      break;
    case 'GlobalAveragePooling2D':
    case 'GlobalMaxPooling2D':
      must('keepdims', false);
      break;
    case 'BatchNormalization':
      if (Array.isArray(config['axis']) && config['axis'].length === 1)
        config['axis'] = config['axis'][0] as unknown;
      must('renorm', false);
      break;
    case 'Rescaling':
      for (const key of ['scale', 'offset']) {
        if (typeof (config[key] ?? 0) !== 'number')
          refuse(at, `${key} is a number`, describeValue(config[key]));
      }
      break;
    case 'LeakyReLU':
      if ('negative_slope' in config) config['alpha'] = config['negative_slope'];
      break;
    case 'ReLU':
      return adaptReLU(config, must);
    default:
  }
  return { className, config };
}

/** `ReLU` of Keras has a slope and a threshold, which are separate layers here. */
function adaptReLU(config: Json, must: (key: string, standard: unknown) => void): AdaptedLayer {
  const { name, negative_slope: slope = 0, max_value: largest = null } = config;
  must('threshold', 0);
  if (slope === 0 || slope === null) return { className: 'ReLU', config };
  if (largest !== null) must('negative_slope', 0);
  return { className: 'LeakyReLU', config: { name, alpha: slope } };
}

function adaptValue(key: string, value: unknown, version: number, where: string): unknown {
  // The weights come from the file.
  if (key.endsWith('_initializer')) return { class_name: 'Zeros', config: {} };
  if (key === 'dtype') return adaptType(value);
  if (key.endsWith('_regularizer')) return adaptRegularizer(value);
  if (key === 'activation' || key === 'recurrent_activation') {
    // Keras 3 may write a function as an object.
    const name = isJson(value) && typeof value['config'] === 'string' ? value['config'] : value;
    if (name === 'hard_sigmoid' && version >= 3) {
      refuse(where, "TensorFlow.js has another 'hard_sigmoid' than Keras 3", name);
    }
    return name === 'silu' ? 'swish' : name;
  }
  return value;
}

/** Keras 3 describes types as policies; half precision is computed as float32. */
function adaptType(value: unknown): unknown {
  const name = isJson(value) && isJson(value['config']) ? value['config']['name'] : value;
  return typeof name === 'string' && /float16/.test(name) ? 'float32' : name;
}

/** Keras has one class for each norm, TensorFlow.js one for both. */
function adaptRegularizer(value: unknown): unknown {
  if (!isJson(value) || !isJson(value['config'])) return null;
  const { l1 = 0, l2 = 0 } = value['config'];
  const isKnown = ['L1L2', 'L1', 'L2'].includes(value['class_name'] as string);
  return isKnown ? { class_name: 'L1L2', config: { l1, l2 } } : null;
}
