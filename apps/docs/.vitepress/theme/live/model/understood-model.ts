import {
  attachUntrained,
  type ExaminedNetwork,
  examineFile,
  type OnnxProfile,
  type PlaceProfile,
  profileNetwork,
  type Runtime,
} from '@earlyexit/attach/browser';
import { type FileOutlook, outlookOf } from '@earlyexit/onnx/foreign';
import type { PictureNode } from '../network/network-picture';
import { openRuntime } from '../open-runtime';

/** A classifier that a reader brought, as the page shows it. */
export interface UnderstoodModel {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly examined: ExaminedNetwork;
  readonly profile: OnnxProfile;
  /** The nodes that cost something or join several: what a picture has room for. */
  readonly nodes: readonly PictureNode[];
}

/** An exit that a reader chose. */
export interface ChosenExit {
  readonly place: PlaceProfile;
  /** Neurons of the head's hidden layer; 0 for a linear head. */
  readonly hidden: number;
  readonly seed: number;
  /** Of three channels: as ImageNet's usual networks take their images, and not from 0 to 1. */
  readonly isNormalized: boolean;
}

/** A file with an exit, and what leaving there costs. */
export interface ExitedModel {
  readonly file: Uint8Array<ArrayBuffer>;
  /** Multiply-accumulates of leaving at the exit, and of going all the way past it. */
  readonly exitMacs: readonly [number, number];
  readonly outlook: FileOutlook;
}

/** Mean and deviation of ImageNet's training images, as most networks for photographs take them. */
const IMAGENET = { mean: [0.485, 0.456, 0.406], standardDeviation: [0.229, 0.224, 0.225] } as const;

/** Reads a classifier with the page's own runtime. */
export async function understandModel(bytes: Uint8Array, name: string): Promise<UnderstoodModel> {
  const runtime = (await openRuntime()) as unknown as Runtime;
  const examined = await examineFile(bytes, { where: name, runtime });
  const profile = profileNetwork(examined);
  const known = new Set(profile.layers.map((layer) => layer.name));
  const reads = new Map(
    examined.network.nodes.map(({ output, input }) => [
      output[0] ?? '',
      input.filter((each) => known.has(each)),
    ]),
  );
  const nodes = profile.layers.map((layer) => ({
    name: layer.name,
    kind: layer.className,
    macs: layer.macs,
    reads: reads.get(layer.name) ?? [],
  }));
  return { name, bytes, examined, profile, nodes };
}

/** Puts the exit into the file. */
export async function exitModel(
  { examined, name }: UnderstoodModel,
  { place, hidden, seed, isNormalized }: ChosenExit,
): Promise<ExitedModel> {
  const channels = examined.input.size[2];
  const each = (value: number): number[] => Array<number>(channels).fill(value);
  const preparation =
    isNormalized && channels === 3 ? IMAGENET : { mean: each(0), standardDeviation: each(1) };
  const { file, costs } = await attachUntrained(examined, {
    exits: [place.after],
    hidden,
    seed,
    ...preparation,
  });
  const [early, late] = costs.exitMacs as readonly [number, number];
  return { file, exitMacs: [early, late], outlook: outlookOf(file, name) };
}
