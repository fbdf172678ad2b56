import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ArgumentError } from '@earlyexit/core';
import { findPolicy, storedPolicy } from '@earlyexit/exit-criteria';
import { exportConditional, exportStatic } from '@earlyexit/onnx';
import type { RegisteredLocation, SavedLocation } from '@earlyexit/runs';
import { openNetwork } from '../model/open-network';
import { quantizeNetwork } from '../model/quantize-network';
import { startEngine } from '../model/start-engine';
import { type BenchmarkedNetwork, type BenchInvocation, chooseLeaving } from './benchmarked-network';

/** A network of TensorFlow.js, exported for the occasion. */
export async function benchmarkedModel(
  location: SavedLocation | RegisteredLocation,
  invocation: BenchInvocation,
): Promise<BenchmarkedNetwork> {
  const { options, given, output } = invocation;
  if (options.static !== undefined) {
    throw new ArgumentError({
      where: '--static',
      rule: 'it names what an .onnx file is compared with; a network is exported without exits here',
      received: options.static,
      remedy: 'Leave --static out',
    });
  }
  await startEngine({}, output);
  const runDirectory = location.kind === 'saved' ? location.runDirectory : null;
  const opened = await openNetwork(location, options, output);
  const { criterion } = findPolicy(opened.model.metadata, { criterion: options.criterion });
  const stored = storedPolicy(opened.model.metadata);
  // Shares are set on the images that are timed.
  const policy = options.shares === undefined && stored?.criterion === criterion ? stored : null;
  const quantized =
    options.dtype === 'int8'
      ? await quantizeNetwork(
          { ...opened, policy, runDirectory, isTrained: location.kind === 'saved' },
          // Whatever int8 leaves of the answers can be timed: a warning is enough.
          { ...given, threads: undefined, minAgreement: 0.01 },
          invocation,
        )
      : null;
  const { model } = quantized ?? opened;
  const quantization = quantized === null ? {} : { quantization: quantized.quantization };
  return {
    metadata: model.metadata,
    dtype: options.dtype ?? 'float32',
    inputShape: model.model.inputs[0]!.shape.slice(1) as [number, number, number],
    config: opened.config,
    runDirectory,
    criterion,
    leaving: chooseLeaving(options.shares, findPolicy(model.metadata, { criterion }).thresholds),
    async write(folder) {
      const write = async (name: string, file: Promise<Uint8Array>): Promise<string> => {
        const path = join(folder, name);
        await writeFile(path, await file);
        return path;
      };
      const { engine: runtime = 'onnxruntime' } = options;
      return {
        static: await write('static.onnx', exportStatic(model, quantization)),
        exits: await write(
          'exits.onnx',
          exportConditional(model, { criterion, runtime: runtime as 'onnxruntime', ...quantization }),
        ),
        float32: quantized && (await write('float32.onnx', exportStatic(model))),
      };
    },
  };
}
