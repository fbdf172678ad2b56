import type { GraphBuilder } from '../graph/graph-builder';
import type { NodeMessage } from '../protobuf/messages';
import { readModel } from '../protobuf/read-model';
import type { ForeignNetwork } from './foreign-network';
import { plainFloats } from './constant-values';
import { readsOf, renameNode } from './node-names';

/** A network that is being written into another file, in one piece or in several. */
export class PlacedNetwork {
  readonly network: ForeignNetwork;
  readonly #nodes: readonly NodeMessage[];
  /** The names that its tensors have in the file. */
  readonly #names: Map<string, string>;
  /** What comes before the origins of its tensors, where there are several networks in a file. */
  readonly #prefix: string;

  /**
   * Adds the network's weights to a graph.
   *
   * @param graph the outermost, whose constants every graph inside it sees
   * @param input the name of what the network takes as images
   * @param options.places the nodes that will be written, whose weights are needed; all unless given
   * @param options.prefix tells its tensors from those of other networks in the file; empty unless given
   */
  constructor(
    graph: GraphBuilder,
    network: ForeignNetwork,
    input: string,
    { places, prefix = '' }: { readonly places?: readonly number[]; readonly prefix?: string } = {},
  ) {
    this.network = network;
    this.#prefix = prefix;
    if (input !== '' && graph.originOf(input) === null)
      graph.setOrigin(input, `${prefix}${network.inputs[0]!}`);
    // Read anew: the nodes are changed in place, so that no field of theirs is lost.
    const { graph: own } = readModel(network.bytes, 'network');
    this.#nodes = own.node;
    this.#names = new Map(network.inputs.map((name) => [name, input]));
    const written = places?.map((place) => own.node[place]!) ?? own.node;
    const used = new Set(written.flatMap(readsOf));
    for (const tensor of own.initializer) {
      if (!used.has(tensor.name)) continue;
      const name = graph.unique(tensor.name);
      this.#names.set(tensor.name, name);
      tensor.name = name;
      graph.addTensor(plainFloats(tensor));
    }
  }

  /** The name that a tensor has where the next nodes are written. */
  nameOf(tensor: string): string {
    return this.#names.get(tensor) ?? tensor;
  }

  /** From here on a tensor has another name: its samples were gathered. */
  rename(tensor: string, name: string): void {
    this.#names.set(tensor, name);
  }

  /** Writes the nodes from one place up to another, those that the logits need. */
  write(graph: GraphBuilder, from: number, to: number): void {
    for (const node of this.#nodes.slice(from, to)) {
      if (!node.output.some((name) => this.network.needed.has(name))) continue;
      const inner = new Map<string, string>();
      for (const name of node.output) {
        if (name === '') continue;
        const own = graph.unique(name);
        this.#names.set(name, own);
        graph.setOrigin(own, `${this.#prefix}${name}`);
      }
      renameNode(node, (name) => {
        const known = this.#names.get(name) ?? inner.get(name);
        if (known !== undefined) return known;
        const fresh = graph.unique(name);
        inner.set(name, fresh);
        return fresh;
      });
      node.name = graph.unique(node.name === '' ? `${node.output[0] ?? ''}_node` : node.name);
      graph.addNode(node);
    }
  }
}
