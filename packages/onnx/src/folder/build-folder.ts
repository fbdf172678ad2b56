import type { Preprocessing } from '@earlyexit/branch-head';
import { modelConfig, preprocessorConfig } from './folder-config';
import { type CardContent, modelCard } from './model-card';

/** A model folder in the hub's layout. */
export interface FolderExport {
  /**
   * By their paths in the folder, in the order in which they have to be written: without the last one the folder is no
   * model.
   */
  readonly files: ReadonlyMap<string, string | Uint8Array>;
}

/**
 * The files of a model folder around a graph with everything built in.
 *
 * @param graph a conditional file with constant thresholds, temperatures folded into its logits, and an input of three
 *   colours
 */
export function buildFolder(
  graph: Uint8Array,
  {
    isInt8,
    ...content
  }: Omit<CardContent, 'file'> & { readonly preprocessing: Preprocessing; readonly isInt8: boolean },
): FolderExport {
  const { metadata, preprocessing, criterion, thresholds } = content;
  // The names that transformers.js looks for.
  const file = isInt8 ? 'onnx/model_quantized.onnx' : 'onnx/model.onnx';
  return {
    files: new Map<string, string | Uint8Array>([
      [file, graph],
      ['preprocessor_config.json', json(preprocessorConfig(preprocessing))],
      ['README.md', modelCard({ ...content, file })],
      ['config.json', json(modelConfig(metadata, { criterion, thresholds, isInt8 }))],
    ]),
  };
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
