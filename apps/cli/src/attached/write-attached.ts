import type { AttachedFile } from '@earlyexit/attach';
import { writeWholeFile } from '@earlyexit/core/node';
import { writeExport } from '@earlyexit/onnx/node';
import type { Output } from '../terminal/output';
import { describeAttached } from './describe';

/**
 * Writes a conditional file, and says what it does.
 *
 * @param folder where its stages go too; nowhere unless given
 */
export async function writeAttached(
  out: string,
  { file, report, stages }: AttachedFile,
  { folder, output }: { readonly folder: string | undefined; readonly output: Output },
): Promise<undefined> {
  await writeWholeFile(out, file);
  const staged = folder === undefined ? null : await writeExport(folder, await stages());
  const document = {
    file: out,
    bytes: file.length,
    ...(staged && { staged: { folder, files: staged } }),
    ...report,
  };
  output.json(document);
  output.text(...describeAttached(document, output.colors));
  if (staged !== null) output.text(`${folder}: the same as ${staged.length - 1} stages and a manifest`);
  return undefined;
}
