import type { MultiExitModel } from '@earlyexit/branch-head';
import { bytes } from '@earlyexit/core/format';
import { getCriterion } from '@earlyexit/exit-criteria';
import type { QuantizationReport } from '@earlyexit/evaluation';
import type { ExitAgreement } from '@earlyexit/onnx';
import type { WrittenNetwork } from '@earlyexit/onnx/node';
import { describeInt8 } from '../../describe/quantization';

/** What `export --json` prints. */
export type ExportDocument = WrittenNetwork & {
  readonly model: string;
  readonly dtype: 'float32' | 'int8';
  /** In int8, what the ranges were measured on. */
  readonly ranges?: string;
  /** In int8, how often each exit gives the class that it gives in float32; null where that was not tried. */
  readonly agreement?: readonly ExitAgreement[] | null;
  /** In int8, null where no policy was set anew. */
  readonly quantization?: QuantizationReport | null;
};

/** What was written, and how to run it, for people. */
export function describeExport(document: ExportDocument, network: MultiExitModel): string[] {
  const { model, ranges, agreement = null } = document;
  const int8 = ranges === undefined ? [] : [describeInt8(ranges, agreement)];
  const known = document.thresholds?.map((value) => value ?? 'never').join(', ');
  switch (document.kind) {
    case 'staged':
      return [
        `${model}: ${document.directory}, ${String(document.stages.length)} stages and manifest.json`,
        ...document.stages.map(({ file, bytes: size, carried }) => {
          const shapes = carried.map(({ shape }) => `[batch, ${shape.join(', ')}]`).join(' and ');
          return `${file}  ${bytes(size)}${shapes === '' ? '' : `, carries over ${shapes}`}`;
        }),
        ...int8,
      ];
    case 'folder':
      return [
        `${model}: ${document.directory}, a model folder for transformers.js, the exits inside`,
        ...document.files.map(({ file, bytes: size }) => `${file}  ${bytes(size)}`),
        ...int8,
        `thresholds ${known === undefined || known === '' ? 'none' : known} (${String(document.criterion)}) are built in`,
      ];
    case 'conditional':
    case 'static':
      return [...describeFile(document, network), ...int8, ...describeDecision(document, known)];
  }
}

function describeFile(
  document: Extract<ExportDocument, { kind: 'conditional' | 'static' }>,
  { metadata, model }: MultiExitModel,
): string[] {
  const { file, bytes: size, kind, dtype, thresholdsAs } = document;
  const early = String(metadata.exits.length - 1);
  const [height, width, channels] = model.inputs[0]!.shape.slice(1);
  const sizes = channels === undefined ? [height] : [channels, height, width];
  const isStatic = kind === 'static';
  return [
    `${document.model}: ${file}, ${bytes(size)}, ${isStatic ? 'without exits' : 'the exits inside'}${dtype === 'int8' ? ', int8' : ''}`,
    `inputs   pixel_values [batch, ${sizes.map(String).join(', ')}] float32${thresholdsAs === 'input' ? `, thresholds [${early}] float32` : ''}`,
    `outputs  logits [batch, ${String(metadata.classes.length)}] float32${isStatic ? '' : ', exit_index [batch] int64, score [batch] float32'}`,
  ];
}

function describeDecision({ criterion, thresholdsAs }: ExportDocument, known: string | undefined): string[] {
  if (criterion === null || criterion === undefined) return [];
  const thresholds =
    known === undefined
      ? 'no thresholds are calibrated: whoever runs the file brings them'
      : `thresholds ${known} ${thresholdsAs === 'input' ? 'stand in its metadata, and sessions feed them' : 'are built in'}`;
  return [`leaves when ${getCriterion(criterion).rule} (${criterion}); ${thresholds}`];
}
