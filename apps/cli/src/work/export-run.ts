import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { MultiExitModel } from '@earlyexit/branch-head';
import { ArgumentError } from '@earlyexit/core';
import { writeWholeFile } from '@earlyexit/core/node';
import {
  criterionWithoutLabels,
  DEFAULT_CRITERION,
  type ExitPolicy,
  getCriterion,
  storedPolicy,
  thresholdFromJson,
} from '@earlyexit/exit-criteria';
import { exportConditional, exportStaged, exportStatic } from '@earlyexit/onnx';
import { z } from 'zod';
import type { Invocation } from '../command-definition';
import { bytes, percent } from '../terminal/format';
import { datasetOptions, engineOptions } from '../options/common-schemas';
import {
  criterion,
  flag,
  listOf,
  numberBetween,
  oneOf,
  runtimeNames,
  text,
  threshold,
  wholeNumber,
} from '../options/option-values';
import { parseOptions } from '../options/parse-options';
import { checkFolderOptions, exportFolder } from './export-folder';
import { locateNetwork, modelOperand } from './locate-model';
import { openNetwork } from './open-network';
import { checkThresholds } from '@earlyexit/evaluation';
import { type QuantizedNetwork, quantizeNetwork } from './quantize-network';
import { requireReplaceable, requireReplaceableFolder } from './require-replaceable';
import { requireWritable } from './require-writable';
import { startEngine } from './start-engine';

const schema = z
  .object({
    ...engineOptions,
    thresholdsAs: oneOf(['input', 'constants']),
    criterion: criterion(),
    earlyexit: listOf(threshold()),
    static: flag(),
    force: flag(),
    staged: text(),
    folder: flag(),
    opset: wholeNumber(),
    runtime: oneOf(runtimeNames),
    exits: listOf(text()),
    seed: wholeNumber(0),
    dtype: oneOf(['float32', 'int8']),
    ...datasetOptions,
    maxAccuracyDrop: numberBetween(0, 100),
    targetMacs: numberBetween(0, 1),
  })
  .partial();

type ExportRunOptions = z.output<typeof schema>;

/** What `exportStaged` names its files, now and before. */
const STAGE_FILE = /^stage\d+(-[0-9a-f]{16})?\.onnx$/;

/** Looks before slow work begins whether what lies at the target is an earlier export. */
async function requireOwn(target: string, { folder, staged, force }: ExportRunOptions): Promise<void> {
  if (folder === true) return requireReplaceableFolder(target, force);
  if (staged !== undefined)
    return requireReplaceable('--staged', join(target, 'manifest.json'), 'manifest', force);
  return requireReplaceable('OUT', target, 'onnx', force);
}

