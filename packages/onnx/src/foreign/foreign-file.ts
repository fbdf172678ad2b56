import { DataError } from '@earlyexit/core';
import type { TensorMessage } from '../protobuf/messages';
import { type ReadModel, readModel, wholeOf } from '../protobuf/read-model';
import { writeModel } from '../protobuf/write-model';
import { describeInput, type ImageInput, type StatedInput } from './describe-input';
import { freeBatch } from './free-batch';
import { subgraphsOf } from './node-names';
import { upgradeOperators } from './upgrade-operators';

/** The versions of ONNX's operators that are read. */
const OLDEST_READ = 9;
const NEWEST_READ = 24;
/** What a tensor says of its data where they lie outside. */
const EXTERNAL = 1;
/** Protobuf itself ends at 2 GiB. */
const LARGEST_BYTES = 2 ** 31 - 2 ** 16;

/** A classifier that somebody else wrote, ready to be folded by onnxruntime. */
export interface FreedFile {
  /** The same network with a free batch and all weights inside. */
  readonly bytes: Uint8Array;
  /** The size that the batch had; `null` where it was free. */
  readonly fixedBatch: number | null;
  readonly input: ImageInput;
}

/** Reads a stretch of a file beside the model, by the path that the model names; refuses one outside its folder. */
export type ReadExternal = (location: string, offset: number, length: number | null) => Promise<Uint8Array>;

/**
 * Reads a classifier of any origin: makes its batch free and takes weights that lie outside into it. Every field that
 * the file has is kept.
 *
 * @param where the file's name, for errors
 * @param options what is known of the images besides; `readExternal` where there may be files beside it
 * @throws DataError if it is no ONNX file, of a version that is not read, or too large, or takes no batch of images
 */
export async function readForeign(
  source: Uint8Array,
  where: string,
  { readExternal = null, ...stated }: StatedInput & { readonly readExternal?: ReadExternal | null } = {},
): Promise<FreedFile> {
  const model = readModel(source, where);
  const version = opsetOf(model);
  if (!(version >= OLDEST_READ && version <= NEWEST_READ)) {
    throw new DataError({
      where,
      rule: `the operators are those of ONNX, version ${OLDEST_READ} to ${NEWEST_READ}`,
      received: Number.isNaN(version) ? 'none of them' : `version ${version}`,
      remedy: 'Export the network with a newer opset',
    });
  }
  await takeInside(model, where, readExternal);
  const input = describeInput(model, stated, where);
  const fixedBatch = freeBatch(model);
  return { bytes: writeForeign(model, where), fixedBatch, input };
}

/**
 * Prepares what onnxruntime's basic optimisation left of a classifier: operators older than version 13 are brought to
 * it.
 *
 * @throws DataError if it holds something that cannot be carried into another file
 */
export function upgradeForeign(folded: Uint8Array, where: string): Uint8Array {
  const model = readModel(folded, where);
  const { functions, graph } = model;
  const odd =
    functions.length > 0 ? 'functions' : graph.sparseInitializer.length > 0 ? 'sparse weights' : null;
  if (odd !== null) {
    throw new DataError({
      where,
      rule: 'onnxruntime writes functions and sparse weights out in full',
      received: `${odd} that are still there`,
    });
  }
  upgradeOperators(model);
  return writeForeign(model, where);
}

/** The version of ONNX's own operators; NaN where the model has none of them. */
export function opsetOf({ opsetImport }: ReadModel): number {
  const own = opsetImport.find(({ domain }) => domain === '' || domain === 'ai.onnx');
  return own === undefined ? Number.NaN : wholeOf(own.version);
}

/** Serializes a model with every field that it was read with. */
export function writeForeign(model: ReadModel, where: string): Uint8Array<ArrayBuffer> {
  // A tensor read without raw data holds an empty list there, which has no `byteLength`.
  const weights = allTensors(model).reduce((sum, { rawData }) => sum + rawData.length, 0);
  if (weights > LARGEST_BYTES) {
    throw new DataError({
      where,
      rule: 'the network and its weights fit into one file of 2 GB, where ONNX ends',
      received: `${weights} bytes of weights`,
    });
  }
  return writeModel(model);
}

interface OutsideTensor extends TensorMessage {
  externalData?: { key: string; value: string }[];
  dataLocation?: number;
}

async function takeInside(model: ReadModel, where: string, read: ReadExternal | null): Promise<void> {
  let total = 0;
  for (const tensor of allTensors(model) as OutsideTensor[]) {
    if (tensor.dataLocation !== EXTERNAL) continue;
    const entries = new Map((tensor.externalData ?? []).map(({ key, value }) => [key, value]));
    const location = entries.get('location') ?? '';
    const [offset, length] = [entries.get('offset') ?? '0', entries.get('length')];
    const isNumber = (text: string): boolean => /^\d{1,15}$/.test(text);
    if (
      location === '' ||
      !isNumber(offset) ||
      (length !== undefined && !isNumber(length)) ||
      read === null
    ) {
      throw new DataError({
        where,
        rule: 'weights outside the file lie in a file beside it, at a stated place',
        received: `${tensor.name}: ${location || 'no file'}, offset ${offset}, length ${length ?? 'open'}`,
      });
    }
    const data = await read(location, Number(offset), length === undefined ? null : Number(length));
    total += data.length;
    tensor.rawData = data;
    tensor.externalData = [];
    tensor.dataLocation = 0;
    // No more is read: what is here is already refused when the file is written.
    if (total > LARGEST_BYTES) break;
  }
}

/** Every tensor that a model holds: initializers and attributes, in subgraphs too. */
function allTensors({ graph }: Pick<ReadModel, 'graph'>): TensorMessage[] {
  return [
    ...graph.initializer,
    ...graph.node.flatMap((node) => [
      ...node.attribute.flatMap(({ t }: { t?: TensorMessage | null }) =>
        t === undefined || t === null ? [] : [t],
      ),
      ...subgraphsOf(node).flatMap((inner) => allTensors({ graph: inner as ReadModel['graph'] })),
    ]),
  ];
}
