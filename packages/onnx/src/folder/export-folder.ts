import type { MultiExitModel, Preprocessing } from '@earlyexit/branch-head';
import { ArgumentError, DataError, type WorkOptions } from '@earlyexit/core';
import { findPolicy } from '@earlyexit/exit-criteria';
import { exportConditional } from '../export-conditional';
import type { ConditionalExportOptions } from '../export-options';
import { buildFolder, type FolderExport } from './build-folder';
import type { CardEvaluation } from './model-card';

/** Options of `exportFolder`. What is left out comes from the policy that calibration stored. */
export interface FolderExportOptions
  extends
    Omit<ConditionalExportOptions, 'thresholdsAs' | 'foldTemperatures' | 'colorInput'>,
    Pick<WorkOptions, 'signal'> {
  /** The folder's name, which the examples in the card use; the network's name unless given. */
  readonly folder?: string | undefined;
  /** The data set that the network was trained on, for the card. */
  readonly dataset?: string | undefined;
  /** What `evaluate` measured for this policy, for the card; an evaluation of another policy is left out. */
  readonly evaluation?: CardEvaluation | null | undefined;
}

/**
 * Builds a model folder in the hub's layout, which stock transformers.js loads for image classification: the
 * conditional graph with everything built in, `preprocessor_config.json`, a card and `config.json`. `writeExport` of
 * `@earlyexit/onnx/node` writes it to disk.
 *
 * @throws ArgumentError if thresholds are neither given nor stored, or options do not fit; DataError if the network does
 *   not say how images become its inputs, or weights are not finite; the signal's reason
 */
export async function exportFolder(
  model: MultiExitModel,
  options: FolderExportOptions = {},
): Promise<FolderExport> {
  const { metadata } = model;
  const { folder = metadata.name, dataset = null, evaluation = null, signal, ...graphOptions } = options;
  const { criterion, thresholds } = findPolicy(metadata, options);
  if (thresholds === null) {
    throw new ArgumentError({
      function: 'exportFolder',
      argument: 'thresholds',
      rule: 'thresholds that are built in must be known',
      received:
        metadata.policy === null
          ? 'a network that is not calibrated'
          : `thresholds for ${metadata.policy.criterion}, not for ${criterion}`,
      remedy: (called) => `Calibrate the network first, or give ${called('thresholds')}`,
    });
  }
  const preprocessing = requirePreprocessing(model);
  const isInt8 = graphOptions.quantization !== undefined;
  const graph = await exportConditional(model, {
    ...graphOptions,
    ...{ criterion, thresholds, thresholdsAs: 'constants', foldTemperatures: true },
    colorInput: preprocessing.inputShape[2] === 1,
  });
  signal?.throwIfAborted();
  return buildFolder(graph, {
    ...{ folder, metadata, preprocessing, criterion, thresholds, evaluation, dataset, isInt8 },
  });
}

function requirePreprocessing({ metadata }: MultiExitModel): Preprocessing {
  if (metadata.preprocessing !== null) return metadata.preprocessing;
  throw new DataError({
    where: `exportFolder, ${metadata.name}`,
    rule: 'a model folder says how images become inputs, which this network does not know',
    received: metadata.name,
    remedy: 'Train it on a data set, or save it with preprocessing in its metadata',
  });
}
