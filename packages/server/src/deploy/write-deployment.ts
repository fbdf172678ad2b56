import { ArgumentError, didYouMean } from '@earlyexit/core';
import { type PipelineEngine, writePipeline } from './write-pipeline';
import { type TritonOptions, writeTritonRepository } from './write-triton-repository';

/** The engines that an exported file can be deployed to. */
export const deploymentEngines = ['triton', 'beam', 'ray'] as const;

/** What was written for an engine, and the command that starts it there. */
export interface WrittenDeployment {
  readonly engine: (typeof deploymentEngines)[number];
  readonly files: readonly string[];
  readonly start: string;
}

/**
 * Writes what an engine needs to run an exported file: `writeTritonRepository` or `writePipeline`.
 *
 * @throws ArgumentError for an engine that is none; what these two throw
 */
export async function writeDeployment(
  engine: string,
  file: string,
  folder: string,
  options: TritonOptions,
): Promise<WrittenDeployment> {
  if (engine === 'triton') {
    const { repository, files } = await writeTritonRepository(file, folder, options);
    return { engine, files, start: `tritonserver --model-repository=${repository}` };
  }
  if (isPipeline(engine)) {
    const { files } = await writePipeline(file, folder, { engine, signal: options.signal });
    const out = engine === 'beam' ? 'answers/part' : 'answers';
    return { engine, files, start: `python ${files.at(-1)!} --images 'photos/**/*.png' --out ${out}` };
  }
  throw new ArgumentError({
    ...{ function: 'writeDeployment', argument: 'engine' },
    rule: `it is one of ${deploymentEngines.join(', ')}`,
    received: engine,
    remedy: didYouMean(engine, deploymentEngines),
  });
}

function isPipeline(engine: string): engine is PipelineEngine {
  return engine === 'beam' || engine === 'ray';
}
