import type { AttributeMessage, GraphMessage, NodeMessage } from '../protobuf/messages';

/** The graphs that stand inside a node: the branches of an `If`, the body of a `Loop`. */
export function subgraphsOf({ attribute }: NodeMessage): GraphMessage[] {
  // As read, what is not there is null.
  const held = attribute as readonly { g?: GraphMessage | null; graphs?: GraphMessage[] }[];
  return held.flatMap(({ g, graphs = [] }) => [...(g ? [g] : []), ...graphs]);
}

/** Every tensor that a node reads, what its subgraphs read from outside included. */
export function readsOf(node: NodeMessage): string[] {
  return [...node.input, ...subgraphsOf(node).flatMap(readFromOutside)].filter((name) => name !== '');
}

function readFromOutside(graph: GraphMessage): string[] {
  const own = new Set([
    ...graph.input.map(({ name }) => name),
    ...graph.initializer.map(({ name }) => name),
    ...graph.node.flatMap(({ output }) => output),
  ]);
  return [...graph.node.flatMap(readsOf), ...graph.output.map(({ name }) => name)].filter(
    (name) => !own.has(name),
  );
}

/**
 * Renames, in place, what a node reads and makes, and everything in its subgraphs.
 *
 * @param rename told each name that is not empty
 */
export function renameNode(node: NodeMessage, rename: (name: string) => string): void {
  const each = (name: string): string => (name === '' ? '' : rename(name));
  node.input = node.input.map(each);
  node.output = node.output.map(each);
  for (const graph of subgraphsOf(node)) {
    for (const value of [...graph.input, ...graph.initializer, ...graph.output])
      value.name = each(value.name);
    // What is stated about tensors in the middle goes by the old names, and nothing needs it.
    graph.valueInfo = [];
    for (const inner of graph.node) renameNode(inner, rename);
  }
}

/** An attribute of a node by its name. */
export function attributeOf(node: NodeMessage, name: string): AttributeMessage | undefined {
  return node.attribute.find((attribute) => attribute.name === name);
}
