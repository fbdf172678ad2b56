import { declareCommand, operand } from '../../command';
import { switchOption, valueOption } from '../../options/declare-option';
import { criterion, oneOf, text, wholeNumber } from '../../options/option-values';
import { thresholdsOption } from '../../options/policy-options';
import { engineOrRuntimeOptions } from '../../options/shared-options';

/** `earlyexit predict` */
export const predict = declareCommand({
  name: 'predict',
  summary: 'classify images and say which exit answered',
  example: `$ earlyexit predict earlyexit-quickstart three.png photos/
three.png: 3 (>99.9 %), answered by exit0 after 220 k MACs, 1.6 ms
photos/scribble.jpg: 2 (43.5 %), answered by final after 1.25 M MACs, 2.6 ms

$ cat three.png | earlyexit predict earlyexit-quickstart - --json

With a warning once the images stop looking like those that the thresholds were set on:
$ earlyexit predict earlyexit-quickstart camera/ --monitor
…
warning: at camera/0176.png: The stream has shifted, seen after 177 samples, most of all in how sure the answers are: …

Tonight's images as a whole, and every hundredth answer held against the promise:
$ earlyexit predict earlyexit-quickstart tonight/ --monitor-end --recheck 100`,
  operands: {
    model: operand('a run folder, a saved model folder, an .onnx file, or the folder of a staged export'),
    files: { kind: 'many', help: 'PNG or JPEG files, folders of them, or - for one image on standard input' },
  },
  options: {
    criterion: valueOption(
      'name',
      criterion(),
      'another criterion than the calibrated one; needs --earlyexit',
      {
        remedy: 'Add --earlyexit with one threshold per early exit, or calibrate the model for it',
      },
    ),
    earlyexit: thresholdsOption(
      'other thresholds than the calibrated ones, one per early exit: a number, never or always',
    ),
    invert: valueOption(
      'when',
      oneOf(['auto', 'yes', 'no']).transform((when) => (when === 'auto' ? when : when === 'yes')),
      'swap light and dark: auto (where the border is light), yes or no',
      { otherwise: 'auto for networks of light ink on dark ground, such as MNIST’s, else no' },
    ),
    monitor: switchOption(
      'warn as soon as the images, in the order given, no longer look like the calibration images',
    ),
    monitorEnd: switchOption(
      'look once, after the last image, whether all of them look like the calibration images: sees far smaller shifts; for a number of images that was fixed beforehand',
    ),
    recheck: valueOption(
      'n',
      wholeNumber(),
      'run every n-th image through the whole network too, and warn as soon as more answers differ from the final exit’s than was promised',
      { remedy: 'Make a promise first: earlyexit calibrate --risk 0.02' },
    ),
    labels: valueOption(
      'file',
      text(),
      'a CSV of image,class for some of the images, drawn at random: warn as soon as more accuracy is lost than was promised',
      { remedy: 'Make a promise first: earlyexit calibrate --risk 0.02' },
    ),
    batchSize: valueOption('n', wholeNumber(), 'images computed together; their latency is then shared', {
      default: 1,
    }),
    ...engineOrRuntimeOptions,
  },
});
