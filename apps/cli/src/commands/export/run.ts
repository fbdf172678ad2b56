import { join } from 'node:path';
import { requireWritable } from '@earlyexit/core/node';
import { chooseSearchAim, policyToRefit, readEvaluation } from '@earlyexit/evaluation';
import {
  checkThresholds,
  criterionWithoutLabels,
  DEFAULT_CRITERION,
  type ExitPolicy,
} from '@earlyexit/exit-criteria';
import { graphOpener } from '@earlyexit/inference/onnx';
import { requireOwnFolder, writeNetwork } from '@earlyexit/onnx/node';
import {
  openNetwork,
  type QuantizedRun,
  quantizeRun,
  type QuantizeSubject,
  requireReplaceable,
} from '@earlyexit/runs';
import type { Invocation } from '../../command';
import { describeRefit, ranInt8, rangeSource } from '../../describe/quantization';
import { locateNetwork } from '../../model/locate-model';
import { startEngine } from '../../model/start-engine';
import { showing } from '../../terminal/show-work';
import { describeExport, type ExportDocument } from './describe';
import type { exportNetwork } from './options';
import { type ExportPlan, planExport } from './plan';

type ExportInvocation = Invocation<typeof exportNetwork>;

/** `earlyexit export`: writes a network as ONNX. */
export async function run(invocation: ExportInvocation): Promise<undefined> {
  const { operands, options, given, output, signal } = invocation;
  const { kind, target } = planExport(operands.out, given);
  if (options.criterion !== undefined) criterionWithoutLabels(options.criterion, 'exportConditional');
  const location = await locateNetwork(operands.model);
  await requireOwn({ kind, target }, options.force);
  await startEngine(options, output);
  const { exits, seed } = options;
  const { model, config } = await showing(output, signal, ({ onNote }) =>
    openNetwork(location, { exits, seed, onNote }),
  );
  const { criterion = DEFAULT_CRITERION, earlyexit: thresholds } = options;
  if (thresholds !== undefined) checkThresholds(model.metadata.exits, criterion, thresholds);
  const runDirectory = location.kind === 'saved' ? location.runDirectory : null;
  const isTrained = location.kind === 'saved';
  const policy =
    kind === 'static' ? null : policyToRefit(model.metadata, { criterion: options.criterion, thresholds });
  const subject = { model, config, runDirectory, isTrained };
  const int8 = options.dtype === 'int8' ? await quantize(subject, policy, invocation) : null;
  const network = int8?.model ?? model;
  const isCarded = kind === 'folder' && runDirectory !== null;
  const evaluation = isCarded ? await readEvaluation(join(runDirectory, 'evaluation.json'), signal) : null;
  const written = await writeNetwork(network, target, {
    ...options,
    ...{ kind, thresholds, quantization: int8?.quantization, signal },
    ...{ dataset: config?.data?.dataset, evaluation },
  });
  const quantized = int8 && {
    ...{ ranges: rangeSource(int8), agreement: int8.agreement },
    quantization: int8.refit?.report ?? null,
  };
  const { dtype = 'float32' } = options;
  const document: ExportDocument = { model: network.metadata.name, dtype, ...quantized, ...written };
  output.json(document);
  output.text(...describeExport(document, network));
  return undefined;
}

/** `--dtype int8`, with its thresholds for the aim that is named. */
async function quantize(
  subject: QuantizeSubject,
  policy: ExitPolicy | null,
  { options, output, signal }: ExportInvocation,
): Promise<QuantizedRun> {
  const { dataset, dataDir, download, seed, skipBroken } = options;
  const { maxAccuracyDrop, minAgreement, targetMacs, threads } = options;
  const isAimed = (maxAccuracyDrop ?? targetMacs) !== undefined;
  const how = {
    ...{ dataset, dataDir, download, seed, skipBroken, policy, minAgreement },
    ...{ open: graphOpener({ threads }), aim: isAimed ? chooseSearchAim(options) : undefined },
  };
  const int8 = await showing(output, signal, (work) => quantizeRun(subject, { ...how, ...work }), ranInt8);
  if (int8.refit !== null) output.note(describeRefit(int8.refit));
  return int8;
}

/** Looks before slow work begins whether what lies at the target is an earlier export. */
async function requireOwn({ kind, target }: ExportPlan, force: boolean): Promise<void> {
  if (kind === 'staged')
    return requireReplaceable('--staged', join(target, 'manifest.json'), 'manifest', force);
  if (kind !== 'folder') return requireReplaceable('OUT', target, 'onnx', force);
  await requireWritable(target);
  if (!force) await requireOwnFolder(target);
}
