import { GraphBuilder, valueInfo } from '../graph/graph-builder';
import { finishModel } from '../model-file';
import { adaptInput } from './adapt-input';
import { PlacedNetwork } from './placed-network';
import { asFloat, type ForeignPlan } from './write-conditional';

/** A tensor to give out: its name in the graph, and its shape without the batch. */
export interface WrittenTensor {
  readonly name: string;
  readonly shape: readonly number[];
}

/** Where more tensors are written, behind the whole network. */
export interface TensorPlace {
  readonly graph: GraphBuilder;
  readonly nameOf: (tensor: string) => string;
  /** `[batch, classes]` float32 */
  readonly logits: string;
}

const BATCH = 'batch';

/**
 * Writes a foreign network so that every exit answers for every sample, `logits_0`, `logits_1`, … `[batch, classes]`, the
 * final one last, with whatever else is asked for. No sample leaves.
 *
 * @param more names of further outputs, and what writes them behind the network: one float32 tensor each
 */
export async function writeForeignExits(
  plan: Pick<ForeignPlan, 'network' | 'input' | 'exits' | 'metadata'>,
  more: {
    readonly names: readonly string[];
    readonly write: (place: TensorPlace) => readonly WrittenTensor[];
  } = { names: [], write: () => [] },
): Promise<Uint8Array<ArrayBuffer>> {
  const { network, input, exits, metadata } = plan;
  const graph = new GraphBuilder(network.opset);
  graph.unique('pixel_values');
  const outputs = exits.map((_, exit) => graph.unique(`logits_${exit}`));
  const finalName = graph.unique(`logits_${exits.length}`);
  for (const name of more.names) graph.unique(name);
  const placed = new PlacedNetwork(graph, network, adaptInput(graph, 'pixel_values', input, input));
  const nameOf = (tensor: string): string => placed.nameOf(tensor);
  let from = 0;
  let previous: string | null = null;
  exits.forEach((exit, index) => {
    const to = exit.cut?.after ?? 0;
    placed.write(graph, from, to);
    from = to;
    const logits = exit.writeHead({ graph, images: 'pixel_values', nameOf, previous });
    previous = exit.handsOnLogits ? logits : null;
    graph.addNamed('Identity', [logits], [outputs[index]!]);
  });
  placed.write(graph, from, network.nodes.length);
  const logits = asFloat(graph, network, nameOf(network.logits));
  graph.addNamed('Identity', [logits], [finalName]);
  const named = more.write({ graph, nameOf, logits }).map(({ name, shape }, index) => {
    const output = more.names[index]!;
    graph.addNamed('Identity', [name], [output]);
    return valueInfo(output, [BATCH, ...shape]);
  });
  const [height, width, channels] = input.size;
  const message = graph.build(
    metadata.name,
    [valueInfo('pixel_values', [BATCH, channels, height, width])],
    [...[...outputs, finalName].map((name) => valueInfo(name, [BATCH, network.classes])), ...named],
  );
  return finishModel(
    message,
    graph.opset,
    {
      format: 'earlyexit-onnx',
      formatVersion: 1,
      kind: 'exits',
      dtype: 'float32',
      origin: 'foreign',
      inputShape: input.size,
      decision: null,
      network: metadata,
    },
    network.domains,
  );
}
