import protobuf from 'protobufjs/light.js';
import { DataError } from '@earlyexit/core';
import type { DimensionMessage, GraphMessage, ModelMessage, ValueInfoMessage } from './messages';
import { modelType } from './model-type';

/** A model that any program may have written. 64-bit numbers may be `long` objects: see `wholeOf`. */
export interface ReadModel extends ModelMessage {
  /** The functions that the model defines, each as bytes. */
  readonly functions: readonly Uint8Array[];
  readonly graph: GraphMessage & { readonly sparseInitializer: readonly Uint8Array[] };
}

/**
 * Reads any ONNX file. Fields that the schema does not know stay with their messages and are written back. Change
 * messages in place: a copy loses these fields.
 *
 * @param where the file's name, for errors
 * @throws DataError if it is not an ONNX file
 */
export function readModel(bytes: Uint8Array, where: string): ReadModel {
  let model: ReadModel;
  try {
    const reader = protobuf.Reader.create(bytes);
    reader.discardUnknown = false;
    model = modelType.decode(reader) as unknown as ReadModel;
  } catch (cause) {
    throw noModel(where, cause instanceof Error ? cause.message : String(cause), cause);
  }
  // Almost any bytes can pass for a protobuf message of unknown fields.
  if (!Object.hasOwn(model, 'graph') || !(wholeOf(model.irVersion) > 0) || model.opsetImport.length === 0) {
    throw noModel(where, bytes.length === 0 ? 'an empty file' : 'a file without a graph');
  }
  return model;
}

function noModel(where: string, received: string, cause?: unknown): DataError {
  return new DataError({ where, rule: 'it is a whole ONNX file', received, cause });
}

/** A whole number of a message: protobuf reads 64-bit numbers as objects. */
export function wholeOf(value: unknown): number {
  return typeof value === 'number' ? value : Number(String(value));
}

/** The axes that are stated for a tensor, to be changed in place; none if nothing is stated. */
export function axesOf(value: ValueInfoMessage): DimensionMessage[] {
  // In a file, any part may be missing.
  const { type } = value as {
    readonly type?: {
      readonly tensorType?: { readonly shape?: { dim: DimensionMessage[] } | null } | null;
    } | null;
  };
  return type?.tensorType?.shape?.dim ?? [];
}

/** The size of an axis; `null` where it is free. */
export function sizeOf(axis: DimensionMessage): number | null {
  if (!('dimValue' in axis && Object.hasOwn(axis, 'dimValue'))) return null;
  // Some programs write −1 for a size that is free.
  const size = wholeOf(axis.dimValue);
  return size > 0 ? size : null;
}
