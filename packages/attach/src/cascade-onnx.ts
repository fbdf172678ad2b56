import { DataError, type WorkOptions } from '@earlyexit/core';
import { percent } from '@earlyexit/core/format';
import { type CachedLogits, type ExitCosts, shareOfSameAnswers } from '@earlyexit/exit-criteria';
import {
  adaptInput,
  asFloat,
  type ForeignExit,
  type ForeignInput,
  type ImagePreparation,
  type NetworkSource,
  PlacedNetwork,
  preparedInput,
  writeForeignExits,
} from '@earlyexit/onnx/foreign';
import { attachedMetadata } from './attached-metadata';
import { cacheLogits } from './cached-runs';
import { noteUncounted, requireClassNames, requireLabels } from './check-attached';
import { requireEnough } from './choose-thresholds';
import { partsOf } from './classifier-images';
import { examineNetwork, type ExaminedNetwork } from './examine-network';
import { type AttachedFile, finishAttached, type FinishOptions } from './finish-attached';

/** A network of a cascade, and how it takes its images. */
export interface CascadeNetwork extends Partial<ImagePreparation> {
  readonly network: NetworkSource;
  /** Height and width, where the file leaves them free. */
  readonly size?: readonly [height: number, width: number] | undefined;
  readonly layout?: 'channels-first' | 'channels-last' | undefined;
  readonly output?: string | undefined;
}

/** How to make a cascade. */
export interface CascadeOptions extends FinishOptions {
  /** Share of the images that the thresholds are chosen with, the rest is for the report; 0.5 unless given. */
  readonly thresholdShare?: number | undefined;
  /** Decides which image is in which part; 0 unless given. */
  readonly seed?: number | undefined;
  /** Names of the classes, in the order of the logits; numbers unless given. */
  readonly classes?: readonly string[] | undefined;
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
  const parts = partsOf(
    images.size,
    { fit: thresholdShare * FITTING_SHARE, promise: thresholdShare * (1 - FITTING_SHARE) },
    seed,
  );
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
  // Wrong use is said before too few images are.
  requireEnough(aim, parts);
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
  const rows = Int32Array.from([...parts.fit, ...parts.promise, ...parts.report]);
  const cached = await cacheLogits(
    await writeForeignExits(plan),
    { images, labels, rows, input, exits: 2, classes: network.classes },
    { ...work, what: 'running both networks' },
  );
  checkAgreement(cached, `${first.where} and ${last.where}`, work);
  const gains = `${first.where} before ${last.where}`;
  return finishAttached(
    {
      plan,
      costs,
      cached,
      parts,
      taught: 0,
      where: last.where,
      gains,
      caller: 'cascadeOnnx',
    },
    options,
  );
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
