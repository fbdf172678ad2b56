import { type ProtobufField, readFields } from '../protobuf-reader';
import { need } from './refusal';

/** Field numbers of the standard, for the fields that are checked. */
const MODEL = { graph: 7 } as const;
const GRAPH = { node: 1, initializer: 5, input: 11, output: 12 } as const;
const NODE = { attribute: 5 } as const;
const ATTRIBUTE = { tensor: 5, graph: 6, tensors: 10, graphs: 11 } as const;
const TENSOR = { externalData: 13, dataLocation: 14 } as const;
const VALUE = { name: 1, type: 2 } as const;

/** Every exit nests a graph, and a network may have loops of its own. */
const DEEPEST = 64;

/** An input or output, by its name and element type. */
export interface Stated {
  readonly name: string;
  readonly type: number;
}

/**
 * Checks a file around somebody else's network, whose operators cannot all be followed: that it is whole, keeps no data
 * in other files, and has the inputs and outputs that it should have. The rest is up to onnxruntime: such a file is
 * only as trustworthy as its source.
 *
 * @throws Refusal, or DataError for a damaged message
 */
export function checkForeign(
  bytes: Uint8Array,
  expected: { readonly inputs: readonly Stated[]; readonly outputs: readonly Stated[] },
  where: string,
): void {
  const graphs = messages(bytes, MODEL.graph, where);
  need(graphs.length === 1, 'there is one graph', graphs.length);
  const [graph] = graphs;
  walkGraph(graph!, where, 0);
  for (const [what, field] of [
    ['inputs', GRAPH.input],
    ['outputs', GRAPH.output],
  ] as const) {
    const text = (values: readonly Stated[]): string =>
      values.map(({ name, type }) => `${name} of type ${type}`).join(', ');
    const stated = text(messages(graph!, field, where).map((value) => readStated(value, where)));
    need(stated === text(expected[what]), `its ${what} are ${text(expected[what])}`, stated);
  }
}

function walkGraph(graph: Uint8Array, where: string, depth: number): void {
  need(depth < DEEPEST, `graphs are nested at most ${DEEPEST} deep`, 'deeper');
  for (const tensor of messages(graph, GRAPH.initializer, where)) checkTensor(tensor, where);
  for (const node of messages(graph, GRAPH.node, where)) {
    for (const attribute of messages(node, NODE.attribute, where)) {
      for (const { number, value } of readFields(attribute, where)) {
        if (typeof value === 'number') continue;
        if (number === ATTRIBUTE.tensor || number === ATTRIBUTE.tensors) checkTensor(value, where);
        if (number === ATTRIBUTE.graph || number === ATTRIBUTE.graphs) walkGraph(value, where, depth + 1);
      }
    }
  }
}

function checkTensor(tensor: Uint8Array, where: string): void {
  for (const { number, value } of readFields(tensor, where)) {
    const isOutside = number === TENSOR.externalData || (number === TENSOR.dataLocation && value !== 0);
    need(!isOutside, 'all weights are in the file', 'a path to another file');
  }
}

function readStated(value: Uint8Array, where: string): Stated {
  const [name, type] = [VALUE.name, VALUE.type].map((number) => messages(value, number, where)[0]);
  const [tensor] = type === undefined ? [] : messages(type, 1, where);
  const element = tensor === undefined ? undefined : [...readFields(tensor, where)].find(isElementType);
  return { name: new TextDecoder().decode(name), type: Number(element?.value ?? 0) };
}

function isElementType({ number }: ProtobufField): boolean {
  return number === 1;
}

function messages(message: Uint8Array, number: number, where: string): Uint8Array[] {
  return [...readFields(message, where)].flatMap((field) =>
    field.number === number && typeof field.value !== 'number' ? [field.value] : [],
  );
}
