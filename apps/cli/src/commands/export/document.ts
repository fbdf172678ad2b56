import type { MultiExitMetadata } from '@earlyexit/branch-head';
import type { QuantizationReport } from '@earlyexit/evaluation';
import {
  type CriterionName,
  type FoundPolicy,
  type ThresholdJson,
  thresholdToJson,
} from '@earlyexit/exit-criteria';
import type { ExitAgreement, StagedManifest, StagedTensor } from '@earlyexit/onnx';
import type { WrittenFile } from '@earlyexit/onnx/node';
import type { QuantizedNetwork } from '../../model/quantize-network';

/** The width of the numbers in what was written, and what int8 does to the answers. */
type Dtype =
  | { readonly dtype: 'float32' }
  | {
      readonly dtype: 'int8';
      /** What the ranges were measured on. */
      readonly ranges: string;
      /** How often each exit gives the class that it gives in float32; null where that was not tried. */
      readonly agreement: readonly ExitAgreement[] | null;
      /** Null where no policy was set anew. */
      readonly quantization: QuantizationReport | null;
    };

interface Decision {
  readonly criterion: CriterionName | null;
  readonly thresholds: readonly ThresholdJson[] | null;
  readonly thresholdsAs: 'input' | 'constants' | null;
}

/** What `export --json` prints. */
export type ExportDocument = { readonly model: string } & Dtype &
  (
    | ({ readonly kind: 'conditional' | 'static'; readonly file: string; readonly bytes: number } & Decision)
    | ({
        readonly kind: 'folder';
        readonly directory: string;
        readonly files: readonly WrittenFile[];
      } & Decision)
    | {
        readonly kind: 'staged';
        readonly directory: string;
        readonly stages: readonly {
          readonly file: string;
          readonly bytes: number;
          readonly carried: readonly StagedTensor[];
        }[];
      }
  );

/** One file. */
export function fileDocument(
  { name, exits }: MultiExitMetadata,
  written: {
    readonly kind: 'conditional' | 'static';
    readonly target: string;
    readonly size: number;
    readonly decides: (FoundPolicy & { readonly thresholdsAs: 'input' | 'constants' }) | null;
    readonly int8: QuantizedNetwork | null;
  },
): ExportDocument {
  const { kind, target: file, size: bytes, int8 } = written;
  const decides = exits.length > 1 ? written.decides : null;
  return {
    ...{ model: name, kind, ...dtypeOf(int8), file, bytes },
    criterion: decides?.criterion ?? null,
    thresholds: decides?.thresholds?.map(thresholdToJson) ?? null,
    thresholdsAs: decides?.thresholdsAs ?? null,
  };
}

/** A model folder in the hub's layout. */
export function folderDocument(
  model: string,
  directory: string,
  written: {
    readonly files: readonly WrittenFile[];
    readonly policy: FoundPolicy;
    readonly int8: QuantizedNetwork | null;
  },
): ExportDocument {
  const { files, policy, int8 } = written;
  const thresholds = policy.thresholds?.map(thresholdToJson) ?? null;
  const { criterion } = policy;
  return {
    ...{ model, kind: 'folder', ...dtypeOf(int8), directory, files },
    ...{ criterion, thresholds, thresholdsAs: 'constants' },
  };
}

/** Stages and their manifest. */
export function stagedDocument(
  model: string,
  directory: string,
  manifest: StagedManifest,
  int8: QuantizedNetwork | null,
): ExportDocument {
  const stages = manifest.stages.map(({ file, bytes, carried }) => ({ file, bytes, carried }));
  return { model, kind: 'staged', ...dtypeOf(int8), directory, stages };
}

function dtypeOf(int8: QuantizedNetwork | null): Dtype {
  if (int8 === null) return { dtype: 'float32' };
  const { source: ranges, agreement, report: quantization } = int8;
  return { dtype: 'int8', ranges, agreement, quantization };
}
