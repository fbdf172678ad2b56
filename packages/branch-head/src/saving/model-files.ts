import { createHash } from 'node:crypto';

/** The name of the file that holds topology, metadata and the list of weights. */
export const MODEL_FILE = 'model.json';

/** What the name of a weights file looks like. */
export const WEIGHTS_FILE = /^weights-[0-9a-f]{16}\.bin$/;

/**
 * The name of the file for these weights. It holds their checksum, so that new weights never take the place of the
 * ones that an older `model.json` speaks of.
 */
export function weightsFileName(data: Uint8Array): string {
  return `weights-${createHash('sha256').update(data).digest('hex').slice(0, 16)}.bin`;
}
