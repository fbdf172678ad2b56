import type { LayerGraphNode } from '@earlyexit/profiler';

/** A normalisation with what comes after it: y = relu(normalised), or relu(normalised + addend). */
export interface NormalizationChain {
  /** Tensor id of what is added; null if nothing is. */
  readonly addend: string | null;
  /** Tensor id of the ReLU's output. */
  readonly output: string;
  /** Ids of the nodes after the normalisation: the ReLU, and the addition before it. */
  readonly nodes: readonly string[];
}

/**
 * Finds the normalisations that an engine may compute together with the addition of a shortcut and the ReLU that follow,
 * because nobody else reads the results in between. In a residual network that is each of them.
 *
 * @param nodes in the order in which they run
 * @param kept tensor ids that somebody outside the graph reads
 * @returns by the id of the normalisation's node
 */
export function fuseNormalizations(
  nodes: readonly LayerGraphNode[],
  kept: ReadonlySet<string>,
): ReadonlyMap<string, NormalizationChain> {
  const readers = new Map<string, LayerGraphNode[]>();
  for (const node of nodes) {
    for (const input of node.inputs) readers.set(input, [...(readers.get(input) ?? []), node]);
  }
  /** The one node that reads a tensor; null if there are several, or somebody outside. */
  const onlyReader = (tensor: string): LayerGraphNode | null => {
    const [reader, ...others] = kept.has(tensor) ? [] : (readers.get(tensor) ?? []);
    return reader === undefined || others.length > 0 ? null : reader;
  };
  const order = new Map(
    nodes.flatMap((node, index) => node.outputs.map((tensor) => [tensor, index] as const)),
  );
  const chains = new Map<string, NormalizationChain>();
  for (const [index, node] of nodes.entries()) {
    if (node.className !== 'BatchNormalization') continue;
    const next = onlyReader(node.outputs[0]!);
    if (next === null) continue;
    if (isRelu(next)) {
      chains.set(node.id, { addend: null, output: next.outputs[0]!, nodes: [next.id] });
      continue;
    }
    const [first, second] = next.inputs;
    if (next.className !== 'Add' || next.inputs.length !== 2 || first === second) continue;
    const addend = first === node.outputs[0] ? second! : first!;
    // What is added must be there when the normalisation runs. Inputs of the network stand before every node.
    if ((order.get(addend) ?? -1) > index) continue;
    const relu = onlyReader(next.outputs[0]!);
    if (relu === null || !isRelu(relu)) continue;
    chains.set(node.id, { addend, output: relu.outputs[0]!, nodes: [next.id, relu.id] });
  }
  return chains;
}

function isRelu({ className, layer }: LayerGraphNode): boolean {
  const config = layer.getConfig() as { maxValue?: number | null; activation?: unknown };
  return className === 'ReLU'
    ? (config.maxValue ?? null) === null
    : className === 'Activation' && config.activation === 'relu';
}
