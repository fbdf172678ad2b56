import { searchThresholds } from '@earlyexit/calibration';
import { DataError, type WorkOptions } from '@earlyexit/core';
import { argmaxRows, type CachedLogits, type ExitCosts, softmax } from '@earlyexit/exit-criteria';
import {
  type ForeignCut,
  type ForeignExit,
  type ForeignInput,
  type ForeignNetwork,
  writeForeignExits,
} from '@earlyexit/onnx/foreign';
import { attachedMetadata } from './attached-metadata';
import type { CascadeOptions } from './cascade-onnx';
import { noteUncounted, requireClassNames, requireLabels } from './check-attached';
import { CRITERION } from './choose-thresholds';
import { type ClassifierImages, mirrored, partsOf } from './classifier-images';
import { examineNetwork } from './examine-network';
import { candidatePlaces, namedPlaces, readAt } from './exit-places';
import { type AttachedFile, finishAttached } from './finish-attached';
import { fitHead } from './heads/fit-head';
import { applyHead, type HeadWeights, macsOfHead } from './heads/head-weights';
import { pooledSize, writeHead, writePooled } from './heads/write-head';
import type { NetworkSource } from './network-source';
import { type ImagePreparation, preparedInput } from './prepared-input';
import { runImages } from './run-images';

/** How to give a classifier exits. */
export interface AttachOptions extends Omit<CascadeOptions, 'thresholdShare'>, ImagePreparation {
  /** `auto`, or places by a tensor's name or a share of the cost (`30%`); `auto` unless given. */
  readonly exits?: 'auto' | readonly string[] | undefined;
  /** Neurons of a head between pooled features and logits; 0 for a linear head, 64 unless given. */
  readonly hidden?: number | undefined;
  /** Whether heads also learn from mirrored images; yes unless given. */
  readonly mirror?: boolean | undefined;
  readonly size?: readonly [height: number, width: number] | undefined;
  readonly layout?: 'channels-first' | 'channels-last' | undefined;
  readonly output?: string | undefined;
}

/** Half of the images teach the heads; the promise is on the larger part of what is left. */
const SHARES = { fit: 0.5, promise: 0.3 } as const;
/** Of the images for the heads, those by which places, temperatures and the path of thresholds are chosen. */
const CHOOSING_SHARE = 0.2;
const HIDDEN = 64;
/** Epochs of the linear heads that only say which places are worth an exit. */
const PROBE_EPOCHS = 10;

/**
 * Puts early exits into a classifier whose weights stay as they are. Heads are fitted to the network's own answers, on
 * images without labels; thresholds and the promise rest on other images, and the report on others again.
 *
 * @throws DataError if the file is no classifier, the images do not suffice, or exits would not pay; ArgumentError for a
 * wrong preparation
 */
