import { findRuntime } from '@earlyexit/native-engines';
import type { OpenFile } from '@earlyexit/onnx';
import { openRuntime } from './open-runtime';

/**
 * What opens exported graphs on the onnxruntime that is found here.
 *
 * @throws EnvironmentError if there is none
 */
export async function graphOpener(threads: number | undefined): Promise<OpenFile> {
  const { graphOpener: opener } = await import('@earlyexit/inference/onnx');
  return opener({ runtime: await openRuntime(findRuntime('onnxruntime')), threads });
}
