import { DataError, type WorkOptions } from '@earlyexit/core';
import { percent } from '@earlyexit/core/format';
import { argmaxRows, type CachedLogits, type ExitCosts } from '@earlyexit/exit-criteria';
import {
  adaptInput,
  asFloat,
  type ForeignExit,
  type ForeignInput,
  type ImagePreparation,
  PlacedNetwork,
  preparedInput,
  writeForeignExits,
} from '@earlyexit/onnx/foreign';
import type { NetworkSource } from '@earlyexit/onnx/foreign-node';
import { attachedMetadata } from './attached-metadata';
import { cacheLogits } from './cached-runs';
import { noteUncounted, requireClassNames, requireLabels } from './check-attached';
import { agreementInOrder, placesOfClasses, requireOrder } from './class-order';
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
  /** Names of its classes in the order of its own logits, where that is another than the last network's. */
  readonly classes?: readonly string[] | undefined;
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
 * Makes one conditional file of several networks with the same classes: each answers what it is sure of, the last one the
 * rest. No training; the thresholds are found on images, with labels or without.
 *
 * @param before one network or several, the cheapest first: the first runs on every image, each of the others on what those
 *   before it are not sure of
 * @param large runs on what is left; images are prepared as it wants them
 * @throws DataError if the networks do not fit each other, the images do not suffice, or the cascade would cost more than
 * the last network alone; ArgumentError for a wrong preparation
 */
export async function cascadeOnnx(
  before: CascadeNetwork | readonly CascadeNetwork[],
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
  const given = 'network' in before ? [before] : before;
  const earlier: ExaminedNetwork[] = [];
  for (const each of given) earlier.push(await examine(each, work));
  const last = await examine(large, work);
  const { network } = last;
  requireClassNames(options.classes, network.classes, 'cascadeOnnx');
  const input = preparedInput(last.input, large, { function: 'cascadeOnnx', argument: 'large' });
  const exits = earlier.map((each, index) =>
    placeBefore(given[index]!, each, { last, large, input, options, prefix: `network${index}/` }),
  );
  // Wrong use is said before too few images are.
  requireEnough(aim, parts);
  for (const each of [...earlier, last]) noteUncounted(each, work);

  let spent = 0;
  const costs: ExitCosts = {
    exitMacs: [...earlier, last].map((each) => (spent += each.network.macs)),
    staticMacs: network.macs,
  };
  const plan = {
    network,
    input,
    exits,
    metadata: attachedMetadata({
      name: [...earlier, last].map(nameOf).join('-'),
      classes: options.classes,
      count: network.classes,
      input,
      exits: earlier.map((each, index) => ({
        name: earlier.length === 1 ? 'small' : `small${index}`,
        attachedAfter: null,
        head: nameOf(each),
        headMacs: each.network.macs,
      })),
      costs,
    }),
  };
  const rows = Int32Array.from([...parts.fit, ...parts.promise, ...parts.report]);
  const cached = await cacheLogits(
    await writeForeignExits(plan),
    { images, labels, rows, input, exits: exits.length + 1, classes: network.classes },
    { ...work, what: 'running the networks' },
  );
  earlier.forEach(({ where }, exit) => {
    checkAgreement(cached, exit, { where: `${where} and ${last.where}`, work });
  });
  const gains = [...earlier.map(({ where }) => where), last.where].join(' before ');
  return finishAttached(
    { plan, costs, cached, rows, parts, taught: 0, where: last.where, gains, caller: 'cascadeOnnx' },
    options,
  );
}

/** A network that stands before the last one, as an exit; its images are prepared as those of the last unless it says. */
function placeBefore(
  given: CascadeNetwork,
  examined: ExaminedNetwork,
  {
    last,
    large,
    input,
    options,
    prefix,
  }: {
    readonly last: ExaminedNetwork;
    readonly large: ImagePreparation;
    readonly input: ForeignInput;
    readonly options: Pick<CascadeOptions, 'classes'>;
    /** Tells its tensors from those of the others. */
    readonly prefix: string;
  },
): ForeignExit {
  const { network, where } = examined;
  const refuse = (rule: string, own: string, its: string): never => {
    throw new DataError({ where: `${where} and ${last.where}`, rule, received: `${own} and ${its}` });
  };
  const { classes } = last.network;
  if (network.classes !== classes)
    refuse('both networks have the same classes', String(network.classes), String(classes));
  const wanted = preparedInput(
    examined.input,
    {
      mean: given.mean ?? large.mean,
      standardDeviation: given.standardDeviation ?? large.standardDeviation,
      color: given.color ?? large.color,
    },
    { function: 'cascadeOnnx', argument: 'small' },
  );
  if (wanted.size[2] !== input.size[2])
    refuse('both networks take the same colours', String(wanted.size[2]), `${input.size[2]} channels`);
  const names = { function: 'cascadeOnnx', argument: 'small.classes' };
  const places = given.classes === undefined ? null : placesOfClasses(given.classes, options.classes, names);
  return networkAsHead(examined, { wanted, fed: input, places, prefix });
}

function examine(
  { network, size, layout, output }: CascadeNetwork,
  work: WorkOptions,
): Promise<ExaminedNetwork> {
  return examineNetwork(network, { size, layout, output, ...work });
}

/**
 * A whole network as the head of an exit that stands before another.
 *
 * @param places of the classes in its logits, in the order of the last network's; null where that is the same
 */
function networkAsHead(
  { network }: ExaminedNetwork,
  {
    wanted,
    fed,
    places,
    prefix,
  }: {
    readonly wanted: ForeignInput;
    readonly fed: ForeignInput;
    readonly places: readonly number[] | null;
    readonly prefix: string;
  },
): ForeignExit {
  return {
    cut: null,
    handsOnLogits: false,
    writeHead({ graph, images }) {
      const placed = new PlacedNetwork(graph, network, adaptInput(graph, images, fed, wanted), { prefix });
      placed.write(graph, 0, network.nodes.length);
      const logits = asFloat(graph, network, placed.nameOf(network.logits));
      if (places === null) return logits;
      const order = new BigInt64Array(places.map(BigInt));
      const indices = graph.constant(graph.unique('class_order'), 'int64', [order.length], order);
      return graph.add('Gather', [logits, indices], { axis: { int: 1 } }, 'ordered');
    },
  };
}

function nameOf({ where }: ExaminedNetwork): string {
  return where.replace(/\.onnx$/i, '');
}

/**
 * @param exit the network that is held against the last one
 * @throws DataError if the two hardly ever say the same, or would with the classes in another order
 */
function checkAgreement(
  { exits, classes, samples }: CachedLogits,
  exit: number,
  { where, work }: { readonly where: string; readonly work: WorkOptions },
): void {
  const [own, last] = [exits[exit]!, exits.at(-1)!].map((logits) => argmaxRows(logits, classes));
  const agreement = agreementInOrder(own!, last!, classes);
  const remedy = 'Name the classes of each network in its own order';
  const of = { where, function: 'cascadeOnnx', argument: 'classes, small.classes', remedy };
  requireOrder(agreement, of, work);
  const text = `${percent(agreement.same, 1)} of ${samples} images`;
  if (agreement.same < LEAST_AGREEMENT) {
    throw new DataError({
      where,
      rule: 'both networks have the same classes in the same order, and see the images as they want them',
      received: `the same answer for ${text}`,
      remedy: 'Look at the order of the classes, and at the preparation of each network',
    });
  }
  work.onNote?.({ level: 'note', text: `${where} give the same answer to ${text}` });
}
