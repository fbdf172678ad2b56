import type { CommandDefinition } from '../command-definition';
import { addEngineOptions } from '../options/shared-options';

/** `earlyexit predict` */
export const predictCommand: CommandDefinition = {
  name: 'predict',
  summary: 'classify images and say which exit answered',
  example: `$ earlyexit predict earlyexit-quickstart three.png photos/
three.png: 3 (>99.9 %), answered by exit0 after 220 k MACs, 1.6 ms
photos/scribble.jpg: 2 (43.5 %), answered by final after 1.25 M MACs, 2.6 ms

$ cat three.png | earlyexit predict earlyexit-quickstart - --json

With a warning once the images stop looking like those that the thresholds were set on:
$ earlyexit predict earlyexit-quickstart camera/ --monitor
…
warning: at camera/0176.png: The stream has shifted, seen after 177 samples, most of all in how sure the answers are: …`,
  configure(command) {
    command
      .argument(
        '<model>',
        'a run folder, a saved model folder, an .onnx file, or the folder of a staged export',
      )
      .argument('<files...>', 'PNG or JPEG files, folders of them, or - for one image on standard input')
      .option('--criterion <name>', 'another criterion than the calibrated one; needs --earlyexit')
      .option(
        '--earlyexit <t...>',
        'other thresholds than the calibrated ones, one per early exit: a number, never or always',
      )
      .option('--earlyexit_thresholds <t...>', 'the same as --earlyexit')
      .option(
        '--invert <when>',
        'swap light and dark: auto (where the border is light), yes or no (default: auto for networks of light ink on dark ground, such as MNIST’s, else no)',
      )
      .option(
        '--monitor',
        'warn as soon as the images, in the order given, no longer look like the calibration images',
      )
      .option('--batch-size <n>', 'images computed together; their latency is then shared (default: 1)');
    addEngineOptions(command, true);
  },
  async execute(invocation) {
    const { predictRun } = await import('../work/predict-run');
    return predictRun(invocation);
  },
};
