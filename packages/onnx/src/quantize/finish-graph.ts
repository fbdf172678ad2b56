import type { GraphBuilder } from '../graph/graph-builder';
import type { GraphMessage } from '../protobuf/messages';
import type { Quantization } from './activation-range';
import { quantizeGraph, type StoredTensor } from './quantize-graph';

/** Whether a file is int8, and by which ranges. */
interface Quantized {
  readonly quantization?: Quantization | undefined;
}

/** What activations and weights are in a file. */
export function dtypeOf({ quantization }: Quantized): 'float32' | 'int8' {
  return quantization === undefined ? 'float32' : 'int8';
}

/** A graph as it goes into the file, quantised if the options say so, with the tensors that are then uint8. */
export function finishGraph(
  message: GraphMessage,
  graph: GraphBuilder,
  { quantization }: Quantized,
  ends: {
    readonly inputs?: ReadonlyMap<string, StoredTensor>;
    readonly carried?: ReadonlySet<string>;
  } = {},
): { readonly graph: GraphMessage; readonly stored: ReadonlyMap<string, StoredTensor> } {
  if (quantization === undefined) return { graph: message, stored: new Map() };
  return quantizeGraph(message, graph, {
    rangeOf: (origin) => quantization.get(origin) ?? null,
    ...ends,
  });
}
