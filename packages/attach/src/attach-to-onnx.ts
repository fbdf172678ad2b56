import { DataError } from '@earlyexit/core';
import type { CachedLogits } from '@earlyexit/exit-criteria';
import { type ImagePreparation, preparedInput } from '@earlyexit/onnx/foreign';
import type { NetworkSource } from '@earlyexit/onnx/foreign-node';
import type { CascadeOptions } from './cascade-onnx';
import { noteUncounted, requireClassNames, requireLabels } from './check-attached';
import { checkExits } from './check-exits';
import { choosePlaces } from './choose-places';
import { requireEnough } from './choose-thresholds';
import { type ClassifierImages, joined, mirrored, partsOf } from './classifier-images';
import { examineNetwork } from './examine-network';
import { candidatePlaces, namedPlaces } from './exit-places';
import { collectFeatures, type RowRange } from './features/collect-features';
import { type AttachedFile, finishAttached } from './finish-attached';
import { fitHeads } from './heads/fit-heads';
import { planExits } from './plan-exits';

/** How to give a classifier exits. */
export interface AttachOptions extends Omit<CascadeOptions, 'thresholdShare'>, ImagePreparation {
  /** `auto`, or places by a tensor's name or a share of the cost (`30%`); `auto` unless given. */
  readonly exits?: 'auto' | readonly string[] | undefined;
  /** Neurons of a head between pooled features and logits; 0 for a linear head, 128 unless given. */
  readonly hidden?: number | undefined;
  /** Whether heads also learn from mirrored images; where there are few images unless given. */
  readonly mirror?: boolean | undefined;
  /**
   * More images, which only the heads learn from: those that the network was trained on will do, and `images` are all
   * left for the thresholds, the promise and the report.
   */
  readonly headImages?: ClassifierImages | undefined;
  /** A folder where features are kept, so that interrupted work goes on there; nowhere unless given. */
  readonly keepIn?: string | undefined;
  readonly size?: readonly [height: number, width: number] | undefined;
  readonly layout?: 'channels-first' | 'channels-last' | undefined;
  readonly output?: string | undefined;
}

/** Half of the images teach the heads; the promise is on the larger part of what is left. */
const SHARES = { fit: 0.5, promise: 0.3 } as const;
/** Of the images for the heads, those by which places, temperatures and the path of thresholds are chosen. */
const CHOOSING_SHARE = 0.2;
/** The same where the heads have images of their own. */
const SHARES_WITHOUT_HEADS = { fit: 0.2, promise: 0.45 } as const;
const HIDDEN = 128;
/** With fewer images than this to learn from, mirrored ones are worth the time. */
const FEW = 5000;

/**
 * Puts early exits into a classifier whose weights stay as they are. Heads are fitted to the network's own answers, on
 * images without labels; thresholds and the promise rest on other images, and the report on others again. The network runs
 * once on every image.
 *
 * @throws DataError if the file is no classifier, the images do not suffice, or exits would not pay; ArgumentError for a
 * wrong preparation
 */
export async function attachToOnnx(source: NetworkSource, options: AttachOptions): Promise<AttachedFile> {
  const { images, headImages, labels = null, aim, seed = 0, hidden = HIDDEN } = options;
  const { signal, onProgress, onNote } = options;
  const work = { signal, onProgress, onNote };
  requireLabels(aim, labels, images.size, 'attachToOnnx');
  const parts = partsOf(images.size, headImages === undefined ? SHARES : SHARES_WITHOUT_HEADS, seed);
  const { size, layout, output } = options;
  const examined = await examineNetwork(source, { size, layout, output, ...work });
  const { network, where } = examined;
  const input = preparedInput(examined.input, options, { function: 'attachToOnnx', argument: 'mean' });
  requireClassNames(options.classes, network.classes, 'attachToOnnx');
  // Wrong use is said before too few images are.
  requireEnough(aim, parts);
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

  const { all, own, choose } = dealOut(parts.fit, images, headImages);
  const mirror = options.mirror ?? own.length < FEW;
  const taught = mirror ? [...own, ...own.map((row) => row + all.size)] : [...own];
  const kept = Int32Array.from([...choose, ...parts.promise, ...parts.report]);
  const rows = Int32Array.from([...taught, ...kept]);
  const teach: RowRange = [0, taught.length];
  const answer: RowRange = [taught.length, rows.length];
  const features = await collectFeatures(
    {
      network,
      input,
      places,
      images: mirror ? mirrored(all, input.size) : all,
      rows,
      folder: options.keepIn ?? null,
    },
    work,
  );
  try {
    const chosen = isAuto
      ? await choosePlaces(
          network,
          places,
          features,
          { teach, choose: [answer[0], answer[0] + choose.length] },
          { aim, seed, work },
        )
      : [...places.keys()];
    const { classes } = network;
    const { heads, logits } = await fitHeads(
      features,
      chosen,
      { teach, answer },
      { classes, hidden, seed, work },
    );
    const cuts = chosen.map((place) => places[place]!);
    const { costs, ...plan } = planExits({ network, input, where }, cuts, heads, options.classes);
    const cached: CachedLogits = {
      exits: [...logits, features.logits(answer).slice()],
      samples: kept.length,
      classes,
      labels: labels === null ? null : kept.map((row) => labels[row]!),
    };
    await checkExits(plan, { cached, images, rows: kept, where }, { signal });
    return await finishAttached(
      {
        plan,
        costs,
        cached,
        rows: kept,
        parts: { ...parts, fit: choose },
        taught: own.length,
        where,
        caller: 'attachToOnnx',
      },
      options,
    );
  } finally {
    await features.close();
  }
}

/** Rows of all images: `own`, from which heads learn, and `choose`, by which places, temperatures and the path are chosen. */
function dealOut(
  fit: Int32Array,
  images: ClassifierImages,
  headImages: ClassifierImages | undefined,
): { readonly all: ClassifierImages; readonly own: Int32Array; readonly choose: Int32Array } {
  if (headImages === undefined) {
    const choosing = Math.round(fit.length * CHOOSING_SHARE);
    return { all: images, own: fit.slice(choosing), choose: fit.slice(0, choosing) };
  }
  const own = Int32Array.from({ length: headImages.size }, (_, row) => images.size + row);
  return { all: joined(images, headImages), own, choose: fit };
}
