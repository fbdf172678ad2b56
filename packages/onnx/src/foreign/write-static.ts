import { GraphBuilder, valueInfo } from '../graph/graph-builder';
import { finishModel } from '../model-file';
import { adaptInput } from './adapt-input';
import { PlacedNetwork } from './placed-network';
import { asFloat, type ForeignParts } from './write-conditional';

const BATCH = 'batch';

/**
 * Writes a foreign network alone, with the input and the output of `exportStatic`: what a file with exits is timed and
 * compared with. It has the name of the network with exits, for it is the same one.
 */
export async function writeForeignStatic({
  network,
  input,
  metadata,
}: Pick<ForeignParts, 'network' | 'input' | 'metadata'>): Promise<Uint8Array<ArrayBuffer>> {
  const graph = new GraphBuilder(network.opset);
  for (const name of ['pixel_values', 'logits']) graph.unique(name);
  const placed = new PlacedNetwork(graph, network, adaptInput(graph, 'pixel_values', input, input));
  placed.write(graph, 0, network.nodes.length);
  graph.addNamed('Identity', [asFloat(graph, network, placed.nameOf(network.logits))], ['logits']);
  const [height, width, channels] = input.size;
  const message = graph.build(
    metadata.name,
    [valueInfo('pixel_values', [BATCH, channels, height, width])],
    [valueInfo('logits', [BATCH, network.classes])],
  );
  return finishModel(
    message,
    graph.opset,
    {
      format: 'earlyexit-onnx',
      formatVersion: 1,
      kind: 'static',
      dtype: 'float32',
      origin: 'foreign',
      inputShape: input.size,
      decision: null,
      network: metadata,
    },
    network.domains,
  );
}
