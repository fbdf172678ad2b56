import { damageJson, seededDraws } from '@earlyexit/testing';
import { createHash } from 'node:crypto';
import protobuf from 'protobufjs/light.js';
import { CHECKSUM_KEY, METADATA_KEY } from '../model-file';
import { onnxSchema } from '../protobuf/schema';

/** Any message, as the protobuf library has it. */
type Message = Record<string, unknown>;

/** Fields of the standard that our exporter never writes but an attacker would. */
const alien = {
  TensorProto: {
    externalData: { type: 'StringStringEntryProto', id: 13, rule: 'repeated' },
    dataLocation: { type: 'int32', id: 14 },
    floatData: { type: 'float', id: 4, rule: 'repeated' },
    stringData: { type: 'bytes', id: 6, rule: 'repeated' },
  },
  AttributeProto: {
    t: { type: 'TensorProto', id: 5 },
    refAttrName: { type: 'string', id: 21 },
  },
  ModelProto: { functions: { type: 'NodeProto', id: 25, rule: 'repeated' } },
  GraphProto: { sparseInitializer: { type: 'TensorProto', id: 15, rule: 'repeated' } },
};

const nested = Object.fromEntries(
  Object.entries(onnxSchema.nested).map(([name, { fields }]) => [
    name,
    { fields: { ...fields, ...Object.entries(alien).find(([message]) => message === name)?.[1] } },
  ]),
);
const modelType = protobuf.Root.fromJSON({ nested }).lookupType('ModelProto');

/** Numbers at which sizes, offsets and axes go wrong. */
const TELLING = [
  0,
  1,
  -1,
  2,
  3,
  -2,
  7,
  64,
  255,
  65_536,
  2 ** 31 - 1,
  2 ** 31,
  -(2 ** 31),
  2 ** 32,
  2 ** 40,
  2 ** 53 - 1,
];

/** Our operators, and some that take much memory or time, read files, or run code of their own. */
const OPERATORS = [
  ...['Relu', 'Add', 'Mul', 'Div', 'MatMul', 'Gemm', 'Conv', 'MaxPool', 'AveragePool', 'Identity', 'Flatten'],
  ...[
    'Reshape',
    'Transpose',
    'Concat',
    'Pad',
    'Slice',
    'Softmax',
    'TopK',
    'Split',
    'Squeeze',
    'Cast',
    'Size',
  ],
  ...['Shape', 'Expand', 'NonZero', 'GatherND', 'ScatterND', 'If', 'Where', 'Equal', 'Not', 'Or', 'ArgMax'],
  ...['QuantizeLinear', 'DequantizeLinear', 'ConvTranspose', 'Resize', 'GlobalAveragePool', 'ReduceSum'],
  ...[
    'Loop',
    'Scan',
    'Tile',
    'ConstantOfShape',
    'RandomUniform',
    'Range',
    'Gather',
    'OneHot',
    'Einsum',
    'LSTM',
  ],
  ...['Mod', 'BitShift', 'Upsample', 'MaxUnpool', 'RoiAlign', 'StringSplit', 'SequenceAt', 'Unknown', ''],
];

/**
 * Changes a file in one to four places, as somebody who knows the format would, and signs it again. The same seed gives
 * the same file.
 *
 * @returns the file, and what was done to it
 */
