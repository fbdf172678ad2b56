import { jsonChecksum } from '@earlyexit/core';

/**
 * The text of a run's `config.json`: what the caller remembers, the settings of the training, and a checksum over both
 * without which nobody would notice a flipped bit. `@earlyexit/runs` reads it.
 *
 * @param config plain JSON
 * @param training the settings of the training
 */
export async function encodeConfig(
  config: Readonly<Record<string, unknown>>,
  training: Readonly<Record<string, unknown>>,
): Promise<string> {
  const head = { format: 'earlyexit-run', formatVersion: 1 };
  const content = { ...head, ...config, ...head, training };
  return `${JSON.stringify({ ...content, sha256: await jsonChecksum(content) }, null, 2)}\n`;
}
