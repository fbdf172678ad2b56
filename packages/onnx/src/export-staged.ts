import type { MultiExitMetadata, MultiExitModel } from '@earlyexit/branch-head';
import { jsonChecksum } from '@earlyexit/core';
import type { ExportOptions } from './export-options';
import { valueInfo } from './graph/graph-builder';
import { graphShape, toPlain, type Value } from './layers/value';
import { checksumOf, finishModel } from './model-file';
import { batched, describeValue, openNetwork, startGraph } from './network';
import { dtypeOf, finishGraph } from './quantize/finish-graph';
import type { StoredTensor } from './quantize/quantize-graph';

/** A tensor that is handed from one stage to the next. */
export interface StagedTensor {
  readonly name: string;
  /** As in the graph, channels first, without the batch axis. */
  readonly shape: readonly number[];
  /** `uint8` in an int8 export, a quarter of the bytes: `value = scale · (stored − zeroPoint)`. */
  readonly type: 'float32' | 'uint8';
  readonly scale?: number;
  readonly zeroPoint?: number;
}

/** One stage of a staged export. */
export interface StagedFile {
  /** The file's name beside the manifest; it contains the beginning of the checksum. Write the manifest last. */
  readonly file: string;
  readonly bytes: number;
  /** The checksum at the end of the file, so that stages of two exports are not mixed. */
  readonly sha256: string;
  /** `pixel_values` for the first stage, otherwise what the previous stage carries over. */
  readonly inputs: readonly StagedTensor[];
  /** Carried over to the next stage, besides the output `logits`; empty for the last stage. */
  readonly carried: readonly StagedTensor[];
}

/** The manifest of a staged export, `manifest.json` beside its files. */
export interface StagedManifest {
  readonly format: 'earlyexit-staged';
  readonly formatVersion: 1;
  readonly stages: readonly StagedFile[];
  readonly network: MultiExitMetadata;
  /** `jsonChecksum` of the rest; absent only where there is no Web Crypto. */
  readonly sha256?: string;
}

/** A staged export: the manifest, and one file per stage. */
export interface StagedExport {
  readonly manifest: StagedManifest;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/**
 * Writes one file per stage, for runtimes without `If`, and for a device that runs the first stage and leaves the rest
 * to another machine. Each stage has an output `logits` `[batch, classes]`, and one for every tensor that the next
 * stage takes as an input of the same name. Criterion and thresholds are up to the caller; the manifest holds the
 * calibrated ones.
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
  let origins: ReadonlyMap<string, string> = new Map();
  let stored: ReadonlyMap<string, StoredTensor> = new Map();
  for (const stage of network.stages) {
    const graph = startGraph(options, 'exportStaged');
    const inputs = [...alive.values()];
    for (const { name } of inputs) graph.unique(name);
    for (const [name, origin] of origins) graph.setOrigin(name, origin);
    graph.unique('logits');
    const values = new Map(alive);
    network.converter.convert(graph, stage.nodes, values);
    graph.addNamed('Identity', [toPlain(graph, values.get(stage.logits)!).name], ['logits']);
    const carried = new Map<string, Value>();
    const carriedOrigins = new Map<string, string>();
    for (const id of stage.outputs) {
      const value = values.get(id)!;
      // A value may be one of the stage's inputs, or stand for two tensors, so every output gets a node of its own.
      const name = graph.unique(`carried_${stage.index}_${carried.size}`);
      graph.addNamed('Identity', [value.name], [name]);
      carried.set(id, { ...value, name });
      const origin = graph.originOf(value.name);
      if (origin !== null) carriedOrigins.set(name, origin);
    }
    const outputs = [
      valueInfo('logits', batched([network.classes])),
      ...[...carried.values()].map(describeValue),
    ];
    const message = graph.build(
      `${model.metadata.name}_stage${stage.index}`,
      inputs.map(describeValue),
      outputs,
    );
    const names = [...carried.values()].map(({ name }) => name);
    const finished = finishGraph(message, graph, options, { inputs: stored, carried: new Set(names) });
    const carriedStored = new Map(
      names.flatMap((name) => {
        const tensor = finished.stored.get(name);
        return tensor === undefined ? [] : [[name, tensor] as const];
      }),
    );
    const bytes = await finishModel(finished.graph, graph.opset, {
      format: 'earlyexit-onnx',
      formatVersion: 1,
      kind: 'stage',
      dtype: dtypeOf(options),
      stage: stage.index,
      inputShape: network.input.shape,
      decision: null,
      network: model.metadata,
    });
    // Named by its content, so that a new export never overwrites a file that an older manifest names.
    const sha256 = checksumOf(bytes);
    const file = `stage${stage.index}-${sha256.slice(0, 16)}.onnx`;
    files.set(file, bytes);
    stages.push({
      file,
      bytes: bytes.length,
      sha256,
      inputs: inputs.map((value) => describeStaged(value, stored)),
      carried: [...carried.values()].map((value) => describeStaged(value, carriedStored)),
    });
    alive = carried;
    origins = carriedOrigins;
    stored = carriedStored;
  }
  const manifest = { format: 'earlyexit-staged', formatVersion: 1, stages, network: model.metadata } as const;
  const checksum = await jsonChecksum(manifest);
  return { manifest: checksum === null ? manifest : { ...manifest, sha256: checksum }, files };
}

function describeStaged(value: Value, stored: ReadonlyMap<string, StoredTensor>): StagedTensor {
  const quantized = stored.get(value.name);
  return {
    name: value.name,
    shape: graphShape(value),
    type: quantized === undefined ? 'float32' : 'uint8',
    ...(quantized === undefined ? {} : { scale: quantized.scale, zeroPoint: quantized.zeroPoint }),
  };
}
