import { basename, join, resolve } from 'node:path';
import type { MultiExitModel } from '@earlyexit/branch-head';
import { ArgumentError } from '@earlyexit/core';
import { writeWholeFile } from '@earlyexit/core/node';
import { readEvaluation } from '@earlyexit/evaluation';
import {
  checkThresholds,
  criterionWithoutLabels,
  DEFAULT_CRITERION,
  type ExitPolicy,
  findPolicy,
  type FoundPolicy,
  storedPolicy,
  thresholdToJson,
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
import { type Int8, quantizeNetwork } from '../../model/quantize-network';
import { requireReplaceable } from '../../output-files/require-replaceable';
import { requireWritable } from '../../output-files/require-writable';
import { startEngine } from '../../model/start-engine';
import { describeExport } from './describe';
import { type ExportDecision, exportDocument, type WrittenExport } from './document';
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
  const { criterion = DEFAULT_CRITERION, earlyexit } = options;
  if (earlyexit !== undefined) checkThresholds(model.metadata.exits, criterion, earlyexit);
  const runDirectory = location.kind === 'saved' ? location.runDirectory : null;
  const isTrained = location.kind === 'saved';
  const policy = policyToRefit(model, plan, options);
  const int8 =
    options.dtype === 'int8'
      ? await quantizeNetwork({ model, config, runDirectory, isTrained, policy }, options, { output, signal })
      : null;
  const network = int8?.model ?? model;
  const dataset = config?.data?.dataset;
  const [written, decision] = await write(plan, { model: network, int8, dataset, runDirectory }, invocation);
  const document = exportDocument(network.metadata.name, written, decision, int8);
  output.json(document);
  output.text(...describeExport(document, network));
  return undefined;
}

/** A network as it is to be written. */
interface NetworkToWrite {
  readonly model: MultiExitModel;
  readonly int8: Int8 | null;
  readonly dataset: string | undefined;
  readonly runDirectory: string | null;
}

async function write(
  { kind, target }: ExportPlan,
  { model, int8, dataset, runDirectory }: NetworkToWrite,
  { options, signal }: ExportInvocation,
): Promise<[WrittenExport, ExportDecision | null]> {
  const { opset, runtime, thresholdsAs = 'input', force } = options;
  const version: ExportOptions = {
    ...(opset === undefined ? {} : { opset }),
    ...(int8 === null ? {} : { quantization: int8.quantization }),
  };
  if (kind === 'staged') {
    const staged = await exportStaged(model, version);
    signal.throwIfAborted();
    await writeExport(target, staged);
    const stages = staged.manifest.stages.map(({ file, bytes, carried }) => ({ file, bytes, carried }));
    return [{ kind, directory: target, stages }, null];
  }
  const writeFile = async (content: Uint8Array): Promise<{ file: string; bytes: number }> => {
    signal.throwIfAborted();
    await writeWholeFile(target, content);
    return { file: target, bytes: content.length };
  };
  const nothing = { criterion: null, thresholds: null, thresholdsAs: null };
  if (kind === 'static') return [{ kind, ...(await writeFile(await exportStatic(model, version))) }, nothing];
  const { criterion, thresholds } = exportPolicy(model, options, kind);
  const decided = { ...version, criterion, ...(thresholds === null ? {} : { thresholds }) };
  const decision = { criterion, thresholds: thresholds?.map(thresholdToJson) ?? null };
  if (kind === 'folder') {
    const evaluation =
      runDirectory === null ? null : await readEvaluation(join(runDirectory, 'evaluation.json'), signal);
    const card = { folder: basename(resolve(target)), dataset, evaluation };
    const files = await writeExport(target, await exportFolder(model, { ...decided, ...card, signal }), {
      force,
    });
    return [
      { kind, directory: target, files },
      { ...decision, thresholdsAs: 'constants' },
    ];
  }
  const layout = { thresholdsAs, ...(runtime === undefined ? {} : { runtime }) };
  const written = await writeFile(await exportConditional(model, { ...decided, ...layout }));
  const decides = model.metadata.exits.length > 1 ? { ...decision, thresholdsAs } : nothing;
  return [{ kind, ...written }, decides];
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
  { criterion, earlyexit, thresholdsAs }: ExportInvocation['options'],
  kind: ExportPlan['kind'],
): FoundPolicy {
  const policy = findPolicy(metadata, { criterion, thresholds: earlyexit });
  if (policy.thresholds !== null || !(kind === 'folder' || thresholdsAs === 'constants')) return policy;
  const stored = metadata.policy?.criterion;
  throw new ArgumentError({
    where: kind === 'folder' ? '--folder' : '--thresholds-as',
    rule: 'thresholds that are built in must be known',
    received:
      stored === undefined
        ? 'a network that is not calibrated'
        : `thresholds for ${stored}, not for ${policy.criterion}`,
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
