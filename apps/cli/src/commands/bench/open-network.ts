import { fileToTime, modelToTime, type NetworkToTime } from '@earlyexit/benchmark';
import { ArgumentError } from '@earlyexit/core';
import { criterionWithoutLabels, findPolicy, storedPolicy } from '@earlyexit/exit-criteria';
import {
  type ExportedLocation,
  openCalibrationImages,
  type RegisteredLocation,
  type RunConfig,
  type SavedLocation,
} from '@earlyexit/runs';
import type { Invocation } from '../../command';
import { locateModel } from '../../model/locate-model';
import { openNetwork as open } from '../../model/open-network';
import { quantizeNetwork } from '../../model/quantize-network';
import { startEngine } from '../../model/start-engine';
import { flagOf } from '../../options/declare-option';
import { showing } from '../../terminal/show-work';
import type { bench } from './options';

type BenchInvocation = Invocation<typeof bench>;

/** What is known of where a network comes from. */
interface Origin {
  readonly config: RunConfig | null;
  readonly runDirectory: string | null;
}

const NO_RUN: Origin = { config: null, runDirectory: null };

/** Opens what is to be timed, and the images that it takes. */
export async function openNetwork(argument: string, invocation: BenchInvocation) {
  const { options, given, output, signal } = invocation;
  if (options.criterion !== undefined) criterionWithoutLabels(options.criterion, 'bench');
  const location = await locateModel(argument);
  if (location.kind === 'staged') {
    throw new ArgumentError({
      where: 'MODEL',
      rule: 'one file with the exits inside is timed; stages are for several machines, and the way between them counts too',
      received: argument,
      remedy: 'Export the network to one .onnx file, or give the run folder that it was exported from',
    });
  }
  const [network, origin] = await (location.kind === 'onnx'
    ? openFile(location, invocation)
    : openModel(location, invocation));
  if (options.dataset === undefined && origin.config === null) {
    output.note('the images are seeded noise: --dataset names real ones');
    return { network, images: null };
  }
  const { dataset, dataDir, skipBroken, seed } = given;
  const choice = { dataset, dataDir, skipBroken, seed, download: options.download };
  const subject = { ...origin, model: network, isTrained: origin.config !== null };
  const { images, ...data } = await showing(output, signal, (work) =>
    openCalibrationImages(subject, { ...choice, ...work }),
  );
  return { network, images: { samples: images, title: `images of ${data.dataset}` } };
}

async function openFile(
  { file }: ExportedLocation,
  { options, output, signal }: BenchInvocation,
): Promise<[NetworkToTime, Origin]> {
  refuse(options, 'dtype', 'a file has its own type; a network is exported for the occasion', file);
  refuse(options, 'exits', 'exits are attached to a network by name; a file has its own', file);
  if (options.static === undefined) {
    output.warn(
      'without a file to compare with there is no speed-up: export --static the same network and give it as --static',
    );
  }
  return [await fileToTime(file, { ...options, signal }), NO_RUN];
}

async function openModel(
  location: SavedLocation | RegisteredLocation,
  invocation: BenchInvocation,
): Promise<[NetworkToTime, Origin]> {
  const { options, given, output } = invocation;
  const rule = 'it names what an .onnx file is compared with; a network is exported without exits here';
  refuse(options, 'static', rule, options.static);
  await startEngine({}, output);
  const { model, config } = await open(location, options, output);
  const origin = { config, runDirectory: location.kind === 'saved' ? location.runDirectory : null };
  const { criterion } = findPolicy(model.metadata, { criterion: options.criterion });
  const stored = storedPolicy(model.metadata);
  // Shares are set on the images that are timed.
  const policy = options.shares === undefined && stored?.criterion === criterion ? stored : null;
  const subject = { ...origin, model, policy, isTrained: location.kind === 'saved' };
  // Whatever int8 leaves of the answers can be timed: a warning is enough.
  const how = { ...given, threads: undefined, minAgreement: 0.01 };
  const int8 = options.dtype === 'int8' ? await quantizeNetwork(subject, how, invocation) : null;
  const { engine: runtime = 'onnxruntime', shares } = options;
  const network = modelToTime(int8?.model ?? model, {
    ...{ criterion, shares, runtime: runtime as 'onnxruntime', quantization: int8?.quantization },
  });
  return [network, origin];
}

/** @throws ArgumentError for an option that does not fit what is timed */
function refuse(
  options: BenchInvocation['options'],
  key: 'dtype' | 'exits' | 'static',
  rule: string,
  received: string | undefined,
): void {
  if (options[key] === undefined) return;
  const where = flagOf(key);
  throw new ArgumentError({ where, rule, received: received ?? '', remedy: `Leave ${where} out` });
}
