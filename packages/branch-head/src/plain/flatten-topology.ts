import type { ModelTopology } from '../saving/model-topology';
import { type AdaptedLayer, adaptLayer } from './adapt-layer';
import {
  isJson,
  isModel,
  readEnds,
  readLayer,
  refuse,
  type SavedLayer,
  type SavedTensor,
} from './saved-topology';

/** A plain network without nested models. */
export interface FlatTopology {
  readonly topology: ModelTopology;
  /** For every layer the names that lead to it in the saved model: those of the models around it, and its own. */
  readonly paths: ReadonlyMap<string, readonly string[]>;
}

/** A layer under construction, and its applications so far. */
interface FlatLayer {
  readonly name: string;
  readonly adapted: AdaptedLayer;
  readonly applications: SavedTensor[][];
}

/** More than any real network has: ResNet-1202 has about 4,300. */
const MOST_LAYERS = 6000;
const DEEPEST = 16;

/**
 * Flattens a saved model: sequences of layers become connections, nested models their layers. TensorFlow.js then reads
 * the same network whichever version of Keras, or of itself, wrote it.
 *
 * @param saved the description of the model, `modelTopology` in `model.json`
 * @throws DataError if it is not a model, or a layer has settings that TensorFlow.js does not have
 */
export function flattenTopology(saved: unknown, where: string): FlatTopology {
  const outer = isJson(saved) ? saved : {};
  const model = readLayer(outer['model_config'] ?? saved, where);
  const version = versionOf(outer['keras_version']);
  const flat = new Map<string, FlatLayer>();
  const paths = new Map<string, readonly string[]>();

  let starts: SavedTensor[] = [];

  const nameOf = (path: readonly string[]): string => {
    // TensorFlow.js takes no slash in a layer's name.
    const [own, long] = [path.slice(-1), path].map((names) => names.join('_').replaceAll('/', '_'));
    return paths.has(own!) ? long! : own!;
  };
  const apply = (layer: SavedLayer, path: readonly string[], inputs: SavedTensor[]): SavedTensor => {
    const key = path.join('/');
    let known = flat.get(key);
    if (known === undefined) {
      const adapted = adaptLayer(layer, version, where);
      if (adapted === null) return inputs[0]!;
      if (flat.size === MOST_LAYERS) refuse(where, `a network has at most ${MOST_LAYERS} layers`, 'more');
      const name = nameOf(path);
      known = { name, adapted, applications: [] };
      flat.set(key, known);
      paths.set(
        name,
        path.flatMap((each) => each.split('/')),
      );
    }
    if (inputs.length > 0) known.applications.push(inputs);
    return [known.name, Math.max(0, known.applications.length - 1), 0];
  };

  /** Writes a model's layers for one application of it, and returns its outputs. */
  const write = (part: SavedLayer, path: readonly string[], given: SavedTensor[] | null): SavedTensor[] => {
    if (path.length > DEEPEST) refuse(where, 'models stand within each other to a bearable depth', 'more');
    const { layers, inputs, outputs } =
      part.className === 'Sequential' ? readRow(part, where) : readGraph(part, where);
    const places = new Map(inputs.map(([name], index) => [name, index]));
    const made = new Map<string, SavedTensor[]>();
    const shifts = new Map(layers.map((layer) => [layer.name, shiftOf(layer, layers, outputs)]));
    const find = ([name, application, output]: SavedTensor): SavedTensor | undefined =>
      made.get(`${name} ${application - (shifts.get(name) ?? 0)}`)?.[output];
    let pending = layers.flatMap((layer) =>
      (layer.applications.length === 0 ? [[]] : layer.applications).map((from, index) => ({
        layer,
        from,
        index,
      })),
    );
    while (pending.length > 0) {
      const waiting = pending.filter(({ layer, from, index }) => {
        const found = from.map(find);
        if (found.includes(undefined)) return true;
        const own = [...path, layer.name];
        const place = places.get(layer.name);
        const result =
          place !== undefined && given !== null
            ? [given[place] ?? refuse(where, `'${part.name}' is given all its inputs`, String(given.length))]
            : isModel(layer.className)
              ? write(layer, own, found as SavedTensor[])
              : [apply(layer, own, found as SavedTensor[])];
        made.set(`${layer.name} ${index}`, result);
        return false;
      });
      if (waiting.length === pending.length) {
        refuse(
          where,
          'connections name layers that are there, without a circle',
          `those of '${waiting[0]!.layer.name}'`,
        );
      }
      pending = waiting;
    }
    if (given === null) {
      starts = inputs.map(
        (tensor) => find(tensor) ?? refuse(where, 'an input is a layer that is there', `'${tensor[0]}'`),
      );
    }
    return outputs.map(
      (tensor) =>
        find(tensor) ?? refuse(where, 'an output is made by a layer that is there', `'${tensor[0]}'`),
    );
  };

  const ends = write(model, [], null);
  const config = {
    name: model.name,
    layers: [...flat.values()].map(({ name, adapted, applications }) => ({
      name,
      class_name: adapted.className,
      config: { ...adapted.config, name },
      inbound_nodes: applications,
    })),
    input_layers: starts,
    output_layers: ends,
  };
  const topology = { class_name: 'Model', config };
  return { topology, paths };
}

