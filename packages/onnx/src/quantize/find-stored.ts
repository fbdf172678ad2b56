import type { GraphBuilder } from '../graph/graph-builder';
import type { GraphMessage } from '../protobuf/messages';
import { quantizeGraph } from './quantize-graph';

/** The tensors of a graph that an int8 file would store, by name, with what they are in the network. */
export function findStored(graph: GraphBuilder, message: GraphMessage): Map<string, string> {
  const asked = new Set<string>();
  const rangeOf = (origin: string) => {
    asked.add(origin);
    return { min: -1, max: 1 };
  };
  quantizeGraph(message, graph, { rangeOf });
  const names = [...message.input.map(({ name }) => name), ...message.node.flatMap(({ output }) => output)];
  return new Map(
    names.flatMap((name) => {
      const origin = graph.originOf(name);
      return origin !== null && asked.has(origin) ? [[name, origin] as const] : [];
    }),
  );
}
