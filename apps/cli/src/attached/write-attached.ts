import type { AttachedFile } from '@earlyexit/attach';
import { writeWholeFile } from '@earlyexit/core/node';
import type { Output } from '../terminal/output';
import { describeAttached } from './describe';

/** Writes a conditional file, and says what it does. */
export async function writeAttached(
  out: string,
  { file, report }: AttachedFile,
  output: Output,
): Promise<undefined> {
  await writeWholeFile(out, file);
  const document = { file: out, bytes: file.length, ...report };
  output.json(document);
  output.text(...describeAttached(document, output.colors));
  return undefined;
}
