import { type NetworkSource, readNetwork } from './network-source';
import { type FileOutlook, outlookOf } from './runtime-outlook';

/**
 * Says which runtimes run a file with the work really left out: `outlookOf` of a file on the disk.
 *
 * @throws DataError if it cannot be read, or is no ONNX file
 */
export async function runtimeOutlook(source: NetworkSource, signal?: AbortSignal): Promise<FileOutlook> {
  const { bytes, where } = await readNetwork(source, signal);
  return outlookOf(bytes, where);
}
