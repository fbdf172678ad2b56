import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ArgumentError } from '@earlyexit/core';
import { timeFiles } from '@earlyexit/evaluation';
import { costsOf, criterionWithoutLabels } from '@earlyexit/exit-criteria';
import { findRuntime } from '@earlyexit/native-engines';
import { benchmarkedFile } from '../../benchmark/benchmarked-file';
import type { BenchmarkedNetwork } from '../../benchmark/benchmarked-network';
import { benchmarkedModel } from '../../benchmark/benchmarked-model';
import { loadImages } from '../../benchmark/load-images';
import { findPyTorch, startPasses } from '../../benchmark/pytorch';
import { type Invocation, missingOperand } from '../../command';
import { oneOf, runtimeNames } from '../../options/option-values';
import { checkValue } from '../../options/read-options';
import { showing } from '../../terminal/show-work';
import { locateModel } from '../../model/locate-model';
import { describeInference } from './describe';
import { inferenceRow, type InferenceRow } from './document';
import type { bench } from './options';

const DEFAULT_BATCHES = [1, 64];
const DEFAULT_ROUNDS = 9;

/** `earlyexit bench`: what early exits bring in wall time. */
export async function benchInference(invocation: Invocation<typeof bench>): Promise<undefined> {
  const { operands, options, output, signal } = invocation;
  if (operands.model === undefined) throw missingOperand('model', 'nothing');
  const runtime = findRuntime(
    options.engine === undefined
      ? 'onnxruntime'
      : checkValue('--engine', oneOf(runtimeNames), options.engine),
  );
  const { batches = DEFAULT_BATCHES, rounds = DEFAULT_ROUNDS } = options;
  const network = await openNetwork(operands.model, invocation);
  const { metadata } = network;
  const folder = await mkdtemp(join(tmpdir(), 'earlyexit-bench-'));
  try {
    const images = await loadImages(network, Math.max(...batches), invocation);
    const imagesFile = join(folder, 'images');
    await writeFile(imagesFile, images.data);
    const files = await network.write(folder);
    const peer = options.peer ? await findPyTorch(metadata, options.peerPython, output) : null;
    const shares =
      typeof network.leaving === 'object' && 'shares' in network.leaving ? network.leaving.shares : [];
    const rows: InferenceRow[] = [];
    for (const threads of options.threads) {
      const beside =
        peer && (await startPasses(peer, { threads, batches, shares, images: images.count }, output, signal));
      try {
        const timings = await showing(output, signal, (work) =>
          timeFiles({
            ...network,
            ...{ files, runtime, images: imagesFile, shape: images.shape, threads, batches, rounds },
            costs: costsOf(metadata),
            beside: beside && ((batch) => beside.pass(batch)),
            ...work,
          }),
        );
        rows.push(...timings.map((timing) => inferenceRow(timing, shares)));
      } finally {
        beside?.dispose();
      }
    }
    const document = { model: metadata.name, runtime: runtime.title, inputs: images.source, rows };
    output.json(document);
    output.text(...describeInference(document, rounds, output.colors));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return undefined;
}

async function openNetwork(
  argument: string,
  invocation: Invocation<typeof bench>,
): Promise<BenchmarkedNetwork> {
  const { options } = invocation;
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
  const network = await (location.kind === 'onnx'
    ? benchmarkedFile(location.file, invocation)
    : benchmarkedModel(location, invocation));
  if (network.metadata.exits.length > 1) return network;
  throw new ArgumentError({
    where: 'MODEL',
    rule: 'the network has an early exit',
    received: `${network.metadata.name}, which has none`,
    remedy: 'Attach some, for instance: --exits block4',
  });
}
