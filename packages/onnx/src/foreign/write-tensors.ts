import { DataError } from '@earlyexit/core';
import { anyShape, GraphBuilder, valueInfo } from '../graph/graph-builder';
import { finishModel } from '../model-file';
import type { GraphMessage } from '../protobuf/messages';
import { findStored } from '../quantize/find-stored';
import { dtypeOf, finishGraph } from '../quantize/finish-graph';
import type { MeasuredFile } from '../quantize/measure-file';
import { adaptInput } from './adapt-input';
import { PlacedNetwork } from './placed-network';
import { asFloat, type ForeignParts } from './write-conditional';

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
  plan: ForeignParts,
  more: MoreTensors = NOTHING_MORE,
): Promise<Uint8Array<ArrayBuffer>> {
  const { graph, message } = buildExits(plan, more);
  return finishExits(plan, graph, finishGraph(message, graph, plan).graph);
}

/**
 * The file by which the ranges for int8 are measured: as `writeForeignExits`, and everything that an int8 file would store
 * is an output too.
 *
 * @throws DataError if there is nothing that would become int8
 */
export async function writeForeignRanges(plan: ForeignParts): Promise<MeasuredFile> {
  const { network, input, metadata } = plan;
  const { graph, message } = buildExits(plan, NOTHING_MORE);
  const origins = findStored(graph, message);
  const isQuantized = network.nodes.some(({ opType }) => /QuantizeLinear$|Integer$/.test(opType));
  if (origins.size === 0 || isQuantized) {
    throw new DataError({
      where: metadata.name,
      rule: 'int8 is made of convolutions with float32 weights',
      received: isQuantized ? 'a network that is quantised already' : 'a network without them',
      remedy: 'Leave the type out: the file keeps that of the network',
    });
  }
  for (const name of origins.keys()) if (name !== 'pixel_values') message.output.push(anyShape(name));
  const [height, width, channels] = input.size;
  const file = await finishExits({ ...plan, quantization: undefined }, graph, message);
  return { file, origins, inputShape: [channels, height, width] };
}

/** Further outputs. */
interface MoreTensors {
  readonly names: readonly string[];
  readonly write: (place: TensorPlace) => readonly WrittenTensor[];
}

const NOTHING_MORE: MoreTensors = { names: [], write: () => [] };

function buildExits(
  { network, input, exits, metadata }: ForeignParts,
  more: MoreTensors,
): { readonly graph: GraphBuilder; readonly message: GraphMessage } {
  const graph = new GraphBuilder(network.opset);
  graph.unique('pixel_values');
  graph.setOrigin('pixel_values', 'pixel_values');
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
  return { graph, message };
}

function finishExits(
  { network, input, metadata, quantization }: ForeignParts,
  { opset }: GraphBuilder,
  message: GraphMessage,
): Promise<Uint8Array<ArrayBuffer>> {
  return finishModel(
    message,
    opset,
    {
      format: 'earlyexit-onnx',
      formatVersion: 1,
      kind: 'exits',
      dtype: dtypeOf({ quantization }),
      origin: 'foreign',
      inputShape: input.size,
      decision: null,
      network: metadata,
    },
    network.domains,
  );
}
