import { basename, join } from 'node:path';
import { type MultiExitModel, networkFacts } from '@earlyexit/branch-head';
import { saveModel } from '@earlyexit/branch-head/node';
import { completePreparation } from '@earlyexit/attach';
import { ArgumentError, DataError } from '@earlyexit/core';
import { kindOfPath, readWholeFile } from '@earlyexit/core/node';
import { importTorchvision } from '@earlyexit/model-zoo';
import { importOnnx } from '@earlyexit/onnx/import';
import type { Invocation } from '../../command';
import { startEngine } from '../../model/start-engine';
import { flagOf } from '../../options/declare-option';
import { asStated } from '../../options/image-options';
import { describeImported, type ImportedDocument, UNPREPARED } from './describe';
import type { importNetwork } from './options';

type ImportInvocation = Invocation<typeof importNetwork>;

/** ResNet-152 takes 0.24 GB. */
const LARGEST_WEIGHTS_BYTES = 2 ** 31 - 1;

/** `earlyexit import`: a network of another program as a saved model. */
export async function run(invocation: ImportInvocation): Promise<undefined> {
  const { operands, options, given, output } = invocation;
  const { source } = operands;
  const isWeights = /\.safetensors$/i.test(source);
  requireNetwork(isWeights, options.model);
  if (isWeights) requireNoneOf(given);
  const name = basename(source).replace(/\.(onnx|safetensors)$/i, '');
  const { out = join('runs', name) } = options;
  if (!options.force) await requireNone(out);
  await startEngine({ engine: 'cpu' }, output);
  const network = isWeights ? await readWeights(invocation) : await readOnnx(invocation);
  await saveModel(network, out);
  const document: ImportedDocument = { model: out, ...networkFacts(network) };
  output.json(document);
  output.text(...describeImported(document));
  if (document.preprocessing === null) output.warn(UNPREPARED);
  return undefined;
}

async function readOnnx({ operands, options, signal }: ImportInvocation): Promise<MultiExitModel> {
  const { layout, output, classes } = options;
  const stated = await completePreparation(operands.source, asStated(options), signal);
  return importOnnx(operands.source, { ...stated, layout, output, classes, signal });
}

async function readWeights({ operands, options, signal }: ImportInvocation): Promise<MultiExitModel> {
  const { source } = operands;
  const { model: name, classes } = options;
  const { mean, standardDeviation } = await completePreparation(source, asStated(options), signal);
  const file = await readWholeFile(source, { size: LARGEST_WEIGHTS_BYTES, signal });
  const stated = { classes, mean, standardDeviation, where: basename(source) };
  return importTorchvision(file, name!, stated);
}

/** The network that is named says all of this of its images. */
function requireNoneOf(given: ImportInvocation['given']): void {
  const key = (['color', 'layout', 'size', 'output'] as const).find((each) => given[each] !== undefined);
  if (key === undefined) return;
  throw new ArgumentError({
    where: flagOf(key),
    rule: 'it is said of ONNX files alone',
    received: String(given[key]),
    remedy: 'Leave it out',
  });
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
