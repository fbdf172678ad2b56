import type { CommandDefinition } from '../command-definition';
import { addDatasetOptions, addEngineOptions } from '../options/shared-options';

/** `earlyexit train` */
export const trainCommand: CommandDefinition = {
  name: 'train',
  summary: 'train a network with early exits; writes a run folder',
  example: `$ earlyexit train --model b_lenet --dataset mnist --epochs 3 --lossweights 0.4 --out runs/digits
engine: wasm 4.22.0
b_lenet on mnist: 52,500 training and 2,500 validation samples, 3 epochs
…
saved in runs/digits; next: earlyexit calibrate runs/digits

Ctrl-C saves a checkpoint; this goes on with it:
$ earlyexit train --resume --out runs/digits

Your own photographs, one folder a class, and exits where you want them:
$ earlyexit train --model resnet20_cifar --exits block3 block6:conv-dense \\
    --dataset image-folder --data-dir photos --out runs/photos`,
  configure(command) {
    command
      .option('--model <name>', 'network: see `earlyexit models`')
      .option(
        '--exits <exit...>',
        'attach exits to a plain network: LAYER or LAYER:HEAD, a layer by name or block4 (the fourth residual block)',
      );
    addDatasetOptions(command);
    command
      .option('--epochs <n>', 'how often the training data are gone through (default: 10)')
      .option('--batch-size <n>', 'samples a step (default: 128)')
      .option(
        '--workers <n>',
        'threads that share each batch on the WASM engine, or auto: as many as there are cores (default: 1)',
      )
      .option('--optimizer <name>', 'sgd, adam or adamw (default: adamw)')
      .option('--lr <x>', 'highest learning rate (default: 0.01 for sgd, 0.002 for adam and adamw)')
      .option('--momentum <x>', 'of sgd (default: 0.9)')
      .option('--nesterov', 'Nesterov momentum')
      .option('--weight-decay <x>', '(default: 0.0001 for sgd, 0 for adam, 0.01 for adamw)')
      .option('--schedule <name>', 'constant, step, cosine or one-cycle (default: one-cycle)')
      .option('--warmup-epochs <n>', 'epochs in which the learning rate rises (default: 0)')
      .option('--label-smoothing <x>', 'share of the target spread over all classes (default: 0)')
      .option('--ema <x>', 'decay of a moving average of the weights, which is then what is saved')
      .option('--clip-norm <x>', 'longest gradient')
      .option('--patience <n>', 'stop after so many epochs without a better one')
      .option('--keep <n>', 'checkpoints to keep (default: 2)')
      .option('--checkpoint-every <steps>', 'a checkpoint also within an epoch')
      .option('--regime <name>', 'joint, two-stage, frozen, cascade or distill (default: joint)')
      .option(
        '--lossweights <w...>',
        'one per early exit; the final exit weighs 1 − their sum (default: the network’s own)',
      )
      .option(
        '--earlyexit <t...>',
        'thresholds used when validating, one per early exit: a number, never or always',
      )
      .option('--earlyexit_lossweights <w...>', 'the same as --lossweights')
      .option('--earlyexit_thresholds <t...>', 'the same as --earlyexit')
      .option('--criterion <name>', 'what the thresholds are compared with (default: max-probability)')
      .option(
        '--no-augment',
        'no random changes of the training images (by default as is usual for the data set: CIFAR is cropped and flipped)',
      )
      .option('--validation <n>', 'size of the validation split, a count or a share')
      .option('--calibration <n>', 'size of the calibration split, a count or a share')
      .option('--limit <n>', 'keep so many training samples; calibration and test stay whole')
      .option('--seed <n>', 'of weights, splits and order (default: 0)')
      .option('--out <dir>', 'run folder (default: runs/MODEL)')
      .option('--resume', 'go on with the run in --out')
      .option(
        '--config <file>',
        'options from a YAML or JSON file, or from the config.json of a run; flags win',
      )
      .option('--tensorboard', 'also write event files for TensorBoard, in tensorboard/ of the run folder')
      .option('--watch', 'show the training on a live page of this machine, whose address is printed')
      .option('--dry-run', 'build, check, print the plan and its cost, train nothing');
    addEngineOptions(command);
  },
  async execute(invocation) {
    const { trainRun } = await import('../work/train-run');
    return trainRun(invocation);
  },
};
