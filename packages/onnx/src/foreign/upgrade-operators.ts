import type { AttributeMessage, GraphMessage, NodeMessage } from '../protobuf/messages';
import { attributeType } from '../protobuf/messages';
import { type ReadModel, wholeOf } from '../protobuf/read-model';
import { scalarTensor, wholeTensor } from './constant-values';
import { attributeOf, subgraphsOf } from './node-names';

/** The version to which older operators are brought: the oldest that our own part of a graph is written in. */
export const UPGRADED_OPSET = 13;

/** What a rule may do to the node that it is about. */
interface Place {
  readonly node: NodeMessage;
  /** Adds a constant to the model and returns its name. */
  readonly whole: (values: readonly (number | bigint)[]) => string;
  readonly number: (value: number) => string;
  /** A name that nothing has yet. */
  readonly unique: (wanted: string) => string;
}

/** In which version the form of an operator changed, and how it is brought to the new one; other nodes may follow. */
interface Rule {
  readonly since: number;
  readonly upgrade: (place: Place) => readonly NodeMessage[];
}

const LOWEST_FLOAT = -3.4028234663852886e38;
const ASYMMETRIC: readonly AttributeMessage[] = [
  text('coordinate_transformation_mode', 'asymmetric'),
  text('nearest_mode', 'floor'),
];

const rules: Readonly<Record<string, readonly Rule[]>> = {
  Squeeze: [listAsInput('axes', 13)],
  Unsqueeze: [listAsInput('axes', 13)],
  ReduceSum: [listAsInput('axes', 13)],
  Split: [listAsInput('split', 13)],
  Softmax: [flattened()],
  LogSoftmax: [flattened()],
  Hardmax: [flattened()],
  Clip: [
    rule(11, ({ node, number }) => {
      const [least, most] = ['min', 'max'].map((name) => take(node, name)?.f);
      node.input = [node.input[0] ?? '', number(least ?? LOWEST_FLOAT), number(most ?? -LOWEST_FLOAT)];
    }),
  ],
  Pad: [
    rule(11, ({ node, whole, number }) => {
      const pads = take(node, 'pads')?.ints ?? [];
      node.input = [node.input[0] ?? '', whole(pads.map(wholeOf)), number(take(node, 'value')?.f ?? 0)];
    }),
  ],
  Slice: [
    rule(10, ({ node, whole }) => {
      const [starts = [], ends = [], axes] = ['starts', 'ends', 'axes'].map((name) => take(node, name)?.ints);
      // As text: an end at the largest whole number is more than a float64 holds.
      const lists = [starts, ends, axes ?? starts.map((_, axis) => axis)];
      node.input = [
        node.input[0] ?? '',
        ...lists.map((list) => whole(list.map((each) => BigInt(String(each))))),
      ];
    }),
  ],
  TopK: [
    rule(10, ({ node, whole }) => {
      node.input = [node.input[0] ?? '', whole([wholeOf(take(node, 'k')?.i ?? 1)])];
    }),
  ],
  Dropout: [rule(12, ({ node }) => void take(node, 'ratio'))],
  Scatter: [rule(11, ({ node }) => void (node.opType = 'ScatterElements'))],
  Upsample: [rule(10, toResize)],
  Resize: [rule(11, toResize)],
};

/**
 * Brings the operators of a model to version 13, in place, where they are older. onnxruntime has run the old ones before
 * and runs the new ones after: the two are compared.
 */
export function upgradeOperators(model: ReadModel): void {
  const own = model.opsetImport.find(({ domain }) => domain === '' || domain === 'ai.onnx');
  const version = wholeOf(own?.version ?? 0);
  if (own === undefined || version >= UPGRADED_OPSET) return;
  own.version = UPGRADED_OPSET;
  const taken = new Set(namesIn(model.graph));
  const unique = (wanted: string): string => {
    let name = wanted;
    for (let count = 2; taken.has(name); count++) name = `${wanted}_${count}`;
    taken.add(name);
    return name;
  };
  const { initializer } = model.graph;
  const whole: Place['whole'] = (values) => {
    const name = unique('upgraded_list');
    initializer.push(wholeTensor(name, values));
    return name;
  };
  const number: Place['number'] = (value) => {
    const name = unique('upgraded_number');
    initializer.push(scalarTensor(name, value));
    return name;
  };
  const upgrade = (graph: GraphMessage): void => {
    graph.node = graph.node.flatMap((node) => {
      for (const inner of subgraphsOf(node)) upgrade(inner);
      const followers = (Object.hasOwn(rules, node.opType) ? rules[node.opType]! : [])
        .filter(({ since }) => version < since)
        .flatMap((each) => each.upgrade({ node, whole, number, unique }));
      return [node, ...followers];
    });
  };
  upgrade(model.graph);
}

function namesIn(graph: GraphMessage): string[] {
  return [
    ...graph.input.map(({ name }) => name),
    ...graph.initializer.map(({ name }) => name),
    ...graph.node.flatMap((node) => [...node.output, ...subgraphsOf(node).flatMap(namesIn)]),
  ];
}

function rule(since: number, upgrade: (place: Place) => void): Rule {
  return {
    since,
    upgrade: (place) => {
      upgrade(place);
      return [];
    },
  };
}

/** An attribute that became the second input. */
function listAsInput(name: string, since: number): Rule {
  return rule(since, ({ node, whole }) => {
    const values = take(node, name)?.ints;
    if (values !== undefined && values.length > 0)
      node.input = [node.input[0] ?? '', whole(values.map(wholeOf))];
  });
}

/** Before version 13 all axes from `axis` on, 1 unless given, were taken together. */
function flattened(): Rule {
  return {
    since: 13,
    upgrade: ({ node, unique }) => {
      const axis = wholeOf(take(node, 'axis')?.i ?? 1);
      const [input = ''] = node.input;
      const [output = ''] = node.output;
      const [flat, shape, result] = ['flat', 'shape', 'result'].map((name) => unique(`${output}_${name}`));
      const { opType } = node;
      node.opType = 'Flatten';
      node.output = [flat!];
      node.attribute = [{ name: 'axis', type: attributeType.int, i: axis }];
      return [
        made(opType, [flat!], result!, [{ name: 'axis', type: attributeType.int, i: 1 }]),
        made('Shape', [input], shape!),
        made('Reshape', [result!, shape!], output),
      ];
    },
  };
}

function toResize({ node }: Place): void {
  const scales = node.input[1] ?? '';
  node.opType = 'Resize';
  node.input = [node.input[0] ?? '', '', scales];
  node.attribute = [...node.attribute.filter(({ name }) => name === 'mode'), ...ASYMMETRIC];
}

function made(
  opType: string,
  input: string[],
  output: string,
  attribute: AttributeMessage[] = [],
): NodeMessage {
  return { input, output: [output], name: `${output}_node`, opType, attribute };
}

/** Takes an attribute away from a node. */
function take(node: NodeMessage, name: string): AttributeMessage | undefined {
  const attribute = attributeOf(node, name);
  if (attribute !== undefined) node.attribute = node.attribute.filter((each) => each !== attribute);
  return attribute;
}

function text(name: string, value: string): AttributeMessage {
  return { name, type: attributeType.string, s: new TextEncoder().encode(value) };
}
