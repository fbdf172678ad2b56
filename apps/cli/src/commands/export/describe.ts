import type { MultiExitModel } from '@earlyexit/branch-head';
import { bytes } from '@earlyexit/core/format';
import { getCriterion } from '@earlyexit/exit-criteria';
import { describeInt8 } from '../../describe/quantization';
import type { ExportDocument } from './document';

/** What was written, and how to run it, for people. */
export function describeExport(document: ExportDocument, model: MultiExitModel): string[] {
  switch (document.kind) {
    case 'staged':
      return [...describeStages(document), ...int8Line(document)];
    case 'folder':
      return [...describeFolder(document), ...int8Line(document)];
    case 'conditional':
    case 'static':
      return describeFile(document, model);
  }
}

function describeStages({ model, directory, stages }: Extract<ExportDocument, { kind: 'staged' }>): string[] {
  return [
    `${model}: ${directory}, ${String(stages.length)} stages and manifest.json`,
    ...stages.map(({ file, bytes: size, carried }) => {
      const shapes = carried.map(({ shape }) => `[batch, ${shape.join(', ')}]`).join(' and ');
      return `${file}  ${bytes(size)}${shapes === '' ? '' : `, carries over ${shapes}`}`;
    }),
  ];
}

function describeFolder(document: Extract<ExportDocument, { kind: 'folder' }>): string[] {
  const { model, directory, files, criterion } = document;
  const shown = thresholdsOf(document);
  return [
    `${model}: ${directory}, a model folder for transformers.js, the exits inside`,
    ...files.map(({ file, bytes: size }) => `${file}  ${bytes(size)}`),
    `thresholds ${shown === '' ? 'none' : String(shown)} (${String(criterion)}) are built in`,
  ];
}

function describeFile(
  document: Extract<ExportDocument, { kind: 'conditional' | 'static' }>,
  { metadata, model }: MultiExitModel,
): string[] {
  const { file, bytes: size, kind, dtype, criterion, thresholdsAs } = document;
  const early = metadata.exits.length - 1;
  const [height, width, channels] = model.inputs[0]!.shape.slice(1);
  const sizes = channels === undefined ? [height] : [channels, height, width];
  const fed = thresholdsAs === 'input';
  const isStatic = kind === 'static';
  const known = thresholdsOf(document);
  return [
    `${document.model}: ${file}, ${bytes(size)}, ${isStatic ? 'without exits' : 'the exits inside'}${dtype === 'int8' ? ', int8' : ''}`,
    `inputs   pixel_values [batch, ${sizes.map(String).join(', ')}] float32${fed ? `, thresholds [${String(early)}] float32` : ''}`,
    `outputs  logits [batch, ${String(metadata.classes.length)}] float32${isStatic ? '' : ', exit_index [batch] int64, score [batch] float32'}`,
    ...int8Line(document),
    ...(criterion === null
      ? []
      : [
          `leaves when ${getCriterion(criterion).rule} (${criterion}); ${
            known === undefined
              ? 'no thresholds are calibrated: whoever runs the file brings them'
              : `thresholds ${known} ${fed ? 'stand in its metadata, and sessions feed them' : 'are built in'}`
          }`,
        ]),
  ];
}

function thresholdsOf({ thresholds }: Pick<Extract<ExportDocument, { kind: 'folder' }>, 'thresholds'>) {
  return thresholds?.map((value) => value ?? 'never').join(', ');
}

function int8Line(document: ExportDocument): string[] {
  return document.dtype === 'int8' ? [describeInt8(document.ranges, document.agreement)] : [];
}
