import { selectSamples } from '@earlyexit/calibration';
import { DataError, type WorkOptions } from '@earlyexit/core';
import { percent } from '@earlyexit/core/format';
import {
  type CachedLogits,
  type ExitCosts,
  policyToJson,
  shareOfSameAnswers,
} from '@earlyexit/exit-criteria';
import {
  adaptInput,
  asFloat,
  type ForeignExit,
  type ForeignInput,
  PlacedNetwork,
  writeForeignConditional,
  writeForeignExits,
} from '@earlyexit/onnx/foreign';
import { attachedMetadata } from './attached-metadata';
import { cacheLogits } from './cached-runs';
import { checkAnswers, noteUncounted, requireClassNames, requireGain, requireLabels } from './check-attached';
import { chooseThresholds, CRITERION, type ThresholdAim } from './choose-thresholds';
import { type ClassifierImages, partsOf } from './classifier-images';
import { examineNetwork, type ExaminedNetwork } from './examine-network';
import { type ExitsReport, reportExits } from './exits-report';
import type { NetworkSource } from './network-source';
import { type ImagePreparation, preparedInput } from './prepared-input';

/** A network of a cascade, and how it takes its images. */
export interface CascadeNetwork extends Partial<ImagePreparation> {
  readonly network: NetworkSource;
  /** Height and width, where the file leaves them free. */
  readonly size?: readonly [height: number, width: number] | undefined;
  readonly layout?: 'channels-first' | 'channels-last' | undefined;
  readonly output?: string | undefined;
}

/** How to make a cascade. */
export interface CascadeOptions extends WorkOptions {
  /** Like those to come, and not those that the networks were trained on; of the last network's size. */
  readonly images: ClassifierImages;
  /** One an image; null or left out where they are not known. */
  readonly labels?: Int32Array | null | undefined;
  readonly aim: ThresholdAim;
  /** Share of the images that the thresholds are chosen with, the rest is for the report; 0.5 unless given. */
  readonly thresholdShare?: number | undefined;
  /** Decides which image is in which part; 0 unless given. */
  readonly seed?: number | undefined;
  /** Names of the classes, in the order of the logits; numbers unless given. */
  readonly classes?: readonly string[] | undefined;
  /** `constants` builds the thresholds in, for runtimes that know nothing of exits; `input` unless given. */
  readonly thresholdsAs?: 'input' | 'constants' | undefined;
}

/** A file with exits and what it did on images that nothing was chosen by. */
export interface AttachedFile {
  readonly file: Uint8Array<ArrayBuffer>;
  readonly report: ExitsReport;
}

/** Of the images for the thresholds, the share that the temperature is fitted on. */
const FITTING_SHARE = 0.1;
/** Two networks of the same classes agree more often than chance, by far. */
const LEAST_AGREEMENT = 0.2;

/**
 * Makes one conditional file of two networks with the same classes: the small one answers what it is sure of, the large
 * one the rest. No training; the thresholds are found on images, with labels or without.
 *
 * @param small runs on every image
 * @param large runs on what the small one is not sure of; images are prepared as it wants them
 * @throws DataError if the networks do not fit each other, the images do not suffice, or the cascade would cost more than
 * the large network alone; ArgumentError for a wrong preparation
 */
