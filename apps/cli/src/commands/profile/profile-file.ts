import { isOwnFile, profileOnnx } from '@earlyexit/attach';
import { ArgumentError } from '@earlyexit/core';
import { plainProfileDocument, type ProfileDocument } from '@earlyexit/profiler';
import { basename } from 'node:path';
import type { Invocation } from '../../command';
import { showing } from '../../terminal/show-work';

/**
 * The profile of an ONNX file of another program, with the places where exits would pay.
 *
 * @returns null for a word that names no such file
 * @throws ArgumentError for exits, which are not attached to it here
 */
export async function profileFile(
  word: string,
  exits: readonly string[] | undefined,
  { output, signal }: Pick<Invocation, 'output' | 'signal'>,
): Promise<ProfileDocument | null> {
  if (!/\.onnx$/i.test(word) || (await isOwnFile(word, signal))) return null;
  if (exits !== undefined) {
    throw new ArgumentError({
      where: '--exits',
      rule: 'exits are attached to networks of TensorFlow.js, and to a file of another program by earlyexit attach',
      received: word,
      remedy: 'Leave it out',
    });
  }
  const { places, uncounted, ...measured } = await showing(output, signal, (work) => profileOnnx(word, work));
  for (const operator of uncounted) output.warn(`the multiply-accumulates of ${operator} are not counted`);
  return plainProfileDocument(basename(word).replace(/\.onnx$/i, ''), measured, places);
}
