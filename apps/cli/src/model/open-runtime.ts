import { pathToFileURL } from 'node:url';
import type { OnnxRuntime } from '@earlyexit/inference/onnx';
import type { InferenceRuntime } from '@earlyexit/native-engines';

/** Loads what runs exported networks: onnxruntime-node, or OpenVINO behind the same interface. */
export async function openRuntime({
  name,
  path,
}: Pick<InferenceRuntime, 'name' | 'path'>): Promise<OnnxRuntime> {
  if (name === 'openvino') {
    const { loadOpenvino } = await import('@earlyexit/inference/openvino');
    return loadOpenvino({ library: path });
  }
  const imported = (await import(pathToFileURL(path).href)) as OnnxRuntime & { default?: OnnxRuntime };
  return imported.default ?? imported;
}