export async function attachToOnnx(source: NetworkSource, options: AttachOptions): Promise<AttachedFile> {
  const {
    images,
    labels = null,
    aim,
    seed = 0,
    hidden = HIDDEN,
    mirror = true,
    signal,
    onProgress,
    onNote,
  } = options;
  const work = { signal, onProgress, onNote };
  requireLabels(aim, labels, images.size, 'attachToOnnx');
  const parts = partsOf(images.size, SHARES, seed);
  const { size, layout, output } = options;
  const examined = await examineNetwork(source, { size, layout, output, ...work });
  const { network, where } = examined;
  const input = preparedInput(examined.input, options, { function: 'attachToOnnx', argument: 'mean' });
  requireClassNames(options.classes, network.classes, 'attachToOnnx');
  noteUncounted(examined, work);
  const isAuto = options.exits === undefined || options.exits === 'auto';
  const places = isAuto ? candidatePlaces(network) : namedPlaces(network, options.exits, where);
  if (places.length === 0) {
    throw new DataError({
      where,
      rule: 'somewhere in the network one tensor alone is carried on',
      received: 'no such place',
    });
  }

  const choosing = Math.max(1, Math.round(parts.fit.length * CHOOSING_SHARE));
  const [choose, teach] = [parts.fit.slice(0, choosing), parts.fit.slice(choosing)];
  const rows = mirror ? Int32Array.from([...teach, ...teach.map((row) => row + images.size)]) : teach;
  const everything = mirror ? mirrored(images, input.size) : images;
  const features = await collectFeatures({ network, input, places, images: everything, rows }, work);
  const taught = { ...features, targets: Float32Array.from(softmax(features.logits, network.classes)) };
  const seen = await collectFeatures({ network, input, places, images, rows: choose }, work);
  const chosen = isAuto
    ? await choosePlaces(network, places, taught, seen, { aim, seed, work })
    : places.map((_, i) => i);
  const heads = await fitHeads(chosen, taught, network, { hidden, seed, work });
  const exits = heads.map((head, index) =>
    attachedExit(network, places[chosen[index]!]!, head, index, heads.length),
  );
  const costs = costsOf(
    network,
    chosen.map((place) => places[place]!),
    heads,
  );
  const names = exits.map((_, index) => `exit${index}`);
  const plan = {
    network,
    input,
    exits,
    metadata: attachedMetadata({
      name: where.replace(/\.onnx$/i, ''),
      classes: options.classes,
      count: network.classes,
      input,
      exits: heads.map((head, index) => ({
        name: names[index]!,
        attachedAfter: readAt(places[chosen[index]!]!),
        head: hidden === 0 ? 'pooled-linear' : 'pooled-mlp',
        headMacs: macsOfHead(head),
      })),
      costs,
    }),
  };
  return finishAttached(
    {
      plan,
      costs,
      parts: { ...parts, fit: choose },
      names: [...names, 'final'],
      where,
      what: 'running the exits',
    },
    options,
  );
}

/** Pooled features of every place, and the network's own logits. */
interface Features {
  readonly samples: number;
  /** Of each place, `[samples, numbers]`. */
  readonly pooled: readonly Float32Array[];
  /** `[samples, classes]` */
  readonly logits: Float32Array;
}

async function collectFeatures(
  {
    network,
    input,
    places,
    images,
    rows,
  }: {
    readonly network: ForeignNetwork;
    readonly input: ForeignInput;
    readonly places: readonly ForeignCut[];
    readonly images: ClassifierImages;
    readonly rows: Int32Array;
  },
  work: WorkOptions,
): Promise<Features> {
  const facts = places.map((place) => network.tensors.get(readAt(place))!);
  const sizes = facts.map((fact) => pooledSize(fact)!);
  const metadata = attachedMetadata({
    name: 'features',
    classes: undefined,
    count: network.classes,
    input,
    exits: [],
    costs: { exitMacs: [network.macs], staticMacs: network.macs },
  });
  const file = await writeForeignExits(
    { network, input, exits: [], metadata },
    {
      names: places.map((_, index) => `features_${index}`),
      write: ({ graph, nameOf }) =>
        places.map((place, index) => ({
          name: writePooled(graph, nameOf(readAt(place)), facts[index]!),
          shape: [sizes[index]!],
        })),
    },
  );
  const pooled = sizes.map((width) => new Float32Array(rows.length * width));
  const logits = new Float32Array(rows.length * network.classes);
  await runImages(
    file,
    { images, rows, input },
    (name, values, offset) => {
      const index = Number(name.replace(/\D/g, ''));
      if (name.startsWith('logits')) logits.set(values, offset * network.classes);
      else pooled[index]!.set(values, offset * sizes[index]!);
    },
    { ...work, what: 'running the network for its features' },
  );
  return { samples: rows.length, pooled, logits };
}

/** What the heads learn from. */
interface Lesson extends Features {
  /** The network's own probabilities, `[samples, classes]`. */
  readonly targets: Float32Array;
}