export function mutateFile(
  file: Uint8Array,
  seed: number,
): { readonly bytes: Uint8Array; readonly done: string } {
  const draws = seededDraws(seed);
  const { next: random, below, pick } = draws;
  const pickAny = <Item>(items: readonly Item[]): Item | undefined => pick(items);
  if (random() < 0.15) return mutateBytes(file, below);

  const model = modelType.toObject(modelType.decode(file), { longs: Number, arrays: true });
  const graphs = graphsWithin(model['graph'] as Message);
  const list = (message: Message, key: string): Message[] => (message[key] ??= []) as Message[];
  const graph = (): Message => pick(graphs);
  const node = (): Message => pickAny(list(pick(graphs), 'node')) ?? {};
  const names = graphs.flatMap((each) => [
    ...list(each, 'initializer').map(({ name }) => name as string),
    ...list(each, 'node').flatMap(({ output }) => output as string[]),
    ...list(each, 'input').map(({ name }) => name as string),
  ]);
  const tensors = graphs.flatMap((each) => list(each, 'initializer'));
  // An earlier change may have removed the values.
  const filled = (type: number): Message[] =>
    tensors.filter(({ dataType, rawData }) => dataType === type && rawData !== undefined);
  const number = (near: number): number =>
    random() < 0.5 ? pick(TELLING) : near + pick([-1, 1, 2, near, -2 * near]);

  let hasDoubled = false;
  const mutations: Record<string, () => void> = {
    'dims of a constant': () => {
      const dims = pick(tensors)['dims'] as number[];
      dims.splice(below(dims.length + 1), below(3), number(dims[0] ?? 1));
    },
    'order of the dims of a constant': () => void (pick(tensors)['dims'] as number[] | undefined)?.reverse(),
    'type of a constant': () =>
      void (pick(tensors)['dataType'] = pick([0, 1, 2, 3, 6, 7, 8, 9, 10, 11, 16, 99])),
    'bytes of a constant': () => {
      const tensor = pick(tensors);
      const data = (tensor['rawData'] as Uint8Array | undefined) ?? new Uint8Array(4);
      const how = below(5);
      if (how === 0) tensor['rawData'] = data.slice(0, below(data.length + 1));
      else if (how === 1) tensor['rawData'] = Buffer.concat([data, data]);
      else if (how === 2) delete tensor['rawData'];
      else tensor['rawData'] = data.map(() => below(256));
    },
    'weights to what no weight is': () => {
      const weights = filled(1);
      if (weights.length === 0) return;
      const tensor = pick(weights);
      const values = new Float32Array(Math.floor((tensor['rawData'] as Uint8Array).length / 4));
      const kind = pick([NaN, Infinity, -Infinity, 3.4e38, -3.4e38, 1e-45, 0, -0]);
      tensor['rawData'] = new Uint8Array(values.map(() => (random() < 0.5 ? kind : random() * 1e38)).buffer);
    },
    'a list of whole numbers': () => {
      const lists = filled(7);
      if (lists.length === 0) return;
      const tensor = pick(lists);
      const bytes = tensor['rawData'] as Uint8Array;
      const values = new BigInt64Array(bytes.slice(0, bytes.length - (bytes.length % 8)).buffer);
      if (values.length > 0) values[below(values.length)] = BigInt(number(Number(values[0])));
      tensor['rawData'] = new Uint8Array(values.buffer);
    },
    'name of a constant': () => void (pick(tensors)['name'] = pick([...names, '', 'new'])),
    'a constant kept elsewhere': () => {
      const tensor = pick(tensors);
      delete tensor['rawData'];
      tensor['dataLocation'] = 1;
      const location = pick(['/etc/passwd', '../../secret', 'weights.bin', '/dev/zero', '/proc/self/mem']);
      tensor['externalData'] = [
        { key: 'location', value: location },
        { key: 'offset', value: String(pick(TELLING)) },
        { key: 'length', value: String(pick(TELLING)) },
      ];
    },
    'a constant of the wrong kind': () => void (pick(tensors)['floatData'] = [1, 2, 3]),
    'a sparse constant': () => void (graph()['sparseInitializer'] = [pick(tensors)]),
    'constants taken away': () => void list(graph(), 'initializer').splice(below(5), 1 + below(3)),
    'operator of a node': () => void (node()['opType'] = pick(OPERATORS)),
    'inputs of a node': () => {
      const input = (node()['input'] ?? []) as string[];
      const how = below(4);
      if (how === 0) input.push(pick(names));
      else if (how === 1) input.splice(below(input.length), 1);
      else if (how === 2) input.reverse();
      else input[below(input.length)] = pick([...names, '', 'nowhere']);
    },
    'outputs of a node': () => {
      const output = (node()['output'] ?? []) as string[];
      if (random() < 0.3) output.push(`more${below(9)}`);
      else output[below(output.length)] = pick([...names, '', 'new']);
    },
    'a number of an attribute': () => {
      const holders = graphs
        .flatMap((each) => list(each, 'node').flatMap((one) => list(one, 'attribute')))
        .filter(({ i, ints }) => i !== undefined || (ints as number[] | undefined)?.length);
      if (holders.length === 0) return;
      const attribute = pick(holders);
      const ints = attribute['ints'] as number[] | undefined;
      if (ints !== undefined && ints.length > 0) ints[below(ints.length)] = number(ints[0]!);
      else attribute['i'] = number(attribute['i'] as number);
    },
    'how many numbers an attribute has': () => {
      const ints = list(node(), 'attribute').find((each) => each['ints'] !== undefined)?.['ints'] as
        number[] | undefined;
      ints?.splice(below(ints.length + 1), below(2), ...Array<number>(below(3)).fill(number(1)));
    },
    'an attribute': () => {
      const attributes = list(node(), 'attribute');
      const how = below(5);
      const other = pickAny(list(node(), 'attribute'));
      if (how === 0) attributes.splice(below(attributes.length), 1);
      else if (how === 1 && other !== undefined) attributes.push(other);
      else if (how === 2 && attributes[0] !== undefined)
        attributes[0]['name'] = pick(['axis', 'pads', 'group', 'auto_pad', 'kernel_shape', 'body', '']);
      else if (how === 3 && attributes[0] !== undefined)
        attributes[0]['type'] = pick([0, 1, 2, 3, 4, 5, 6, 7, 8, 13, -1]);
      else attributes.push({ name: pick(['axis', 'auto_pad', 'value', 'to']), type: 4, t: pick(tensors) });
    },
    'an attribute of somewhere else': () =>
      void list(node(), 'attribute').push({ name: 'axis', refAttrName: 'axis', type: 2 }),
    'order of two nodes': () => {
      const nodes = list(graph(), 'node');
      const [one, two] = [below(nodes.length), below(nodes.length)];
      [nodes[one], nodes[two]] = [nodes[two]!, nodes[one]!];
    },
    'a node taken away': () => {
      const nodes = list(graph(), 'node');
      nodes.splice(below(nodes.length), 1);
    },
    'a node twice': () => {
      const nodes = list(graph(), 'node');
      nodes.splice(below(nodes.length), 0, nodes[below(nodes.length)]!);
    },
    'domain of a node': () => void (node()['domain'] = pick(['com.microsoft', 'ai.onnx.ml', 'ai.onnx', 'x'])),
    'branches of an If': () => {
      const choice = graphs.flatMap((each) => list(each, 'node')).filter(({ opType }) => opType === 'If');
      if (choice.length === 0) return;
      const [yes, no] = list(pick(choice), 'attribute') as [Message, Message];
      const how = below(4);
      if (how === 0) [yes['g'], no['g']] = [no['g'], yes['g']];
      else if (how === 1) yes['g'] = no['g'];
      else if (how === 2) no['g'] = yes['g'];
      else yes['g'] = { ...(yes['g'] as Message), input: [pick(list(graphs[0]!, 'input'))] };
    },
    'a condition of an If': () => {
      const choice = graphs.flatMap((each) => list(each, 'node')).filter(({ opType }) => opType === 'If');
      if (choice.length > 0) pick(choice)['input'] = [pick(names)];
    },
    'Ifs within Ifs': () => {
      const nodes = list(graphs[0]!, 'node');
      const at = nodes.findIndex(({ opType }) => opType === 'If');
      let inner = nodes[at];
      for (let depth = pick([5, 15, 25]); depth > 0 && inner !== undefined; depth--) {
        const branch = { name: `deep${depth}`, node: [inner], output: [] };
        inner = {
          opType: 'If',
          input: inner['input'],
          output: inner['output'],
          attribute: [
            { name: 'then_branch', type: 5, g: branch },
            { name: 'else_branch', type: 5, g: branch },
          ],
        };
        // Two branches with the same content double at each level, so only a few levels, and once: three times make 500
        // times the file.
        if (depth > 3 || hasDoubled) (inner['attribute'] as Message[]).pop();
      }
      hasDoubled = true;
      if (inner !== undefined) nodes[at] = inner;
    },
    'what is stated about a tensor': () => {
      const infos = [...list(graph(), 'valueInfo'), ...list(graph(), 'output'), ...list(graphs[0]!, 'input')];
      const info = pickAny(infos);
      if (info === undefined) return;
      const type = (info['type'] as { tensorType?: Message } | undefined)?.tensorType;
      const how = below(4);
      if (how === 0) info['name'] = pick([...names, '']);
      else if (type === undefined) delete info['type'];
      else if (how === 1) type['elemType'] = pick([0, 1, 6, 7, 8, 9, 11]);
      else {
        const shape = (type['shape'] ??= { dim: [] }) as { dim?: Message[] };
        const dim = (shape.dim ??= []);
        if (how === 2) dim.splice(below(dim.length + 1), below(2), { dimValue: number(1) });
        else dim[below(dim.length)] = random() < 0.5 ? { dimParam: pick(['batch', 'left_1', 'x']) } : {};
      }
    },
    'inputs and outputs of the file': () => {
      const ends = list(graphs[0]!, pick(['input', 'output']));
      if (random() < 0.5) ends.splice(below(ends.length), 1);
      else ends.push(pickAny(ends) ?? {});
    },
    versions: () => {
      if (random() < 0.5) model['irVersion'] = pick([...TELLING, 9, 11]);
      else
        model['opsetImport'] = [
          { domain: pick(['', 'x', 'com.microsoft']), version: pick([...TELLING, 13, 22]) },
        ];
    },
    functions: () => void (model['functions'] = [node()]),
    'what the file says about itself': () => {
      const entry = list(model, 'metadataProps').find(({ key }) => key === METADATA_KEY);
      if (entry === undefined) return;
      const json = JSON.parse(entry['value'] as string) as Message;
      damageJson(json, draws, { telling: ['always', 'static', 'conditional'], wholeOneIn: 4 });
      entry['value'] = JSON.stringify(json);
    },
  };

  const all = Object.entries(mutations);
  const done: string[] = [];
  for (let left = pick([1, 1, 1, 2, 3, 4]); left > 0; left--) {
    const [name, mutate] = pick(all);
    mutate();
    done.push(name);
  }
  let encoded: Uint8Array;
  try {
    encoded = modelType.encode(modelType.fromObject(model)).finish();
  } catch {
    // Nested deeper than the protobuf library can write: make another change instead.
    return mutateFile(file, seed + 1_000_003);
  }
  return { bytes: sign(Uint8Array.from(encoded)), done: done.join(' and ') };
}

