import type { QuantizationReport } from '@earlyexit/evaluation';
import type { CriterionName, ThresholdJson } from '@earlyexit/exit-criteria';
import type { ExitAgreement, StagedTensor } from '@earlyexit/onnx';
import type { WrittenFile } from '@earlyexit/onnx/node';
import type { Int8 as QuantizedNetwork } from '../../model/quantize-network';

/** What was written, and where. */
export type WrittenExport =
  | { readonly kind: 'conditional' | 'static'; readonly file: string; readonly bytes: number }
  | { readonly kind: 'folder'; readonly directory: string; readonly files: readonly WrittenFile[] }
  | { readonly kind: 'staged'; readonly directory: string; readonly stages: readonly WrittenStage[] };

interface WrittenStage extends WrittenFile {
  /** What the next stage takes. */
  readonly carried: readonly StagedTensor[];
}

/** What decides inside the file; null where nothing does, and stages leave it out. */
export interface ExportDecision {
  readonly criterion: CriterionName | null;
  /** Null where whoever runs the file brings them. */
  readonly thresholds: readonly ThresholdJson[] | null;
  readonly thresholdsAs: 'input' | 'constants' | null;
}

/** What int8 does to the answers. */
interface Int8 {
  /** What the ranges were measured on. */
  readonly ranges: string;
  /** How often each exit gives the class that it gives in float32; null where that was not tried. */
  readonly agreement: readonly ExitAgreement[] | null;
  /** Null where no policy was set anew. */
  readonly quantization: QuantizationReport | null;
}

/** What `export --json` prints. */
export type ExportDocument = WrittenExport &
  Partial<ExportDecision> &
  Partial<Int8> & { readonly model: string; readonly dtype: 'float32' | 'int8' };

/** Puts together what is said of an export. */
export function exportDocument(
  model: string,
  written: WrittenExport,
  decision: ExportDecision | null,
  int8: QuantizedNetwork | null,
): ExportDocument {
  const { kind, ...where } = written;
  const dtype =
    int8 === null
      ? { dtype: 'float32' }
      : {
          dtype: 'int8',
          ranges: int8.source,
          agreement: int8.agreement ?? null,
          quantization: int8.refit?.report ?? null,
        };
  return { model, kind, ...dtype, ...where, ...decision } as ExportDocument;
}
