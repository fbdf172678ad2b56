import protobuf from 'protobufjs/light.js';
import { DataError } from '@earlyexit/core';
import type { DimensionMessage, GraphMessage, ModelMessage, ValueInfoMessage } from './messages';
import { modelType } from './model-type';

/** A model as somebody else wrote it. Numbers of 64 bits may be objects of `long`: see `wholeOf`. */
export interface ReadModel extends ModelMessage {
  /** Functions of the model's own, each as its bytes. */
  readonly functions: readonly Uint8Array[];
  readonly graph: GraphMessage & { readonly sparseInitializer: readonly Uint8Array[] };
}

/**
 * Reads any ONNX file. Fields that the schema does not know stay with their messages and are written again; whoever
 * changes a message changes it in place, for they are lost in a copy.
 *
 * @param where the file's name, for errors
 * @throws DataError if it is no ONNX file
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
  // Any file can pass for a protobuf message of unknown fields.
  if (!Object.hasOwn(model, 'graph') || !(wholeOf(model.irVersion) > 0) || model.opsetImport.length === 0) {
    throw noModel(where, bytes.length === 0 ? 'an empty file' : 'a file without a graph');
  }
  return model;
}

function noModel(where: string, received: string, cause?: unknown): DataError {
  return new DataError({ where, rule: 'it is a whole ONNX file', received, cause });
}

/** A whole number of a message: protobuf's numbers of 64 bits are read as objects. */
export function wholeOf(value: unknown): number {
  return typeof value === 'number' ? value : Number(String(value));
}

/** The axes that are stated of a tensor, to be changed in place; none where nothing is stated. */
export function axesOf(value: ValueInfoMessage): DimensionMessage[] {
  // As read, any part of it may be missing.
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