/** `earlyexit export`: writes a network as ONNX. */
export async function exportRun(invocation: Invocation): Promise<undefined> {
  const { output, operands } = invocation;
  const argument = modelOperand(invocation);
  const options = parseOptions(schema, invocation.options);
  const target = chooseTarget(operands[1], options);
  checkDtype(options);
  checkRuntime(options);
  if (options.criterion !== undefined) criterionWithoutLabels(options.criterion, 'export');
  const reference = await locateNetwork(argument);
  await requireWritable(target);
  await requireOwn(target, options);
  await startEngine(options, output);
  const opened = await openNetwork(reference, options, output);
  const quantized =
    options.dtype === 'int8'
      ? await quantizeNetwork(
          { ...opened, isTrained: reference.kind === 'saved', policy: policyToRefit(opened.model, options) },
          options,
          invocation,
        )
      : null;
  const { model } = quantized ?? opened;
  const version = {
    ...(options.opset === undefined ? {} : { opset: options.opset }),
    ...(quantized === null ? {} : { quantization: quantized.quantization }),
  };

  if (options.staged !== undefined) {
    const { manifest, files } = await exportStaged(model, version);
    for (const [name, content] of files) await writeWholeFile(join(target, name), content);
    // Last, so that a manifest never names a file that is not there.
    await writeWholeFile(join(target, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
    // Only now are the stages of an older export nobody's.
    const left = (await readdir(target)).filter((name) => STAGE_FILE.test(name) && !files.has(name));
    await Promise.all(left.map((name) => rm(join(target, name), { force: true })));
    const stages = manifest.stages.map(({ file, bytes: size, carried }) => ({ file, bytes: size, carried }));
    output.json({
      model: model.metadata.name,
      kind: 'staged',
      ...describeDtype(quantized),
      directory: target,
      stages,
    });
    output.text(
      `${model.metadata.name}: ${target}, ${String(stages.length)} stages and manifest.json`,
      ...stages.map(
        (stage) =>
          `${stage.file}  ${bytes(stage.bytes)}${stage.carried.length === 0 ? '' : `, carries over ${stage.carried.map(({ shape }) => `[batch, ${shape.join(', ')}]`).join(' and ')}`}`,
      ),
    );
    return undefined;
  }

  const policy = exportPolicy(model, options);
  if (options.folder === true) {
    return exportFolder(invocation, target, {
      model,
      criterion: policy.criterion,
      thresholds: policy.thresholds ?? [],
      options: version,
      runDirectory: reference.kind === 'saved' ? reference.runDirectory : null,
      dataset: opened.config?.data.dataset ?? null,
    });
  }
  const content =
    options.static === true
      ? await exportStatic(model, version)
      : await exportConditional(model, {
          ...policy,
          ...version,
          ...(options.runtime === undefined ? {} : { runtime: options.runtime }),
        });
  await writeWholeFile(target, content);
  report(invocation, model, {
    target,
    size: content.length,
    policy,
    isStatic: options.static === true,
    quantized,
  });
  return undefined;
}

/** Options that only int8 looks at. */
const int8Options = [
  ['--dataset', 'dataset'],
  ['--data-dir', 'dataDir'],
  ['--max-accuracy-drop', 'maxAccuracyDrop'],
  ['--target-macs', 'targetMacs'],
] as const;

/** Refuses options that say nothing about the file that is asked for. */
function checkDtype(options: ExportRunOptions): void {
  const { dtype, earlyexit } = options;
  const named = int8Options.find(([, key]) => options[key] !== undefined);
  if (dtype !== 'int8' && named !== undefined) {
    throw new ArgumentError({
      where: named[0],
      rule: 'only int8 looks at images',
      remedy: 'Add --dtype int8, or leave it out',
    });
  }
  const aims = int8Options.slice(2).filter(([, key]) => options[key] !== undefined);
  const [aim] = aims;
  if (aim === undefined || (earlyexit === undefined && options.static !== true)) return;
  throw new ArgumentError({
    where: aim[0],
    rule: 'thresholds are set anew only where none are given and exits are written',
    received: `${aim[0]} and ${earlyexit === undefined ? '--static' : '--earlyexit'}`,
    remedy: 'Leave one of them out',
  });
}

/** Refuses a layout where the file has none to choose. */
function checkRuntime({ runtime, staged, static: plain, folder }: ExportRunOptions): void {
  const other = [
    ...(staged === undefined ? [] : ['--staged']),
    ...(plain === true ? ['--static'] : []),
    ...(folder === true ? ['--folder'] : []),
  ];
  if (runtime === undefined || other.length === 0) return;
  throw new ArgumentError({
    where: '--runtime',
    rule: 'it lays out one file with the exits inside',
    received: `with ${other.join(', ')}`,
    remedy: 'Leave one of them out',
  });
}

function chooseTarget(operand: Invocation['operands'][number], options: ExportRunOptions): string {
  const { staged, folder } = options;
  if (folder === true) checkFolderOptions(options);
  const file = typeof operand === 'string' && operand.trim() !== '' ? operand : undefined;
  if (staged !== undefined) {
    const also = [
      ...(file === undefined ? [] : [file]),
      ...(options.static === true ? ['--static'] : []),
      ...(options.thresholdsAs === undefined ? [] : ['--thresholds-as']),
      ...(options.earlyexit === undefined ? [] : ['--earlyexit']),
      ...(options.criterion === undefined ? [] : ['--criterion']),
    ];
    if (also.length === 0) return staged;
    throw new ArgumentError({
      where: '--staged',
      rule: 'stages go into their folder and decide nothing themselves',
      received: also.join(' '),
      remedy: 'Leave the others out',
    });
  }
  if (
    options.static === true &&
    (options.thresholdsAs ?? options.earlyexit ?? options.criterion) !== undefined
  ) {
    throw new ArgumentError({
      where: '--static',
      rule: 'a file without exits has no thresholds and no criterion',
      remedy: 'Leave --thresholds-as, --earlyexit and --criterion out',
    });
  }
  if (file !== undefined) return file;
  throw new ArgumentError({
    where: 'OUT',
    rule: 'the file to write must be named',
    received: 'nothing',
    remedy: 'For instance: earlyexit export MODEL model.onnx',
  });
}

type ConditionalOptions = NonNullable<Parameters<typeof exportConditional>[1]>;

/** What the file decides by: the options, and for the rest what calibration stored. */
function exportPolicy(
  { metadata }: MultiExitModel,
  { criterion: asked, earlyexit, thresholdsAs, folder }: ExportRunOptions,
): ConditionalOptions & { readonly criterion: NonNullable<ConditionalOptions['criterion']> } {
  const stored = metadata.policy;
  const chosen = asked ?? stored?.criterion ?? DEFAULT_CRITERION;
  if (earlyexit !== undefined) checkThresholds(metadata.exits, chosen, earlyexit);
  const thresholds =
    earlyexit ?? (stored?.criterion === chosen ? stored.thresholds.map(thresholdFromJson) : undefined);
  const builtIn = folder === true || thresholdsAs === 'constants';
  if (thresholds === undefined && builtIn && metadata.exits.length > 1) {
    throw new ArgumentError({
      where: folder === true ? '--folder' : '--thresholds-as',
      rule: 'thresholds that are built in must be known',
      received:
        stored === null
          ? 'a network that is not calibrated'
          : `thresholds for ${stored.criterion}, not for ${chosen}`,
      remedy: 'Run earlyexit calibrate first, or give --earlyexit',
    });
  }
  return {
    criterion: chosen,
    ...(thresholds === undefined ? {} : { thresholds }),
    ...(thresholdsAs === undefined ? {} : { thresholdsAs }),
  };
}

function report(
  { output }: Invocation,
  { metadata, model }: MultiExitModel,
  written: {
    readonly target: string;
    readonly size: number;
    readonly policy: ReturnType<typeof exportPolicy>;
    readonly isStatic: boolean;
    readonly quantized: QuantizedNetwork | null;
  },
): void {
  const { target, size, policy, isStatic, quantized } = written;
  const early = metadata.exits.length - 1;
  const [height, width, channels] = model.inputs[0]!.shape.slice(1);
  const sizes = channels === undefined ? [height] : [channels, height, width];
  const decides = !isStatic && early > 0;
  const fed = decides && policy.thresholdsAs !== 'constants';
  output.json({
    model: metadata.name,
    kind: isStatic ? 'static' : 'conditional',
    ...describeDtype(quantized),
    file: target,
    bytes: size,
    criterion: decides ? policy.criterion : null,
    thresholds: decides
      ? (policy.thresholds?.map((value) => (value === 'never' ? null : value)) ?? null)
      : null,
    thresholdsAs: decides ? (fed ? 'input' : 'constants') : null,
  });
  output.text(
    `${metadata.name}: ${target}, ${bytes(size)}, ${isStatic ? 'without exits' : 'the exits inside'}${quantized === null ? '' : ', int8'}`,
    `inputs   pixel_values [batch, ${sizes.map(String).join(', ')}] float32${fed ? `, thresholds [${String(early)}] float32` : ''}`,
    `outputs  logits [batch, ${String(metadata.classes.length)}] float32${isStatic ? '' : ', exit_index [batch] int64, score [batch] float32'}`,
  );
  if (quantized !== null) {
    const { report: found } = quantized;
    output.text(
      `int8     ranges from ${quantized.source}${
        found === null
          ? ''
          : `; same class as in float32: ${metadata.exits.map(({ name }, exit) => `${name} ${percent(found.agreement[exit] ?? 0, 1)}`).join(', ')}`
      }`,
    );
  }
  if (!decides) return;
  const { rule } = getCriterion(policy.criterion);
  const known = policy.thresholds?.join(', ');
  output.text(
    `leaves when ${rule} (${policy.criterion}); ${
      known === undefined
        ? 'no thresholds are calibrated: whoever runs the file brings them'
        : `thresholds ${known} ${fed ? 'stand in its metadata, and sessions feed them' : 'are built in'}`
    }`,
  );
}

/** The policy that an int8 file needs to have set anew; null if it decides nothing, or nothing is calibrated. */
function policyToRefit({ metadata }: MultiExitModel, options: ExportRunOptions): ExitPolicy | null {
  if (options.static === true || metadata.exits.length === 1) return null;
  const stored = storedPolicy(metadata);
  const { earlyexit, criterion: asked } = options;
  const chosen = asked ?? stored?.criterion ?? DEFAULT_CRITERION;
  if (stored?.criterion !== chosen) return null;
  // Thresholds that are given are taken as they are, as in float32.
  return earlyexit === undefined ? stored : null;
}

/** Width of the numbers in the file, and what int8 does to the answers. */
function describeDtype(quantized: QuantizedNetwork | null): object {
  if (quantized === null) return { dtype: 'float32' };
  return { dtype: 'int8', ranges: quantized.source, quantization: quantized.report };
}
