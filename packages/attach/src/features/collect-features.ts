import type { WorkOptions } from '@earlyexit/core';
import {
  type ForeignCut,
  type ForeignInput,
  type ForeignNetwork,
  writeForeignExits,
} from '@earlyexit/onnx/foreign';
import { attachedMetadata } from '../attached-metadata';
import type { ClassifierImages } from '../classifier-images';
import { readAt } from '../exit-places';
import { poolingOf, writePooled } from '../heads/pooling';
import { runImages } from '../run-images';
import { FeatureStore } from './feature-store';

/** Rows that follow each other: the first, and the one behind the last. */
export type RowRange = readonly [from: number, to: number];

/** What a network made of images: the logits in memory, the rest on the disk. */
export interface Features {
  /** The network's own, `[rows, classes]`. */
  logits(range: RowRange): Float32Array;
  /** Pooled numbers of a place, `[rows, numbers]`, by its position. */
  pooled(place: number, range: RowRange): Promise<Float32Array>;
  /** Takes the files away, where nobody asked to keep them. */
  close(): Promise<void>;
}

const STANDING_FOR_ALL = 8;

/** Runs the network once on every image, for its logits and the pooled features of every place. */
export async function collectFeatures(
  {
    network,
    input,
    places,
    images,
    rows,
    folder,
  }: {
    readonly network: ForeignNetwork;
    readonly input: ForeignInput;
    readonly places: readonly ForeignCut[];
    readonly images: ClassifierImages;
    readonly rows: Int32Array;
    /** Where features are kept between runs; null: nowhere. */
    readonly folder: string | null;
  },
  work: WorkOptions,
): Promise<Features> {
  const { classes } = network;
  const file = await writeFeatures(network, input, places);
  const widths = [classes, ...places.map((place) => poolingOf(network.tensors.get(readAt(place))!)!.size)];
  const key = [file, new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength), String(images.size)];
  // Other images in the same number are other features: some stand for all, from both ends, for heads may learn from others.
  const some = Int32Array.from([...rows.slice(0, STANDING_FOR_ALL), ...rows.slice(-STANDING_FOR_ALL)]);
  const sample = await images.read(some, { signal: work.signal, imageShape: input.size });
  const store = await FeatureStore.open(folder, { key: [...key, sample], widths, samples: rows.length });
  try {
    const what = 'running the network for its features';
    if (store.done > 0) {
      work.onNote?.({ level: 'note', text: `${store.done} of ${rows.length} images were run before` });
    }
    await runImages(
      file,
      { images, rows, input, from: store.done },
      (results) =>
        store.append([results['logits_0']!, ...places.map((_, index) => results[`features_${index}`]!)]),
      { ...work, what },
    );
    const logits = await store.read(0, [0, rows.length], work.signal);
    return {
      logits: ([from, to]) => logits.subarray(from * classes, to * classes),
      pooled: (place, range) => store.read(1 + place, range, work.signal),
      close: () => store.close(),
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

function writeFeatures(
  network: ForeignNetwork,
  input: ForeignInput,
  places: readonly ForeignCut[],
): Promise<Uint8Array<ArrayBuffer>> {
  const metadata = attachedMetadata({
    name: 'features',
    classes: undefined,
    count: network.classes,
    input,
    exits: [],
    costs: { exitMacs: [network.macs], staticMacs: network.macs },
  });
  return writeForeignExits(
    { network, input, exits: [], metadata },
    {
      names: places.map((_, index) => `features_${index}`),
      write: ({ graph, nameOf }) =>
        places.map((place) => {
          const facts = network.tensors.get(readAt(place))!;
          return { name: writePooled(graph, nameOf(readAt(place)), facts), shape: [poolingOf(facts)!.size] };
        }),
    },
  );
}
