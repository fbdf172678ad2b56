import {
  benchmarkInference,
  benchmarkTraining,
  INFERENCE_ROUNDS,
  openToTime,
  TRAINING_ROUNDS,
} from '@earlyexit/benchmark';
import { ArgumentError } from '@earlyexit/core';
import { findRuntime } from '@earlyexit/native-engines';
import { type Invocation, missingOperand } from '../../command';
import { describeRefit, ranInt8 } from '../../describe/quantization';
import { locateModel, locateNetwork } from '../../model/locate-model';
import { startEngine } from '../../model/start-engine';
import { engine, oneOf, runtimeNames } from '../../options/option-values';
import { checkValue } from '../../options/read-options';
import { refuseTogether } from '../../options/refuse-together';
import { showing } from '../../terminal/show-work';
import { describeInference, describeTraining } from './describe';
import { bench as declaration } from './options';

type BenchInvocation = Invocation<typeof declaration>;

/** `earlyexit bench`: what early exits bring in wall time, or what a training step costs. */
export async function run(invocation: BenchInvocation): Promise<undefined> {
  const { given, options } = invocation;
  const inference = [
    ...(['shares', 'criterion', 'images', 'static', 'dtype', 'seed'] as const),
    ...(['dataset', 'dataDir', 'skipBroken', 'download'] as const),
  ];
  const apart = inference.map((key) => [key, ['training'], 'it belongs to the timing of inference'] as const);
  refuseTogether(given, declaration.options, apart);
  if (!options.training && given.workers !== undefined) {
    throw new ArgumentError({
      where: '--workers',
      rule: 'it belongs to the timing of training',
      received: 'it without --training',
      remedy: 'Leave it out, or add --training',
    });
  }
  return options.training ? timeTraining(invocation) : timeInference(invocation);
}

async function timeInference(invocation: BenchInvocation): Promise<undefined> {
  const { operands, options, given, output, signal } = invocation;
  if (operands.model === undefined) throw missingOperand('model', 'nothing');
  const { engine: asked = 'onnxruntime', images: count, rounds = INFERENCE_ROUNDS } = options;
  const runtime = findRuntime(checkValue('--engine', oneOf(runtimeNames), asked));
  const location = await locateModel(operands.model);
  if (location.kind === 'saved' || location.kind === 'registered') await startEngine({}, output);
  if (location.kind === 'onnx' && options.static === undefined) {
    output.warn(
      'without a file to compare with there is no speed-up: export --static the same network and give it as --static',
    );
  }
  // A seed is that of the splits too, where it is given.
  const how = { ...options, seed: given.seed, runtime: runtime.name };
  const { network, images, int8 } = await showing(
    output,
    signal,
    (work) => openToTime(location, { ...how, ...work }),
    ranInt8,
  );
  if (int8?.refit != null) output.note(describeRefit(int8.refit));
  if (images === null) output.note('the images are seeded noise: --dataset names real ones');
  const document = await showing(output, signal, (work) =>
    benchmarkInference(network, { ...options, runtime, images, count, rounds, ...work }),
  );
  output.json(document);
  output.text(...describeInference(document, rounds, output.colors));
  return undefined;
}

async function timeTraining({ operands, options, output, signal }: BenchInvocation): Promise<undefined> {
  const { engine: asked = 'auto', rounds = TRAINING_ROUNDS } = options;
  const networks = await namedNetwork(operands.model, options.exits);
  const checked = checkValue('--engine', engine(), asked);
  const rows = await showing(output, signal, (work) =>
    benchmarkTraining({ ...options, networks, engine: checked, rounds, ...work }),
  );
  output.json({ rows });
  output.text(...describeTraining(rows, rounds, output.colors));
  return undefined;
}

/** The network that is named; undefined where none is, and the library takes its own. */
async function namedNetwork(model: string | undefined, exits: readonly string[] | undefined) {
  if (model === undefined) {
    if (exits === undefined) return undefined;
    throw new ArgumentError({
      where: '--exits',
      rule: 'exits are attached to a network that is named',
      received: exits.join(' '),
      remedy: 'Name it: earlyexit bench resnet20_cifar --exits block3 --training',
    });
  }
  const location = await locateNetwork(model);
  if (location.kind === 'registered') return [{ name: location.name, exits }];
  throw new ArgumentError({
    where: 'MODEL',
    rule: 'training is timed from the start: a network is named, as earlyexit models lists them',
    received: model,
  });
}
