import type { CommandDefinition } from '../command-definition';
import { addDatasetOptions } from '../options/shared-options';

/** `earlyexit bench` */
export const benchCommand: CommandDefinition = {
  name: 'bench',
  summary: 'time inference, without exits against with them; or training, with --training',
  example: `$ earlyexit bench resnet56_cifar --exits block4 --dataset cifar10 --shares 0 0.7 --batches 1 64
resnet56_cifar on onnxruntime-node 1.30.0, images of cifar10, medians of 9 rounds in turn

threads  batch  leave early  ms a batch  images a second  without exits  speed-up  MACs saved  efficiency
      1      1        0.0 %        2.41              415            436     0.95×       1.00×        0.95
      1      1       69.9 %        1.06              943            436     2.16×       2.47×        0.88
…
$ earlyexit bench resnet20_cifar --exits block3 --training --engine tensorflow --peer
training steps on noise, medians of 5 rounds in turn

engine      network         threads  workers  batch  ms an image  step / forward  stock TensorFlow.js       PyTorch  PyTorch compiled
tensorflow  resnet20_cifar        1        1    128         5.64            2.77        12.48 (2.21×)  5.45 (0.95×)      6.63 (1.18×)`,
  configure(command) {
    command
      .argument(
        '[model]',
        'a run folder, a saved model folder, an .onnx file, or the name of a network (see `earlyexit models`); with --training the name of a network, by default two ResNets with one exit',
      )
      .option('--exits <exit...>', 'attach exits to a plain network first: LAYER or LAYER:HEAD')
      .option('--dtype <type>', 'float32 (default), or int8, also compared with float32 without exits')
      .option('--shares <s...>', 'thresholds that let this share of the images leave at the first exit')
      .option('--criterion <name>', 'another criterion than the calibrated one (default: max-probability)')
      .option('--batches <n...>', 'batch sizes (default: 1 64; with --training 128)')
      .option('--threads <n...>', 'threads of the engine (default: 1)')
      .option('--rounds <n>', 'how often each variant is timed (default: 9; with --training 5)')
      .option('--images <n>', 'how many images a round takes (default: 256)')
      .option(
        '--static <file>',
        'the network of an .onnx file without exits (export --static), to compare with',
      )
      .option('--training', 'time training steps, on noise, instead of inference')
      .option(
        '--engine <name>',
        'onnxruntime (default) or openvino; with --training tensorflow, wasm, webgpu or cpu (default: tensorflow and wasm, those that are here)',
      )
      .option('--workers <n...>', 'with --training: threads that share a batch on wasm (default: 1)')
      .option('--peer', 'also time the same network in PyTorch')
      .option('--peer-python <path>', 'a Python that has torch (default: .peer/bin/python, then python3)')
      .option('--seed <n>', 'of random weights and images (default: 0)');
    addDatasetOptions(command);
  },
  async execute(invocation) {
    if (invocation.options['training'] === true) {
      const { benchTrainingRun } = await import('../work/bench-training-run');
      return benchTrainingRun(invocation);
    }
    const { benchRun } = await import('../work/bench-run');
    return benchRun(invocation);
  },
};
