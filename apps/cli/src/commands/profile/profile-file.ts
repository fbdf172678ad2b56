import { isOwnFile, profileOnnx } from '@earlyexit/attach';
import { basename } from 'node:path';
import type { ProfileDocument } from '@earlyexit/profiler';
import type { Output } from '../../terminal/output';
import { showing } from '../../terminal/show-work';

/**
 * The profile of an ONNX file of another program, with the places where exits would pay.
 *
 * @returns null for a word that names no such file
 */
export async function profileFile(
  word: string,
  output: Output,
  signal: AbortSignal,
): Promise<ProfileDocument | null> {
  if (!/\.onnx$/i.test(word) || (await isOwnFile(word, signal))) return null;
  const { layers, macs, parameters, places, uncounted, ...profile } = await showing(output, signal, (work) =>
    profileOnnx(word, work),
  );
  for (const operator of uncounted) output.warn(`the multiply-accumulates of ${operator} are not counted`);
  const final = { name: 'final', attachedAfter: null, backboneMacs: macs, headMacs: 0, cumulativeMacs: macs };
  return {
    model: basename(word).replace(/\.onnx$/i, ''),
    ...profile,
    parameters,
    parametersWithExits: parameters,
    macs,
    exits: [{ ...final, share: 1, parameters: 0, cumulativeParameters: parameters }],
    layers: layers.map((layer) => ({ ...layer, usedBy: 0, isHead: false })),
    advice: places,
  };
}
