import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MultiExitModel } from '@earlyexit/branch-head';
import { criterionWithoutLabels, findPolicy } from '@earlyexit/exit-criteria';
import { exportConditional, exportStatic, type Quantization } from '@earlyexit/onnx';
import { chooseLeaving, type LeavingOptions, type NetworkToTime, requireEarlyExit } from './network-to-time';

/** How a network of TensorFlow.js is exported to be timed. */
export interface ModelToTimeOptions extends LeavingOptions {
  /** Times it in int8, and against float32 too. */
  readonly quantization?: Quantization | undefined;
  /** What the file is laid out for; `onnxruntime` unless given. */
  readonly runtime?: 'onnxruntime' | 'openvino' | undefined;
}

/**
 * A network of TensorFlow.js, to be exported for the occasion: with its exits, and without.
 *
 * @throws ArgumentError for a network without an early exit, and a criterion that looks at the labels
 */
export function modelToTime(
  model: MultiExitModel,
  { criterion: asked, shares, quantization, runtime = 'onnxruntime' }: ModelToTimeOptions = {},
): NetworkToTime {
  if (asked !== undefined) criterionWithoutLabels(asked, 'modelToTime');
  requireEarlyExit(model.metadata, 'modelToTime');
  const { criterion, thresholds } = findPolicy(model.metadata, { criterion: asked });
  const quantized = quantization === undefined ? {} : { quantization };
  return {
    metadata: model.metadata,
    dtype: quantization === undefined ? 'float32' : 'int8',
    inputShape: model.model.inputs[0]!.shape.slice(1) as [number, number, number],
    criterion,
    leaving: chooseLeaving(shares, thresholds),
    async write(folder) {
      const write = async (name: string, file: Promise<Uint8Array>): Promise<string> => {
        const path = join(folder, name);
        await writeFile(path, await file);
        return path;
      };
      return {
        static: await write('static.onnx', exportStatic(model, quantized)),
        exits: await write('exits.onnx', exportConditional(model, { criterion, runtime, ...quantized })),
        float32: quantization === undefined ? null : await write('float32.onnx', exportStatic(model)),
      };
    },
  };
}