export async function cascadeOnnx(
  small: CascadeNetwork,
  large: CascadeNetwork & ImagePreparation,
  options: CascadeOptions,
): Promise<AttachedFile> {
  const { images, labels = null, aim, thresholdShare = 0.5, seed = 0, ...work } = options;
  requireLabels(aim, labels, images.size, 'cascadeOnnx');
  const [first, last] = [await examine(small, work), await examine(large, work)];
  const { network } = last;
  if (first.network.classes !== network.classes) {
    throw new DataError({
      where: `${first.where} and ${last.where}`,
      rule: 'both networks have the same classes',
      received: `${first.network.classes} and ${network.classes}`,
    });
  }
  requireClassNames(options.classes, network.classes, 'cascadeOnnx');
  const input = preparedInput(last.input, large, { function: 'cascadeOnnx', argument: 'large' });
  const smallInput = preparedInput(
    first.input,
    {
      mean: small.mean ?? large.mean,
      standardDeviation: small.standardDeviation ?? large.standardDeviation,
      color: small.color ?? large.color,
    },
    { function: 'cascadeOnnx', argument: 'small' },
  );
  if (smallInput.size[2] !== input.size[2]) {
    throw new DataError({
      where: `${first.where} and ${last.where}`,
      rule: 'both networks take the same colours',
      received: `${smallInput.size[2]} and ${input.size[2]} channels`,
    });
  }
  for (const each of [first, last]) noteUncounted(each, work);

  const exits = [networkAsHead(first, smallInput, input)];
  const costs: ExitCosts = {
    exitMacs: [first.network.macs, first.network.macs + network.macs],
    staticMacs: network.macs,
  };
  const plan = {
    network,
    input,
    exits,
    metadata: attachedMetadata({
      name: `${nameOf(first)}-${nameOf(last)}`,
      classes: options.classes,
      count: network.classes,
      input,
      exits: [{ name: 'small', attachedAfter: null, head: nameOf(first), headMacs: first.network.macs }],
      costs,
    }),
  };
  const parts = partsOf(
    images.size,
    { fit: thresholdShare * FITTING_SHARE, promise: thresholdShare * (1 - FITTING_SHARE) },
    seed,
  );
  const rows = Int32Array.from([...parts.fit, ...parts.promise, ...parts.report]);
  const all = await cacheLogits(
    await writeForeignExits(plan),
    { images, labels, rows, input, exits: 2, classes: network.classes },
    { ...work, what: 'running both networks' },
  );
  checkAgreement(all, `${first.where} and ${last.where}`, work);
  const end = parts.fit.length + parts.promise.length;
  const fit = selectSamples(all, range(0, parts.fit.length));
  const promise = selectSamples(all, range(parts.fit.length, end));
  const held = selectSamples(all, range(end, rows.length));
  const policy = chooseThresholds(fit, promise, costs, aim);
  const report = reportExits(held, policy, costs, ['small', 'final'], promise.samples);
  checkAnswers(all, report.confidentAnswers, last.where, work);
  requireGain(promise, policy, costs, `${first.where} before ${last.where}`);
  const file = await writeForeignConditional({
    ...plan,
    criterion: CRITERION,
    thresholds: policy.thresholds,
    temperatures: policy.temperatures,
    thresholdsAs: options.thresholdsAs ?? 'input',
    metadata: { ...plan.metadata, policy: policyToJson(policy) },
  });
  return { file, report };
}

function examine(
  { network, size, layout, output }: CascadeNetwork,
  work: WorkOptions,
): Promise<ExaminedNetwork> {
  return examineNetwork(network, { size, layout, output, ...work });
}

/** A whole network as the head of an exit that stands before another. */
function networkAsHead({ network }: ExaminedNetwork, wanted: ForeignInput, fed: ForeignInput): ForeignExit {
  return {
    cut: null,
    handsOnLogits: false,
    writeHead({ graph, images }) {
      const placed = new PlacedNetwork(graph, network, adaptInput(graph, images, fed, wanted));
      placed.write(graph, 0, network.nodes.length);
      return asFloat(graph, network, placed.nameOf(network.logits));
    },
  };
}

function nameOf({ where }: ExaminedNetwork): string {
  return where.replace(/\.onnx$/i, '');
}

/**
 * @throws DataError if the two networks hardly ever say the same
 */
function checkAgreement(
  { exits, classes, samples }: CachedLogits,
  where: string,
  { onNote }: WorkOptions,
): void {
  const share = shareOfSameAnswers(exits[0]!, exits[1]!, classes);
  const text = `${percent(share, 1)} of ${samples} images`;
  if (share < LEAST_AGREEMENT) {
    throw new DataError({
      where,
      rule: 'both networks have the same classes in the same order, and see the images as they want them',
      received: `the same answer for ${text}`,
      remedy: 'Look at the order of the classes, and at the preparation of each network',
    });
  }
  onNote?.({ level: 'note', text: `both networks give the same answer to ${text}` });
}

function range(from: number, to: number): Int32Array {
  return Int32Array.from({ length: to - from }, (_, index) => from + index);
}
