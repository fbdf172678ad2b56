import type { Command } from 'commander';

/** The options that every command has. */
export function addOutputOptions(command: Command): void {
  command
    .option('--json', 'print one JSON document on standard output and nothing else there')
    .option('-q, --quiet', 'no progress, only the result')
    .option('--verbose', 'more details, and where an error happened');
}

/**
 * The options of commands that compute.
 *
 * @param takesExported whether the model may be an exported network
 */
export function addEngineOptions(command: Command, takesExported = false): void {
  command
    .option(
      '--engine <name>',
      `what computes: auto, tensorflow, wasm, webgpu or cpu (default: auto, which takes tensorflow where it is installed, else wasm, and to train networks as small as LeNet always wasm)${takesExported ? '; an exported network: onnxruntime (default) or openvino' : ''}`,
    )
    .option('--threads <n>', 'threads inside an operation (default: the choice of the engine)');
}

/** The options of commands that read a data set. */
export function addDatasetOptions(command: Command): void {
  command
    .option(
      '--dataset <name>',
      'data set: see `earlyexit datasets` (default: the one the run was trained on)',
    )
    .option('--data-dir <path>', 'where the data lie: a folder or an archive')
    .option('--skip-broken', 'go on without images that cannot be read, and list them (image-folder)')
    .option('--no-download', 'never fetch data over the network');
}
