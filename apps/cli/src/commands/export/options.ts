import { declareCommand, operand, optionalOperand } from '../../command';
import { switchOption, valueOption } from '../../options/declare-option';
import {
  criterion,
  numberBetween,
  oneOf,
  runtimeNames,
  text,
  wholeNumber,
} from '../../options/option-values';
import { accuracyDrop, thresholdsOption } from '../../options/policy-options';
import { datasetOptions, engineOptions, exitsOption } from '../../options/shared-options';

/** `earlyexit export` */
export const exportNetwork = declareCommand({
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
  operands: {
    model: operand('a run folder, a saved model folder, or the name of a network (see `earlyexit models`)'),
    out: optionalOperand('the file to write, or the folder with --folder; not needed with --staged'),
  },
  options: {
    thresholdsAs: valueOption(
      'how',
      oneOf(['input', 'constants']),
      'input: fed at run time; constants: built in',
      {
        otherwise: 'input',
      },
    ),
    criterion: valueOption('name', criterion(), 'another criterion than the calibrated one', {
      otherwise: 'max-probability',
    }),
    earlyexit: thresholdsOption('other thresholds than the calibrated ones, one per early exit'),
    static: switchOption('without exits'),
    staged: valueOption('dir', text(), 'one file a stage and a manifest, into this folder'),
    folder: switchOption('a model folder for transformers.js: OUT is the folder, thresholds are built in'),
    dtype: valueOption(
      'type',
      oneOf(['float32', 'int8']),
      'int8: whole numbers, with ranges and thresholds from the calibration split',
      { default: 'float32' },
    ),
    maxAccuracyDrop: valueOption(
      'pp',
      accuracyDrop(),
      'int8: aim of the new thresholds, in points below the final exit',
    ),
    targetMacs: valueOption(
      'share',
      numberBetween(0, 1),
      'int8: aim of the new thresholds, 0 to 1 of the plain network',
      { otherwise: 'what the old ones cost' },
    ),
    minAgreement: valueOption(
      'share',
      numberBetween(0, 1),
      'int8: fail where an exit gives the class of float32 to fewer of the images, 0 to 1; 0 takes any',
      { otherwise: '0.8' },
    ),
    opset: valueOption('n', wholeNumber(), 'version of the ONNX operators, 13 to 21', { otherwise: '18' }),
    runtime: valueOption(
      'name',
      oneOf(runtimeNames),
      'lay the file out for onnxruntime or openvino; either runs on both, and answers the same',
      { otherwise: 'onnxruntime' },
    ),
    exits: exitsOption,
    force: switchOption('write over a file that earlyexit did not write'),
    seed: valueOption('n', wholeNumber(0), 'of the random weights of a named network', { otherwise: '0' }),
    ...datasetOptions,
    ...engineOptions,
  },
});
