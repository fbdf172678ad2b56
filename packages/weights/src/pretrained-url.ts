import { findPretrained } from './find-pretrained';
import type { PretrainedFile } from './pretrained-card';

/**
 * Where a file of a trained network lies: for `loadSession` of `@earlyexit/inference/onnx`, in Node and on a page alike.
 *
 * @param file `onnx`, with the exits inside, unless given
 * @param base the folder of the models; beside this package unless given. On a page whose bundler does not copy files, it is
 *   where you serve them from.
 * @throws ArgumentError if there is no network of that name
 */
export function pretrainedUrl(
  name: string,
  file: PretrainedFile = 'onnx',
  base: string | URL = new URL('../models/', import.meta.url),
): URL {
  return new URL(findPretrained(name).files[file].path, base);
}
