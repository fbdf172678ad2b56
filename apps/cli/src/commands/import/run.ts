import { basename, join } from 'node:path';
import type { MultiExitModel } from '@earlyexit/branch-head';
import { saveModel } from '@earlyexit/branch-head/node';
import { ArgumentError, DataError } from '@earlyexit/core';
import { kindOfPath, readWholeFile } from '@earlyexit/core/node';
import { importTorchvision } from '@earlyexit/model-zoo';
import { preparedInput } from '@earlyexit/onnx/foreign';
import { importOnnx } from '@earlyexit/onnx/import';
import { countParameters } from '@earlyexit/profiler';
import { statedPreparation } from '../../attached/request';
import type { Invocation } from '../../command';
import { startEngine } from '../../model/start-engine';
import { describeImported, type ImportedDocument, UNPREPARED } from './describe';
import type { importNetwork } from './options';

type ImportInvocation = Invocation<typeof importNetwork>;

/** ResNet-152 takes 0.24 GB. */
const LARGEST_WEIGHTS_BYTES = 2 ** 31 - 1;

/** `earlyexit import`: a network of another program as a saved model. */
export async function run(invocation: ImportInvocation): Promise<undefined> {
  const { operands, options, output } = invocation;
  const { source } = operands;
  const isWeights = /\.safetensors$/i.test(source);
  requireNetwork(isWeights, options.model);
  const name = basename(source).replace(/\.(onnx|safetensors)$/i, '');
  const { out = join('runs', name) } = options;
  if (!options.force) await requireNone(out);
  await startEngine({ engine: 'cpu' }, output);
  const network = isWeights ? await readWeights(invocation) : await readOnnx(invocation);
  await saveModel(network, out);
  const { model, metadata } = network;
  const document: ImportedDocument = {
    model: out,
    name: metadata.name,
    inputShape: model.inputs[0]!.shape.slice(1) as number[],
    classes: metadata.classes,
    exits: metadata.exits.length - 1,
    layers: model.layers.length,
    parameters: countParameters(model),
    macs: metadata.staticMacs,
    preprocessing: metadata.preprocessing,
  };
  output.json(document);
  output.text(...describeImported(document));
  if (metadata.preprocessing === null) output.warn(UNPREPARED);
  return undefined;
}

async function readOnnx({ operands, options, signal }: ImportInvocation): Promise<MultiExitModel> {
  const { layout, output, classes } = options;
  const stated = await statedPreparation(operands.source, options, signal);
  return importOnnx(operands.source, { ...stated, layout, output, classes, signal });
}

async function readWeights({ operands, options, signal }: ImportInvocation): Promise<MultiExitModel> {
  const { source } = operands;
  const { model: name, classes } = options;
  const { mean, standardDeviation } = await statedPreparation(source, options, signal);
  const file = await readWholeFile(source, { size: LARGEST_WEIGHTS_BYTES, signal });
  const network = importTorchvision(file, name!, { classes, where: basename(source) });
  const { preprocessing } = network.metadata;
  if (mean === undefined || standardDeviation === undefined || preprocessing === null) return network;
  const { inputShape: size } = preprocessing;
  const input = { name: '', size, layout: 'channels-last', type: 'float32' } as const;
  const where = { function: 'importTorchvision', argument: 'mean' };
  const prepared = preparedInput(input, { mean, standardDeviation }, where);
  const { mean: means, standardDeviation: deviations } = prepared;
  const metadata = {
    ...network.metadata,
    preprocessing: { inputShape: size, mean: means, standardDeviation: deviations },
  };
  return { model: network.model, metadata };
}

/** A saved model is hours of training at times: it is not written over in passing. */
async function requireNone(out: string): Promise<void> {
  if ((await kindOfPath(join(out, 'model.json'))) === null) return;
  throw new DataError({
    where: '--out',
    rule: 'no saved model is written over',
    received: `${out}, which holds one`,
    remedy: 'Name another folder, or add --force',
  });
}

/** Weights alone do not say which layers they are of; an ONNX file does. */
function requireNetwork(isWeights: boolean, name: string | undefined): void {
  if (isWeights === (name !== undefined)) return;
  throw new ArgumentError({
    where: '--model',
    rule: isWeights
      ? 'the network that the weights are for is named'
      : 'an ONNX file says itself which layers it has',
    received: name ?? 'nothing',
    remedy: isWeights
      ? 'For instance: --model resnet50_earlyexit'
      : 'Leave it out, or name a .safetensors file',
  });
}
