import { join } from 'node:path';
import {
  type AttachedFile,
  type AttachedPlaces,
  type ClassifierImages,
  attachedDocument,
  writeAttached,
} from '@earlyexit/attach';
import { timeAttached } from '@earlyexit/benchmark';
import { writeWholeFile } from '@earlyexit/core/node';
import { collectReport } from '@earlyexit/evaluation';
import { requireOwnFolder } from '@earlyexit/onnx/node';
import { encodeExamples, renderReport } from '@earlyexit/report';
import { requireReplaceable } from '@earlyexit/runs';
import type { Invocation } from '../command';
import type { OptionValues } from '../options/declare-option';
import type { promiseOptions } from '../options/image-options';
import { showing } from '../terminal/show-work';
import { describeFile } from './describe';

type Wanted = AttachedPlaces &
  Pick<OptionValues<typeof promiseOptions>, 'report' | 'timing' | 'batches' | 'dataset' | 'force'>;

/** Looks before slow work begins whether what lies at the places to write to is an earlier result. */
export async function requireTargets({
  out,
  static: plain,
  staged,
  folder,
  report,
  force,
}: Wanted): Promise<void> {
  const check = async (where: string, path: string | undefined, kind: 'onnx' | 'report' | 'manifest') =>
    path === undefined ? undefined : requireReplaceable(where, path, kind, force);
  await check('OUT', out, 'onnx');
  await check('--static', plain, 'onnx');
  await check('--report', report, 'report');
  await check('--staged', staged && join(staged, 'manifest.json'), 'manifest');
  if (folder !== undefined && !force) await requireOwnFolder(folder);
}

/** Writes a conditional file and what else was asked for, times it, and says what it does. */
export async function finishAttached(
  attached: AttachedFile,
  images: ClassifierImages,
  { report: page, timing: isTimed, batches, dataset = 'images', ...places }: Wanted,
  { output, signal }: Pick<Invocation, 'output' | 'signal'>,
): Promise<undefined> {
  const written = await writeAttached(attached, places);
  if (page !== undefined) {
    const {
      metadata,
      logits: { promise: calibration, report: test },
      reportRows,
    } = attached;
    const data = collectReport({ metadata }, { calibration, test, dataset, engine: 'onnxruntime' });
    const imageShape = metadata.preprocessing!.inputShape;
    const bytes = (rows: Int32Array) =>
      images.read(
        rows.map((row) => reportRows[row]!),
        { imageShape },
      );
    await writeWholeFile(page, renderReport(data, await encodeExamples(data, { imageShape, bytes })));
  }
  const timing = isTimed
    ? await showing(output, signal, (work) => timeAttached(attached, images, { batches, ...work }))
    : null;
  const document = attachedDocument(written, timing);
  output.json(document);
  output.text(...describeFile(document, output.colors));
  return undefined;
}
