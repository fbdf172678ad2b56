import { basename, join, resolve } from 'node:path';
import type { MultiExitModel } from '@earlyexit/branch-head';
import { ArgumentError } from '@earlyexit/core';
import { writeWholeFile } from '@earlyexit/core/node';
import { checkThresholds, readEvaluation } from '@earlyexit/evaluation';
import {
  criterionWithoutLabels,
  DEFAULT_CRITERION,
  type ExitPolicy,
  findPolicy,
  type FoundPolicy,
  storedPolicy,
} from '@earlyexit/exit-criteria';
import {
  exportConditional,
  exportFolder,
  type ExportOptions,
  exportStaged,
  exportStatic,
} from '@earlyexit/onnx';
import { requireOwnFolder, writeExport } from '@earlyexit/onnx/node';
import type { Invocation } from '../../command';
import { locateNetwork } from '../../model/locate-model';
import { openNetwork } from '../../model/open-network';
import { quantizeNetwork, type QuantizedNetwork } from '../../model/quantize-network';
import { requireReplaceable } from '../../output-files/require-replaceable';
import { requireWritable } from '../../output-files/require-writable';
import { startEngine } from '../../model/start-engine';
import { describeExport } from './describe';
import { type ExportDocument, fileDocument, folderDocument, stagedDocument } from './document';
import type { exportNetwork } from './options';
import { type ExportPlan, planExport } from './plan';

type ExportInvocation = Invocation<typeof exportNetwork>;

/** `earlyexit export`: writes a network as ONNX. */
export async function run(invocation: ExportInvocation): Promise<undefined> {
  const { operands, options, given, output, signal } = invocation;
  const plan = planExport(operands.out, given);
  if (options.criterion !== undefined) criterionWithoutLabels(options.criterion, 'exportConditional');
  const location = await locateNetwork(operands.model);
  await requireWritable(plan.target);
  await requireOwn(plan, options.force);
  await startEngine(options, output);
  const { model, config } = await openNetwork(location, options, output);
  const runDirectory = location.kind === 'saved' ? location.runDirectory : null;
  const isTrained = location.kind === 'saved';
  const policy = policyToRefit(model, plan, options);
  const int8 =
    options.dtype === 'int8'
      ? await quantizeNetwork({ model, config, runDirectory, isTrained, policy }, options, { output, signal })
      : null;
  const network = { model: int8?.model ?? model, int8, dataset: config?.data?.dataset, runDirectory };
  const document = await write(plan, network, invocation);
  output.json(document);
  output.text(...describeExport(document, network.model));
  return undefined;
}

/** A network as it is to be written. */
interface NetworkToWrite {
  readonly model: MultiExitModel;
  readonly int8: QuantizedNetwork | null;
  readonly dataset: string | undefined;
  readonly runDirectory: string | null;
}

async function write(
  { kind, target }: ExportPlan,
  network: NetworkToWrite,
  { options, signal }: ExportInvocation,
): Promise<ExportDocument> {
  const { model, int8 } = network;
  const { opset, runtime, thresholdsAs } = options;
  const version: ExportOptions = {
    ...(opset === undefined ? {} : { opset }),
    ...(int8 === null ? {} : { quantization: int8.quantization }),
  };
  if (kind === 'staged') {
    const staged = await exportStaged(model, version);
    signal.throwIfAborted();
    await writeExport(target, staged);
    return stagedDocument(model.metadata.name, target, staged.manifest, int8);
  }
  if (kind === 'static') {
    const content = await exportStatic(model, version);
    await writeWholeFile(target, content);
    return fileDocument(model.metadata, { kind, target, size: content.length, decides: null, int8 });
  }
  const policy = exportPolicy(model, options, kind === 'folder' ? '--folder' : '--thresholds-as');
  const { criterion, thresholds } = policy;
  const decided = { ...version, criterion, ...(thresholds === null ? {} : { thresholds }) };
  if (kind === 'folder') {
    const { runDirectory, dataset } = network;
    const evaluation =
      runDirectory === null ? null : await readEvaluation(join(runDirectory, 'evaluation.json'), signal);
    const folder = await exportFolder(model, {
      ...decided,
      folder: basename(resolve(target)),
      dataset,
      evaluation,
      signal,
    });
    const files = await writeExport(target, folder, { force: options.force });
    return folderDocument(model.metadata.name, target, { files, policy, int8 });
  }
  const content = await exportConditional(model, {
    ...decided,
    ...(thresholdsAs === undefined ? {} : { thresholdsAs }),
    ...(runtime === undefined ? {} : { runtime }),
  });
  signal.throwIfAborted();
  await writeWholeFile(target, content);
  const decides = { ...policy, thresholdsAs: thresholdsAs ?? 'input' };
  return fileDocument(model.metadata, { kind, target, size: content.length, decides, int8 });
}

/** Looks before slow work begins whether what lies at the target is an earlier export. */
async function requireOwn({ kind, target }: ExportPlan, force: boolean): Promise<void> {
  if (kind === 'staged')
    return requireReplaceable('--staged', join(target, 'manifest.json'), 'manifest', force);
  if (kind !== 'folder') return requireReplaceable('OUT', target, 'onnx', force);
  if (!force) await requireOwnFolder(target);
}

/** What the file decides by: the options, and for the rest what calibration stored. */
function exportPolicy(
  { metadata }: MultiExitModel,
  { criterion, earlyexit, thresholdsAs, folder }: ExportInvocation['options'],
  builtInBy: string,
): FoundPolicy {
  const { policy: stored, exits } = metadata;
  const chosen = criterion ?? stored?.criterion ?? DEFAULT_CRITERION;
  if (earlyexit !== undefined) checkThresholds(exits, chosen, earlyexit);
  const policy = findPolicy(metadata, { criterion, thresholds: earlyexit });
  if (policy.thresholds !== null || !(folder || thresholdsAs === 'constants')) return policy;
  throw new ArgumentError({
    where: builtInBy,
    rule: 'thresholds that are built in must be known',
    received:
      stored === null
        ? 'a network that is not calibrated'
        : `thresholds for ${stored.criterion}, not for ${chosen}`,
    remedy: 'Run earlyexit calibrate first, or give --earlyexit',
  });
}

/** The policy that an int8 file needs to have set anew; null if it decides nothing, or nothing is calibrated. */
function policyToRefit(
  { metadata }: MultiExitModel,
  { kind }: ExportPlan,
  { earlyexit, criterion }: ExportInvocation['options'],
): ExitPolicy | null {
  if (kind === 'static' || metadata.exits.length === 1) return null;
  const stored = storedPolicy(metadata);
  if (stored?.criterion !== (criterion ?? stored?.criterion ?? DEFAULT_CRITERION)) return null;
  // Thresholds that are given are taken as they are, as in float32.
  return earlyexit === undefined ? stored : null;
}
