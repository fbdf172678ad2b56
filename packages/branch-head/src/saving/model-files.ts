import { createHash } from 'node:crypto';

/** The name of the file that holds topology, metadata and the list of weights. */
export const MODEL_FILE = 'model.json';

/** The format of weights on disk: that of TensorFlow.js, or safetensors with 32-bit or 16-bit floats. */
export type WeightsFormat = 'tensorflow' | 'safetensors' | 'safetensors-float16';

/** The pattern of a weights file's name. */
export const WEIGHTS_FILE = /^weights-[0-9a-f]{16}\.(bin|safetensors)$/;
/** The pattern of an unfinished file's name, left by a save that was killed. */
export const LEFTOVER_FILE = /^(model\.json|weights-[0-9a-f]{16}\.(bin|safetensors))\.[0-9a-f]{12}\.tmp$/;

/**
 * The name of the file for these weights. It contains their checksum, so that new weights never overwrite those that an
 * older `model.json` refers to.
 */
export function weightsFileName(data: Uint8Array, ending: string): string {
  return `weights-${createHash('sha256').update(data).digest('hex').slice(0, 16)}${ending}`;
}