/** Changes bytes before the checksum blindly. */
function mutateBytes(
  file: Uint8Array,
  below: (limit: number) => number,
): { bytes: Uint8Array; done: string } {
  const bytes = file.slice();
  const end = bytes.length - DIGITS;
  for (let left = 1 + below(4); left > 0; left--) {
    // Structure is near the beginning; weights fill most of the file.
    const at = below(end);
    for (let i = at; i < Math.min(at + 1 + below(4), end); i++) bytes[i] = below(256);
  }
  return { bytes: sign(bytes), done: 'bytes' };
}

const DIGITS = 64;

/** Writes the checksum again if the file ends with one. */
function sign(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes);
  if (!text.subarray(-DIGITS - CHECKSUM_KEY.length - 8).includes(CHECKSUM_KEY)) return bytes;
  const digest = createHash('sha256').update(bytes.subarray(0, -DIGITS)).digest('hex');
  bytes.set(new TextEncoder().encode(digest), bytes.length - DIGITS);
  return bytes;
}

function graphsWithin(graph: Message): Message[] {
  const nodes = (graph['node'] ?? []) as Message[];
  const inner = nodes.flatMap((node) =>
    ((node['attribute'] ?? []) as Message[]).flatMap(({ g }) => (g ? [g] : [])),
  );
  return [graph, ...inner.flatMap((each) => graphsWithin(each as Message))];
}
