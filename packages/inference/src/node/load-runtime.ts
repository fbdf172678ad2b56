import { pathToFileURL } from 'node:url';
import type { OnnxRuntime } from '../onnx/runtime';

/**
 * Loads the runtime of exported networks: onnxruntime-node, or OpenVINO behind the same interface.
 *
 * @param found the result of `findRuntime` of `@earlyexit/native-engines`: the module of onnxruntime-node, or the
 * folder of OpenVINO's libraries
 * @throws EnvironmentError if OpenVINO cannot be loaded
 */
export async function loadRuntime({
  name,
  path,
}: {
  readonly name: 'onnxruntime' | 'openvino';
  readonly path: string;
}): Promise<OnnxRuntime> {
  if (name === 'openvino') {
    const { loadOpenvino } = await import('../openvino/load-openvino');
    return loadOpenvino({ library: path });
  }
  const imported = (await import(pathToFileURL(path).href)) as OnnxRuntime & { default?: OnnxRuntime };
  return imported.default ?? imported;
}
