import { DataError, describeValue, isRecord } from '@earlyexit/core';

/** A reference to a tensor: layer name, application of that layer, output of that application, call arguments. */
type TensorReference = readonly [layer: string, application: number, output: number, ...rest: unknown[]];

interface LayerEntry {
  readonly name: string;
  readonly class_name: string;
  readonly config: unknown;
  readonly inbound_nodes: readonly (readonly TensorReference[])[];
}

/** The part of a serialised functional model that says how its layers are connected. */
export interface ModelTopology {
  readonly config: {
    readonly layers: readonly LayerEntry[];
    readonly input_layers: readonly TensorReference[];
    readonly output_layers: readonly TensorReference[];
  };
}

// ResNet-1202 has about 4,300 layers; TensorFlow.js takes time quadratic in their number.
const MOST_LAYERS = 6000;
const MODEL_CLASSES = new Set(['Model', 'Functional', 'Sequential']);

/**
 * Checks a serialised functional model and numbers the applications of its shared layers in the order in which
 * TensorFlow.js will make them when loading. TensorFlow.js itself numbers them in the order in which the program made
 * them; if one application waits for another and a later one does not, it loads them in a different order and silently
 * wires the network wrongly.
 *
 * @throws DataError if it is not a functional model, refers to missing layers, runs in a circle (on which TensorFlow.js
 * would loop forever), or holds a model inside a model.
 */
export function canonicalTopology(topology: unknown, where: string): ModelTopology {
  const checked = checkTopology(topology, where);
  const orders = loadingOrders(checked.config.layers, where);
  const renumber = ([layer, application, ...rest]: TensorReference): TensorReference => [
    layer,
    orders.get(layer)!.indexOf(application),
    ...rest,
  ];
  const { config } = checked;
  return {
    ...checked,
    config: {
      ...config,
      layers: config.layers.map((layer) => ({
        ...layer,
        inbound_nodes: layer.inbound_nodes.map((_, position) =>
          layer.inbound_nodes[orders.get(layer.name)![position]!]!.map(renumber),
        ),
      })),
      input_layers: config.input_layers.map(renumber),
      output_layers: config.output_layers.map(renumber),
    },
  };
}

/** For every layer, its applications in the order in which TensorFlow.js makes them: passes over all layers. */
function loadingOrders(layers: readonly LayerEntry[], where: string): Map<string, number[]> {
  // An input layer's only application exists as soon as the layer does.
  const orders = new Map(layers.map((layer) => [layer.name, layer.inbound_nodes.length === 0 ? [0] : []]));
  const made = new Map(layers.map((layer) => [layer.name, new Set(orders.get(layer.name))]));
  let pending = layers
    .filter((layer) => layer.inbound_nodes.length > 0)
    .map((layer) => ({ layer, applications: layer.inbound_nodes.map((_, index) => index) }));
  while (pending.length > 0) {
    let progress = false;
    for (const entry of pending) {
      const { name, inbound_nodes: inbound } = entry.layer;
      for (;;) {
        const ready = entry.applications.find((index) =>
          inbound[index]!.every(([source, application]) => made.get(source)!.has(application)),
        );
        if (ready === undefined) break;
        made.get(name)!.add(ready);
        orders.get(name)!.push(ready);
        entry.applications = entry.applications.filter((index) => index !== ready);
        progress = true;
      }
    }
    pending = pending.filter((entry) => entry.applications.length > 0);
    if (!progress) refuse(where, 'the layers are connected without a circle', pending[0]!.layer.name);
  }
  return orders;
}

function checkTopology(topology: unknown, where: string): ModelTopology {
  const config = isRecord(topology) ? topology['config'] : undefined;
  if (!isRecord(config) || !Array.isArray(config['layers'])) {
    return refuse(where, 'the topology is a functional model', describeValue(topology));
  }
  const layers = config['layers'] as unknown[];
  if (layers.length > MOST_LAYERS) {
    return refuse(where, `a network has at most ${String(MOST_LAYERS)} layers`, String(layers.length));
  }
  const applications = new Map<string, number>();
  for (const layer of layers) {
    if (!isLayerEntry(layer))
      return refuse(where, 'every layer has a name, a class and connections', describeValue(layer));
    if (applications.has(layer.name)) return refuse(where, 'layer names are unique', layer.name);
    if (holdsModel(layer)) return refuse(where, 'there is no model inside the model', layer.name);
    applications.set(layer.name, Math.max(1, layer.inbound_nodes.length));
  }
  const references = [config['input_layers'], config['output_layers']];
  const ends = references.every(
    (list) => Array.isArray(list) && list.length > 0 && list.every(isTensorReference),
  );
  if (!ends) return refuse(where, 'the topology names its inputs and outputs', describeValue(references));
  const all = [
    ...(layers as LayerEntry[]).flatMap((layer) => layer.inbound_nodes),
    ...(references as TensorReference[][]),
  ];
  for (const [name, application] of all.flat()) {
    if (application < (applications.get(name) ?? 0)) continue;
    return refuse(
      where,
      'connections name layers that are there',
      `application ${String(application)} of '${name}'`,
    );
  }
  return topology as ModelTopology;
}

function isLayerEntry(value: unknown): value is LayerEntry {
  return (
    isRecord(value) &&
    typeof value['name'] === 'string' &&
    typeof value['class_name'] === 'string' &&
    Array.isArray(value['inbound_nodes']) &&
    value['inbound_nodes'].every(
      (node) =>
        Array.isArray(node) && node.length > 0 && node.every((reference) => isTensorReference(reference)),
    )
  );
}

function isTensorReference(value: unknown): value is TensorReference {
  return (
    Array.isArray(value) &&
    typeof value[0] === 'string' &&
    Number.isSafeInteger(value[1]) &&
    value[1] >= 0 &&
    Number.isSafeInteger(value[2]) &&
    value[2] >= 0
  );
}

/**
 * Whether there is a model anywhere inside a layer; only flat models are written, and a nested one would not be
 * checked.
 */
function holdsModel(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsModel);
  if (!isRecord(value)) return false;
  const name = value['class_name'];
  return (typeof name === 'string' && MODEL_CLASSES.has(name)) || Object.values(value).some(holdsModel);
}

function refuse(where: string, rule: string, received: string): never {
  throw new DataError({ where, rule, received, remedy: 'Save the model again' });
}
