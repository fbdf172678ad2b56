import type { MultiExitMetadata } from '@earlyexit/branch-head';
import type { CriterionName, ThresholdJson } from '@earlyexit/exit-criteria';
import type { GraphMessage, ModelMessage } from './protobuf/messages';
import { writeModel } from './protobuf/write-model';

/**
 * The key of the last entry: the SHA-256 of everything before its value, in 64 hexadecimal digits, with which the file
 * ends. It lets a reader detect a damaged file before handing it to a runtime.
 */
export const CHECKSUM_KEY = 'earlyexit.sha256';

/** The checksum of a finished file, in hexadecimal digits. */
export function checksumOf(file: Uint8Array): string {
  return new TextDecoder().decode(file.subarray(-CHECKSUM_LENGTH));
}

const CHECKSUM_LENGTH = 64;

/** The key of our entry among the model's metadata. */
export const METADATA_KEY = 'earlyexit';

/** What an exported file says about itself, as JSON under the key `earlyexit` of its `metadata_props`. */
export interface OnnxMetadata {
  readonly format: 'earlyexit-onnx';
  readonly formatVersion: 1;
  /** What the file holds: the network with its exits inside, without exits, one stage of it, or with every exit
   * answering for every sample. */
  readonly kind: 'conditional' | 'static' | 'stage' | 'exits';
  /** The type of weights and activations; int8 stands for int8 weights and uint8 activations. */
  readonly dtype: 'float32' | 'int8';
  /** The stage's index in a file of kind `stage`. */
  readonly stage?: number;
  /**
   * Where the graph comes from, if not from a network of ours: a `foreign` graph holds the operators of somebody else's
   * network, not all of which a reader can follow.
   */
  readonly origin?: 'foreign';
  /** The shape of the network's input, `[height, width, channels]` for images; the graph takes the channels first. */
  readonly inputShape: readonly number[];
  /** The decision inside the graph; `null` in a file that decides nothing. */
  readonly decision: DecisionMetadata | null;
  /** The network's metadata: classes, preprocessing, exits with their costs, the calibrated policy. */
  readonly network: MultiExitMetadata;
}

/** The decision inside a conditional file. */
export interface DecisionMetadata {
  readonly criterion: CriterionName;
  /** The values to feed, or those built in; `null` if none are known. */
  readonly thresholds: readonly ThresholdJson[] | null;
  readonly thresholdsAs: 'input' | 'constants';
  readonly temperatures: readonly number[];
}

/** The version of the file format that goes with a version of the operators. */
function irVersionOf(opset: number): number {
  if (opset <= 18) return 8;
  if (opset <= 22) return opset <= 20 ? 9 : 10;
  return opset <= 23 ? 11 : 12;
}

/**
 * The finished file.
 *
 * @param domains operator domains besides that of ONNX itself
 */
export async function finishModel(
  graph: GraphMessage,
  opset: number,
  metadata: OnnxMetadata,
  domains: Readonly<ModelMessage['opsetImport']> = [],
): Promise<Uint8Array<ArrayBuffer>> {
  const placeholder = '0'.repeat(CHECKSUM_LENGTH);
  const bytes = writeModel({
    irVersion: irVersionOf(opset),
    producerName: 'earlyexit',
    producerVersion: String(metadata.formatVersion),
    graph,
    opsetImport: [{ domain: '', version: opset }, ...domains],
    metadataProps: [
      { key: METADATA_KEY, value: JSON.stringify(metadata) },
      { key: CHECKSUM_KEY, value: placeholder },
    ],
  });
  // The fields are written in the order of their numbers, and the metadata's is the highest.
  const end = bytes.length - placeholder.length;
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes.subarray(0, end)));
  const hexadecimal = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  bytes.set(new TextEncoder().encode(hexadecimal), end);
  return bytes;
}
