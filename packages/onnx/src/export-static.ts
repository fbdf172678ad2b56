import type { MultiExitModel } from '@earlyexit/branch-head';
import { ancestors, readLayerGraph } from '@earlyexit/profiler';
import type { ExportOptions } from './export-options';
import { valueInfo } from './graph/graph-builder';
import { toPlain } from './layers/value';
import { finishModel } from './model-file';
import { batched, describeInput, openNetwork, startGraph } from './network';
import { dtypeOf, finishGraph } from './quantize/finish-graph';

/**
 * Writes the network without its exits: input `pixel_values` `[batch, channels, height, width]`, output `logits`
 * `[batch, classes]` of the final exit. This is the plain network that early exits are compared with.
 *
 * @throws ArgumentError for a layer that is not supported, or options that do not fit
 */
export async function exportStatic(model: MultiExitModel, options: ExportOptions = {}): Promise<Uint8Array> {
  const graph = startGraph(options, 'exportStatic');
  const network = await openNetwork(model, 'exportStatic');
  const layers = readLayerGraph(model.model);
  const backbone = ancestors(layers, [layers.outputs.at(-1)!]);
  graph.unique(network.input.name);
  graph.unique('logits');
  const values = new Map([[network.inputId, network.input]]);
  const nodes = layers.nodes.filter((node) => backbone.has(node.id) && node.className !== 'InputLayer');
  network.converter.convert(graph, nodes, values);
  graph.addNamed('Identity', [toPlain(graph, values.get(layers.outputs.at(-1)!)!).name], ['logits']);
  const output = valueInfo('logits', batched([network.classes]));
  const message = graph.build(model.metadata.name, [describeInput(network)], [output]);
  return finishModel(finishGraph(message, graph, options).graph, graph.opset, {
    format: 'earlyexit-onnx',
    formatVersion: 1,
    kind: 'static',
    dtype: dtypeOf(options),
    inputShape: network.input.shape,
    decision: null,
    network: model.metadata,
  });
}
