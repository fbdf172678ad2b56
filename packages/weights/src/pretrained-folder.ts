import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pretrainedUrl } from './pretrained-url';

/**
 * The folder of a trained network, which `loadModel` of `@earlyexit/branch-head/node` opens.
 *
 * @throws ArgumentError if there is no network of that name
 */
export function pretrainedFolder(name: string): string {
  return dirname(fileURLToPath(pretrainedUrl(name, 'model')));
}
