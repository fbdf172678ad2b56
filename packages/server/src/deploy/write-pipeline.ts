import { join } from 'node:path';
import { ArgumentError } from '@earlyexit/core';
import { readWholeFile, requireWritable, writeWholeFile } from '@earlyexit/core/node';
import { loadSession } from '@earlyexit/inference/onnx';
import { BEAM_PIPELINE, BEAM_REQUIREMENTS } from './beam-pipeline';
import { RAY_PIPELINE, RAY_REQUIREMENTS } from './ray-pipeline';

const engines = {
  beam: { program: BEAM_PIPELINE, requirements: BEAM_REQUIREMENTS },
  ray: { program: RAY_PIPELINE, requirements: RAY_REQUIREMENTS },
};

/** The engines that a pipeline is written for. */
export type PipelineEngine = keyof typeof engines;

/** What was written. */
export interface WrittenPipeline {
  readonly folder: string;
  readonly files: readonly string[];
}

const LARGEST_BYTES = 2 ** 31;

/**
 * Writes a folder from which Apache Beam or Ray Data answers any number of images with an exported file: a program in
 * Python, what it needs from PyPI, the file itself and what the program has to know of it. Images come from files or from
 * Parquet; the answers, with exit, score and cost, go to Parquet.
 *
 * @param file a conditional file of this toolkit with its thresholds built in
 * @param folder is created where there is none; files of these names are replaced
 * @throws ArgumentError for a file without exits or preprocessing, or whose thresholds are an input; DataError for a
 *   damaged file
 */
export async function writePipeline(
  file: string,
  folder: string,
  { engine, signal }: { readonly engine: PipelineEngine; readonly signal?: AbortSignal | undefined },
): Promise<WrittenPipeline> {
  const session = await loadSession(file, signal === undefined ? {} : { signal });
  const { file: description, metadata } = session;
  session.dispose();
  const { preprocessing, classes, exits } = metadata;
  const refuse = (rule: string, received: string, remedy: string): ArgumentError =>
    new ArgumentError({
      ...{ function: 'writePipeline', argument: 'file' },
      ...{ rule, received: `${file}, ${received}`, remedy },
    });
  if (description.kind !== 'conditional' || description.decision?.thresholdsAs === 'input') {
    throw refuse(
      'the engine feeds images alone, so exits and thresholds are built into the file',
      description.kind === 'conditional' ? 'which takes thresholds as an input' : 'which has no exits',
      'Export it again with thresholds as constants',
    );
  }
  if (preprocessing === null) {
    throw refuse(
      'it says how images become its inputs',
      'which does not',
      'Export it from a network with preprocessing',
    );
  }
  const { inputShape, mean, standardDeviation, shorterSide = null } = preprocessing;
  const about = { inputShape, mean, standardDeviation, shorterSide, classes, exits };
  const { program, requirements } = engines[engine];
  const bytes = await readWholeFile(file, { size: LARGEST_BYTES, signal });
  await requireWritable(folder);
  const contents: readonly (readonly [name: string, content: string | Uint8Array])[] = [
    ['model.onnx', bytes],
    ['model.json', `${JSON.stringify(about, null, 2)}\n`],
    ['requirements.txt', requirements],
    ['pipeline.py', program],
  ];
  for (const [name, content] of contents) await writeWholeFile(join(folder, name), content);
  return { folder, files: contents.map(([name]) => join(folder, name)) };
}
