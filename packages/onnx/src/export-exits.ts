import type { MultiExitModel } from '@earlyexit/branch-head';
import type { ExportOptions } from './export-options';
import { anyShape, valueInfo } from './graph/graph-builder';
import { toPlain, type Value } from './layers/value';
import { finishModel } from './model-file';
import { batched, describeInput, openNetwork, startGraph } from './network';
import { dtypeOf, finishGraph } from './quantize/finish-graph';
import { findStored } from './quantize/find-stored';

/**
 * Writes the network so that every exit answers for every sample: input `pixel_values` `[batch, channels, height,
 * width]`, outputs `logits_0`, `logits_1`, … `[batch, classes]`, one per exit, the final one last. This is what
 * calibration needs; no sample leaves.
 *
 * @throws ArgumentError for a layer that is not supported, or options that do not fit
 */
export async function exportExits(model: MultiExitModel, options: ExportOptions = {}): Promise<Uint8Array> {
  return (await writeExits(model, options)).file;
}

/** The same, with the origins of the intermediate outputs. */
export async function writeExits(
  model: MultiExitModel,
  options: ExportOptions & {
    /** Also outputs every tensor that an int8 file would store, so that its range can be measured. */
    readonly intermediates?: boolean;
  } = {},
): Promise<{
  readonly file: Uint8Array;
  /** The names of the intermediate outputs, with what they are in the network. */
  readonly origins: ReadonlyMap<string, string>;
}> {
  const graph = startGraph(options, 'exportExits');
  const network = await openNetwork(model, 'exportExits');
  graph.unique(network.input.name);
  const names = network.stages.map(({ index }) => graph.unique(`logits_${index}`));
  const values = new Map<string, Value>([[network.inputId, network.input]]);
  network.stages.forEach((stage, index) => {
    network.converter.convert(graph, stage.nodes, values);
    graph.addNamed('Identity', [toPlain(graph, values.get(stage.logits)!).name], [names[index]!]);
  });
  const outputs = names.map((name) => valueInfo(name, batched([network.classes])));
  const message = graph.build(model.metadata.name, [describeInput(network)], outputs);
  const origins = options.intermediates === true ? findStored(graph, message) : new Map<string, string>();
  for (const name of origins.keys()) if (name !== network.input.name) message.output.push(anyShape(name));
  const file = await finishModel(finishGraph(message, graph, options).graph, graph.opset, {
    format: 'earlyexit-onnx',
    formatVersion: 1,
    kind: 'exits',
    dtype: dtypeOf(options),
    inputShape: network.input.shape,
    decision: null,
    network: model.metadata,
  });
  return { file, origins };
}
