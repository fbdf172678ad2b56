import { DataError, describeValue } from '@earlyexit/core';

/** Any JSON object. */
export type Json = Readonly<Record<string, unknown>>;

/** A layer, or a model, as Keras and TensorFlow.js describe it. */
export interface SavedLayer {
  readonly className: string;
  readonly name: string;
  readonly config: Json;
  /** The tensors that each application takes. */
  readonly applications: readonly (readonly SavedTensor[])[];
}

/** A tensor, by its layer, the application of that layer, and the output. */
export type SavedTensor = readonly [layer: string, application: number, output: number];

/** @throws DataError always: a description that is not a layer or not a model */
export function refuse(where: string, rule: string, received: string, remedy?: string): never {
  throw new DataError({ where, rule, received, remedy });
}

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a class is a model of layers. */
export function isModel(className: string): boolean {
  return ['Model', 'Functional', 'Sequential'].includes(className);
}

/**
 * The parts of a layer's description, whichever version of Keras wrote it.
 *
 * @throws DataError if it is not one
 */
export function readLayer(value: unknown, where: string): SavedLayer {
  const { class_name: className, config } = isJson(value) ? value : {};
  // Old sequential models list only their layers.
  const settings = Array.isArray(config) ? { layers: config as unknown[] } : config;
  if (!isJson(value) || typeof className !== 'string' || !isJson(settings)) {
    return refuse(where, 'a layer has a class and a configuration', describeValue(value));
  }
  const name = value['name'] ?? settings['name'] ?? (isModel(className) ? 'model' : undefined);
  if (typeof name !== 'string') return refuse(where, 'a layer has a name', describeValue(name));
  const { inbound_nodes: nodes = [] } = value;
  if (!Array.isArray(nodes)) return refuse(where, 'connections are a list', describeValue(nodes));
  // Some versions omit a bracket for one application with one input.
  const list: unknown[] = isTensor(nodes) ? [[nodes]] : nodes.some(isTensor) ? [nodes] : nodes;
  const at = `${where}, layer '${name}'`;
  return { className, name, config: settings, applications: list.map((node) => readInputs(node, at)) };
}

/**
 * The inputs or outputs of a model; some versions omit a bracket for a single tensor.
 *
 * @throws DataError if it names none
 */
export function readEnds(value: unknown, where: string): SavedTensor[] {
  const list: unknown = isTensor(value) ? [value] : value;
  if (!Array.isArray(list) || list.length === 0 || !list.every(isTensor)) {
    return refuse(where, 'a model names its inputs and outputs', describeValue(value));
  }
  return list.map(toTensor);
}

/**
 * The inputs of one application: `[['layer', 0, 0, {}], …]`, or in Keras 3 arguments that contain tensors somewhere.
 */
function readInputs(node: unknown, where: string): SavedTensor[] {
  if (isJson(node)) {
    const given = tensorsWithin(node['kwargs']);
    if (given.length > 0) {
      return refuse(
        where,
        'a layer takes its tensors as arguments without a name',
        describeValue(node['kwargs']),
      );
    }
    return tensorsWithin(node['args']);
  }
  if (!Array.isArray(node) || !node.every(isTensor)) {
    return refuse(where, 'a connection names the tensors that a layer takes', describeValue(node));
  }
  for (const [, , , named] of node as readonly (readonly unknown[])[]) {
    const stray = Object.keys(named ?? {}).find((key) => !['training', 'mask'].includes(key));
    if (stray !== undefined) return refuse(where, 'a layer is given tensors alone', `'${stray}'`);
  }
  return node.map(toTensor);
}

/** Keras 3 writes a tensor as an object with its history. */
function tensorsWithin(value: unknown): SavedTensor[] {
  if (Array.isArray(value)) return value.flatMap(tensorsWithin);
  if (!isJson(value)) return [];
  if (value['class_name'] !== '__keras_tensor__') return Object.values(value).flatMap(tensorsWithin);
  const history = isJson(value['config']) ? value['config']['keras_history'] : undefined;
  return isTensor(history) ? [toTensor(history)] : [];
}

function isTensor(value: unknown): value is readonly [string, number, number] {
  return (
    Array.isArray(value) &&
    typeof value[0] === 'string' &&
    [value[1], value[2]].every((index) => Number.isSafeInteger(index) && (index as number) >= 0)
  );
}

function toTensor([layer, application, output]: readonly [string, number, number]): SavedTensor {
  return [layer, application, output];
}
