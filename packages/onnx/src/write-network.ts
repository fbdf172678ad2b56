import { basename, resolve } from 'node:path';
import type { MultiExitModel } from '@earlyexit/branch-head';
import type { WorkOptions } from '@earlyexit/core';
import { writeWholeFile } from '@earlyexit/core/node';
import {
  type CriterionName,
  findPolicy,
  type Threshold,
  type ThresholdJson,
  thresholdToJson,
} from '@earlyexit/exit-criteria';
import { exportConditional } from './export-conditional';
import type { ConditionalExportOptions, ExportOptions } from './export-options';
import { exportStaged, type StagedTensor } from './export-staged';
import { exportStatic } from './export-static';
import { exportFolder, type FolderExportOptions } from './folder/export-folder';
import { writeExport, type WrittenFile } from './write-export';

/** What a network is written as, and with which options. */
export interface WriteNetworkOptions extends Pick<WorkOptions, 'signal'> {
  /**
   * `conditional`: one file with the exits inside. `static`: one file without exits. `staged`: a folder with one file
   * per stage. `folder`: a model folder in the hub's layout. `conditional` unless given.
   */
  readonly kind?: 'conditional' | 'static' | 'staged' | 'folder' | undefined;
  /** For a file with exits and for a model folder; see `exportConditional`. */
  readonly criterion?: CriterionName | undefined;
  readonly thresholds?: readonly Threshold[] | undefined;
  /** For a file with exits; a model folder has them built in. */
  readonly thresholdsAs?: ConditionalExportOptions['thresholdsAs'] | undefined;
  readonly runtime?: ConditionalExportOptions['runtime'] | undefined;
  readonly opset?: number | undefined;
  readonly quantization?: ExportOptions['quantization'] | undefined;
  /** For the card of a model folder; see `exportFolder`. */
  readonly dataset?: FolderExportOptions['dataset'];
  readonly evaluation?: FolderExportOptions['evaluation'];
  /** Whether a model folder may be written into a folder that holds something else; false unless given. */
  readonly force?: boolean | undefined;
}

/** What was written, and where. */
export type WrittenNetwork = WrittenPlace & Partial<WrittenDecision>;

type WrittenPlace =
  | { readonly kind: 'conditional' | 'static'; readonly file: string; readonly bytes: number }
  | { readonly kind: 'folder'; readonly directory: string; readonly files: readonly WrittenFile[] }
  | { readonly kind: 'staged'; readonly directory: string; readonly stages: readonly WrittenStage[] };

interface WrittenStage extends WrittenFile {
  /** What the next stage takes. */
  readonly carried: readonly StagedTensor[];
}

/** The decision inside the file; null if the file decides nothing, left out for stages. */
interface WrittenDecision {
  readonly criterion: CriterionName | null;
  /** Null if they are fed when the file is run. */
  readonly thresholds: readonly ThresholdJson[] | null;
  readonly thresholdsAs: 'input' | 'constants' | null;
}

const NO_DECISION: WrittenDecision = { criterion: null, thresholds: null, thresholdsAs: null };

/**
 * Exports a network, writes it whole or not at all, and describes what was written as a document. An existing file is
 * replaced.
 *
 * @param target the file, or the folder of stages or of a model
 * @throws ArgumentError if thresholds that are built in are not known, or options do not fit; DataError if a model folder
 *   is to be written over something else; EnvironmentError if it cannot be written; the signal's reason
 */
export async function writeNetwork(
  model: MultiExitModel,
  target: string,
  options: WriteNetworkOptions = {},
): Promise<WrittenNetwork> {
  const { kind = 'conditional', opset, quantization, runtime, thresholdsAs = 'input', signal } = options;
  const version: ExportOptions = {
    ...(opset === undefined ? {} : { opset }),
    ...(quantization === undefined ? {} : { quantization }),
  };
  const writeFile = async (content: Uint8Array): Promise<{ file: string; bytes: number }> => {
    signal?.throwIfAborted();
    await writeWholeFile(target, content);
    return { file: target, bytes: content.length };
  };
  if (kind === 'staged') {
    const staged = await exportStaged(model, version);
    signal?.throwIfAborted();
    await writeExport(target, staged);
    const stages = staged.manifest.stages.map(({ file, bytes, carried }) => ({ file, bytes, carried }));
    return { kind, directory: target, stages };
  }
  if (kind === 'static') {
    return { kind, ...(await writeFile(await exportStatic(model, version))), ...NO_DECISION };
  }
  const { criterion, thresholds } = findPolicy(model.metadata, options);
  const decided = { ...version, criterion, ...(thresholds === null ? {} : { thresholds }) };
  const decision = { criterion, thresholds: thresholds?.map(thresholdToJson) ?? null };
  if (kind === 'folder') {
    const { dataset, evaluation, force = false } = options;
    const card = { folder: basename(resolve(target)), dataset, evaluation };
    const exported = await exportFolder(model, { ...decided, ...card, signal });
    const files = await writeExport(target, exported, { force });
    return { kind, directory: target, files, ...decision, thresholdsAs: 'constants' };
  }
  const layout = { thresholdsAs, ...(runtime === undefined ? {} : { runtime }) };
  const written = await writeFile(await exportConditional(model, { ...decided, ...layout }));
  const decides = model.metadata.exits.length > 1 ? { ...decision, thresholdsAs } : NO_DECISION;
  return { kind, ...written, ...decides };
}