/** Which of the places are worth an exit: by linear heads and what they would cost together. */
async function choosePlaces(
  network: ForeignNetwork,
  places: readonly ForeignCut[],
  taught: Lesson,
  seen: Features,
  { aim, seed, work }: Pick<AttachOptions, 'aim'> & { readonly seed: number; readonly work: WorkOptions },
): Promise<number[]> {
  const { classes } = network;
  const { samples, targets } = taught;
  const logits: Float32Array[] = [];
  const heads: HeadWeights[] = [];
  for (const [index, features] of taught.pooled.entries()) {
    const inputs = features.length / samples;
    const shape = { inputs, hidden: 0, classes };
    const options = { seed, epochs: PROBE_EPOCHS, signal: work.signal };
    const head = await fitHead({ samples, features, targets }, shape, options);
    heads.push(head);
    logits.push(applyHead(head, seen.pooled[index]!));
    work.onProgress?.({
      what: 'trying places for exits',
      done: index + 1,
      total: places.length,
      unit: 'steps',
    });
  }
  const labels = argmaxRows(seen.logits, classes);
  const drop = 'maxAccuracyDrop' in aim ? Math.max(aim.maxAccuracyDrop, 0.005) : aim.risk;
  const costOf = (chosen: readonly number[]): number => {
    const cached: CachedLogits = {
      exits: [...chosen.map((place) => logits[place]!), seen.logits],
      samples: seen.samples,
      classes,
      labels,
    };
    const costs = costsOf(
      network,
      chosen.map((place) => places[place]!),
      chosen.map((place) => heads[place]!),
    );
    return searchThresholds(cached, { criterion: CRITERION, costs, aim: { maxAccuracyDrop: drop } })
      .averageMacs;
  };
  let chosen = places.map((_, place) => place);
  let cost = costOf(chosen);
  while (chosen.length > 1) {
    const fewer = chosen.map((place) => chosen.filter((other) => other !== place));
    const costs = fewer.map(costOf);
    const least = Math.min(...costs);
    // An exit that gains next to nothing is not worth its head.
    if (least > cost + 0.005 * network.macs) break;
    chosen = fewer[costs.indexOf(least)]!;
    cost = least;
    work.signal?.throwIfAborted();
  }
  return chosen;
}

/** Fits the heads one after the other: each also reads the logits of the one before (Wolczyk et al., 2021). */
async function fitHeads(
  chosen: readonly number[],
  taught: Lesson,
  { classes }: ForeignNetwork,
  { hidden, seed, work }: { readonly hidden: number; readonly seed: number; readonly work: WorkOptions },
): Promise<HeadWeights[]> {
  const { samples, targets } = taught;
  const heads: HeadWeights[] = [];
  let before: Float32Array | null = null;
  for (const [index, place] of chosen.entries()) {
    const own = taught.pooled[place]!;
    const features: Float32Array = before === null ? own : beside(own, before, samples);
    const shape = { inputs: features.length / samples, hidden, classes };
    const head = await fitHead({ samples, features, targets }, shape, {
      seed: seed + index,
      signal: work.signal,
      onEpoch: (done, total) =>
        work.onProgress?.({
          what: `fitting head ${index + 1} of ${chosen.length}`,
          done,
          total,
          unit: 'steps',
        }),
    });
    heads.push(head);
    before = applyHead(head, features);
  }
  return heads;
}

/** Two features side by side, `[samples, a + b]`. */
function beside(first: Float32Array, second: Float32Array, samples: number): Float32Array {
  const [a, b] = [first.length / samples, second.length / samples];
  const both = new Float32Array(samples * (a + b));
  for (let sample = 0; sample < samples; sample++) {
    both.set(first.subarray(sample * a, (sample + 1) * a), sample * (a + b));
    both.set(second.subarray(sample * b, (sample + 1) * b), sample * (a + b) + a);
  }
  return both;
}

function attachedExit(
  network: ForeignNetwork,
  cut: ForeignCut,
  head: HeadWeights,
  index: number,
  count: number,
): ForeignExit {
  const tensor = readAt(cut);
  return {
    cut,
    handsOnLogits: index + 1 < count,
    writeHead({ graph, nameOf, previous }) {
      const pooled = writePooled(graph, nameOf(tensor), network.tensors.get(tensor)!);
      return writeHead(graph, previous === null ? [pooled] : [pooled, previous], head, `exit${index}`);
    },
  };
}

/** What leaving at each exit costs: the network up to there, and every head on the way. */
function costsOf(
  { macs }: ForeignNetwork,
  places: readonly ForeignCut[],
  heads: readonly HeadWeights[],
): ExitCosts {
  let spent = 0;
  const early = places.map((place, index) => place.macs + (spent += macsOfHead(heads[index]!)));
  return { exitMacs: [...early, macs + spent], staticMacs: macs };
}
