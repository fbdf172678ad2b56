import type { CommandDefinition } from '../command-definition';
import { addDatasetOptions, addEngineOptions } from '../options/shared-options';

/** `earlyexit export` */
export const exportCommand: CommandDefinition = {
  name: 'export',
  summary: 'write one ONNX file with the exits inside, which any ONNX Runtime runs',
  example: `$ earlyexit export test_resnet_1exit model.onnx
test_resnet_1exit: model.onnx, 17.7 KiB, the exits inside
inputs   pixel_values [batch, 3, 8, 8] float32, thresholds [1] float32
outputs  logits [batch, 4] float32, exit_index [batch] int64, score [batch] float32
leaves when score >= threshold (max-probability); no thresholds are calibrated: whoever runs the file brings them

$ earlyexit export runs/digits digits --folder
b_lenet: digits, a model folder for transformers.js, the exits inside
onnx/model.onnx  297.1 KiB
preprocessor_config.json  441 B
README.md  2.4 KiB
config.json  942 B
thresholds 0.8118453788005675 (max-probability) are built in`,
  configure(command) {
    command
      .argument(
        '<model>',
        'a run folder, a saved model folder, or the name of a network (see `earlyexit models`)',
      )
      .argument('[out]', 'the file to write, or the folder with --folder; not needed with --staged')
      .option('--thresholds-as <how>', 'input: fed at run time (default); constants: built in')
      .option('--criterion <name>', 'another criterion than the calibrated one (default: max-probability)')
      .option('--earlyexit <t...>', 'other thresholds than the calibrated ones, one per early exit')
      .option('--static', 'without exits')
      .option('--staged <dir>', 'one file a stage and a manifest, into this folder')
      .option('--folder', 'a model folder for transformers.js: OUT is the folder, thresholds are built in')
      .option(
        '--dtype <type>',
        'float32 (default), or int8: whole numbers, with ranges and thresholds from the calibration split',
      )
      .option('--max-accuracy-drop <pp>', 'int8: aim of the new thresholds, in points below the final exit')
      .option(
        '--target-macs <share>',
        'int8: aim of the new thresholds, 0 to 1 of the plain network (default: what the old ones cost)',
      )
      .option('--opset <n>', 'version of the ONNX operators, 13 to 21 (default: 18)')
      .option(
        '--runtime <name>',
        'lay the file out for onnxruntime (default) or openvino; either runs on both, and answers the same',
      )
      .option('--exits <exit...>', 'attach exits to a plain network first: LAYER or LAYER:HEAD')
      .option('--force', 'write over a file that earlyexit did not write')
      .option('--seed <n>', 'of the random weights of a named network (default: 0)');
    addDatasetOptions(command);
    addEngineOptions(command);
  },
  async execute(invocation) {
    const { exportRun } = await import('../work/export-run');
    return exportRun(invocation);
  },
};
