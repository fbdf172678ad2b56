import type { Command } from 'commander';
import { listOption, offSwitch, rememberedSwitch, valueOption } from './declare-option';
import { engine, engineOrRuntime, listOf, text, wholeNumber } from './option-values';

/** The options that every command has. */
export function addOutputOptions(command: Command): void {
  command
    .option('--json', 'print one JSON document on standard output and nothing else there')
    .option('-q, --quiet', 'no progress, only the result')
    .option('--verbose', 'more details, and where an error happened');
}

const threads = valueOption('n', wholeNumber(), 'threads inside an operation', {
  otherwise: 'the choice of the engine',
});
const engineHelp =
  'what computes: auto, tensorflow, wasm, webgpu or cpu (default: auto, which takes tensorflow where it is installed, else wasm, and to train networks as small as LeNet always wasm)';

/** The options of commands that compute. */
export const engineOptions = { engine: valueOption('name', engine(), engineHelp), threads };

/** The same where the model may be an exported network. */
export const engineOrRuntimeOptions = {
  engine: valueOption(
    'name',
    engineOrRuntime(),
    `${engineHelp}; an exported network: onnxruntime (default) or openvino`,
  ),
  threads,
};

/** The options of commands that read a data set. */
export const datasetOptions = {
  dataset: valueOption('name', text(), 'data set: see `earlyexit datasets`', {
    otherwise: 'the one the run was trained on',
  }),
  dataDir: valueOption('path', text(), 'where the data lie: a folder or an archive'),
  skipBroken: rememberedSwitch('go on without images that cannot be read, and list them (image-folder)'),
  download: offSwitch('never fetch data over the network'),
};

/** Exits for a plain network. */
export const exitsOption = listOption(
  'exit',
  listOf(text()),
  'attach exits to a plain network first: LAYER or LAYER:HEAD',
);

/** By what energy is estimated. */
export const energyModelOption = valueOption(
  'file',
  text(),
  'energy of a multiply-accumulate and of a byte on your hardware, in YAML or JSON: see docs/energy.md',
  { otherwise: '45 nm, after Horowitz 2014' },
);

/** `--seed` of commands that take a registered network as it is. */
export const weightsSeedOption = valueOption(
  'n',
  wholeNumber(0),
  'of the random weights of a named network',
  {
    default: 0,
  },
);
