import type { MultiExitMetadata, MultiExitModel } from '@earlyexit/branch-head';
import type { ExportOptions } from './export-options';
import { valueInfo } from './graph/graph-builder';
import { graphShape, toPlain, type Value } from './layers/value';
import { finishModel } from './model-file';
import { batched, describeValue, openNetwork, startGraph } from './network';

/** A tensor that goes from stage to stage. */
export interface StagedTensor {
  readonly name: string;
  /** As in the graph, channels first, without the batch axis. */
  readonly shape: readonly number[];
}

/** One stage of a staged export. */
export interface StagedFile {
  /** The file's name beside the manifest. */
  readonly file: string;
  readonly bytes: number;
  /** `pixel_values` for the first stage, else what the stage before carries over. */
  readonly inputs: readonly StagedTensor[];
  /** Carried over to the next stage, beside the output `logits`; none for the last stage. */
  readonly carried: readonly StagedTensor[];
}

/** What lies beside the files of a staged export, as `manifest.json`. */
export interface StagedManifest {
  readonly format: 'earlyexit-staged';
  readonly formatVersion: 1;
  readonly stages: readonly StagedFile[];
  readonly network: MultiExitMetadata;
}

/** A staged export: the manifest, and a file a stage. */
export interface StagedExport {
  readonly manifest: StagedManifest;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/**
 * Writes one file a stage, for runtimes without `If`, and for a device that keeps the first stage and sends the rest
 * elsewhere. Each stage has an output `logits` `[batch, classes]` and one for every tensor that the next one takes,
 * of the same name there. Criterion and thresholds are the caller's; the calibrated ones stand in the manifest.
 *
 * @throws ArgumentError for a layer that is not supported, or options that do not fit
 */
export async function exportStaged(
  model: MultiExitModel,
  options: ExportOptions = {},
): Promise<StagedExport> {
  const network = await openNetwork(model, 'exportStaged');
  const files = new Map<string, Uint8Array>();
  const stages: StagedFile[] = [];
  let alive = new Map([[network.inputId, network.input]]);
  for (const stage of network.stages) {
    const graph = startGraph(options, 'exportStaged');
    const inputs = [...alive.values()];
    for (const { name } of inputs) graph.unique(name);
    graph.unique('logits');
    const values = new Map(alive);
    network.converter.convert(graph, stage.nodes, values);
    graph.addNamed('Identity', [toPlain(graph, values.get(stage.logits)!).name], ['logits']);
    const carried = new Map<string, Value>();
    for (const id of stage.outputs) {
      const value = values.get(id)!;
      // A value may be one of the stage's inputs, or stand for two tensors: every output is its own node.
      const name = graph.unique(`carried_${stage.index}_${carried.size}`);
      graph.addNamed('Identity', [value.name], [name]);
      carried.set(id, { ...value, name });
    }
    const outputs = [
      valueInfo('logits', batched([network.classes])),
      ...[...carried.values()].map(describeValue),
    ];
    const file = `stage${stage.index}.onnx`;
    const bytes = await finishModel(
      graph.build(`${model.metadata.name}_stage${stage.index}`, inputs.map(describeValue), outputs),
      graph.opset,
      {
        format: 'earlyexit-onnx',
        formatVersion: 1,
        kind: 'stage',
        stage: stage.index,
        inputShape: network.input.shape,
        decision: null,
        network: model.metadata,
      },
    );
    files.set(file, bytes);
    stages.push({
      file,
      bytes: bytes.length,
      inputs: inputs.map(describeStaged),
      carried: [...carried.values()].map(describeStaged),
    });
    alive = carried;
  }
  return {
    manifest: { format: 'earlyexit-staged', formatVersion: 1, stages, network: model.metadata },
    files,
  };
}

function describeStaged(value: Value): StagedTensor {
  return { name: value.name, shape: graphShape(value) };
}
