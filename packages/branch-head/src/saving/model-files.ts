import { createHash } from 'node:crypto';

/** The name of the file that holds topology, metadata and the list of weights. */
export const MODEL_FILE = 'model.json';

/** How weights lie on disk: as TensorFlow.js writes them, or as a safetensors file of 32-bit or 16-bit floats. */
export type WeightsFormat = 'tensorflow' | 'safetensors' | 'safetensors-float16';

/** What the name of a weights file looks like. */
export const WEIGHTS_FILE = /^weights-[0-9a-f]{16}\.(bin|safetensors)$/;
/** What the name of an unfinished file looks like, of a save that was killed. */
export const LEFTOVER_FILE = /^(model\.json|weights-[0-9a-f]{16}\.(bin|safetensors))\.[0-9a-f]{12}\.tmp$/;

/**
 * The name of the file for these weights. It holds their checksum, so that new weights never take the place of the
 * ones that an older `model.json` speaks of.
 */
export function weightsFileName(data: Uint8Array, ending: string): string {
  return `weights-${createHash('sha256').update(data).digest('hex').slice(0, 16)}${ending}`;
}