/** The layers of a functional model, and its inputs and outputs. */
function readGraph({ config, name }: SavedLayer, where: string) {
  const layers = readList(config['layers'], name, where);
  const inputs = readEnds(config['input_layers'], `${where}, input_layers of '${name}'`);
  const outputs = readEnds(config['output_layers'], `${where}, output_layers of '${name}'`);
  return { layers, inputs, outputs };
}

/** A sequential model as a functional one. The input is a separate layer, or part of the first layer's settings. */
function readRow({ config, name }: SavedLayer, where: string) {
  const row = readList(config['layers'], name, where);
  if (row[0] === undefined) return refuse(where, `the model '${name}' has layers`, 'none');
  const shape = inputShapeOf(row[0]) ?? config['batch_input_shape'] ?? config['build_input_shape'];
  const input: SavedLayer =
    row[0].className === 'InputLayer'
      ? row[0]
      : {
          className: 'InputLayer',
          name: `${row[0].name}_input`,
          config: { batch_shape: shape },
          applications: [],
        };
  const rest = row.slice(row[0].className === 'InputLayer' ? 1 : 0);
  let last: SavedTensor = [input.name, 0, 0];
  const layers = rest.map((layer): SavedLayer => {
    const connected = { ...layer, applications: [[last]] };
    last = [layer.name, 0, 0];
    return connected;
  });
  return { layers: [input, ...layers], inputs: [[input.name, 0, 0] as SavedTensor], outputs: [last] };
}

/** The input shape that a layer, or the first layer inside it, states; undefined if none does. */
function inputShapeOf({ className, config }: SavedLayer): unknown {
  const own = config['batch_input_shape'] ?? config['batch_shape'];
  if (own !== undefined || !isModel(className) || !Array.isArray(config['layers'])) return own;
  const [first] = config['layers'] as unknown[];
  return isJson(first) ? inputShapeOf(readLayer(first, className)) : undefined;
}

function readList(value: unknown, name: string, where: string): SavedLayer[] {
  if (!Array.isArray(value) || value.length > MOST_LAYERS) {
    return refuse(where, `the model '${name}' has at most ${MOST_LAYERS} layers`, describeLength(value));
  }
  const layers = value.map((layer) => readLayer(layer, where));
  const names = layers.map((layer) => layer.name);
  const twice = names.find((each, index) => names.indexOf(each) !== index);
  if (twice !== undefined) refuse(where, 'every layer has its own name', `'${twice}' twice`);
  return layers;
}

function describeLength(value: unknown): string {
  return Array.isArray(value) ? String(value.length) : typeof value;
}

/**
 * In most versions nested models count their applications from 1, because building them already applied them once;
 * layers, and in Keras 3 sequential models, count from 0.
 */
function shiftOf(layer: SavedLayer, layers: readonly SavedLayer[], outputs: readonly SavedTensor[]): number {
  if (!isModel(layer.className)) return 0;
  const used = [...layers.flatMap(({ applications }) => applications.flat()), ...outputs]
    .filter(([name]) => name === layer.name)
    .map(([, application]) => application);
  return used.includes(0) ? 0 : 1;
}

function versionOf(value: unknown): number {
  return typeof value === 'string' && /^(tfjs|[012]\.)/.test(value) ? 2 : typeof value === 'string' ? 3 : 2;
}
