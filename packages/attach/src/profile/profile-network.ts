import { type ForeignCut, type ForeignNetwork, readModel } from '@earlyexit/onnx/foreign';
import { candidatePlaces, readAt } from '../exit-places';
import type { ExaminedNetwork } from '../survey/examined-network';

/** A node of a network of another program. */
export interface NodeProfile {
  /** The tensor that it makes, by which an exit is placed. */
  readonly name: string;
  /** The operator. */
  readonly className: string;
  /** Without the batch axis. */
  readonly outputShape: readonly number[];
  /** Multiply-accumulates for one sample. */
  readonly macs: number;
  readonly parameters: number;
  /** The size of what it reads of the sample, at 4 bytes a number. */
  readonly inputBytes: number;
  /** The size of what it makes, for one sample, at 4 bytes a number. */
  readonly activationBytes: number;
}

/** A place where an exit may stand. */
export interface PlaceProfile {
  /** The tensor that is read there. */
  readonly after: string;
  /** Without the batch axis. */
  readonly outputShape: readonly number[];
  readonly backboneMacs: number;
  /** Of the network's multiply-accumulates. */
  readonly share: number;
  readonly reason: string;
}

/** What a network of another program costs, for one sample. */
export interface OnnxProfile {
  readonly inputShape: readonly number[];
  readonly parameters: number;
  readonly macs: number;
  /** The nodes that the answers need, after onnxruntime has folded what is constant. */
  readonly layers: readonly NodeProfile[];
  /** The most that is carried from one node to the next where the network can be cut, in bytes. */
  readonly peakActivationBytes: number;
  /** Operators whose multiply-accumulates are not counted. */
  readonly uncounted: readonly string[];
  /** Where exits would pay: what `attachToOnnx` tries. */
  readonly places: readonly PlaceProfile[];
}

const BYTES_PER_NUMBER = 4;
/** Whole numbers are shapes and axes, and no weights. */
const INT64 = 7;

/** Profiles a classifier of another program that has been examined. */
export function profileNetwork({ network, input }: Pick<ExaminedNetwork, 'network' | 'input'>): OnnxProfile {
  const weights = new Map(
    readModel(network.bytes, 'network')
      .graph.initializer.filter(({ dataType }) => dataType !== INT64)
      .map(({ name, dims }) => [name, product(dims.map(Number))]),
  );
  const layers = network.nodes.flatMap(({ opType, input: read, output }, place): NodeProfile[] => {
    const name = output[0] ?? '';
    if (!output.some((made) => network.needed.has(made))) return [];
    let parameters = 0;
    for (const each of read) {
      parameters += weights.get(each) ?? 0;
      // A weight that two nodes share is counted once.
      weights.delete(each);
    }
    const shape = (network.tensors.get(name)?.dims ?? []).slice(1);
    return [
      {
        name,
        className: opType,
        outputShape: shape,
        macs: network.nodeMacs[place]!,
        parameters,
        inputBytes: read.reduce((sum, each) => sum + bytesOf(network.tensors.get(each)), 0),
        activationBytes: product(shape) * BYTES_PER_NUMBER,
      },
    ];
  });
  return {
    inputShape: input.size,
    parameters: layers.reduce((sum, { parameters }) => sum + parameters, 0),
    macs: network.macs,
    layers,
    peakActivationBytes: Math.max(0, ...network.cuts.map(({ bytes }) => bytes)),
    uncounted: network.uncounted,
    places: candidatePlaces(network).map((cut) => placeOf(network, cut)),
  };
}

function placeOf({ tensors, macs }: ForeignNetwork, cut: ForeignCut): PlaceProfile {
  const after = readAt(cut);
  return {
    after,
    outputShape: tensors.get(after)!.dims.slice(1),
    backboneMacs: cut.macs,
    share: cut.macs / macs,
    reason: `it alone is carried on here, ${cut.bytes} bytes`,
  };
}

function bytesOf(tensor: { readonly dims: readonly number[] } | undefined): number {
  return tensor === undefined ? 0 : product(tensor.dims.slice(1)) * BYTES_PER_NUMBER;
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total * size, 1);
}
