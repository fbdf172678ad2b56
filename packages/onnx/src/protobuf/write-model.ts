import type { ModelMessage } from './messages';
import { modelType } from './model-type';

/** Serializes a model as the standard's protobuf message. */
export function writeModel(model: ModelMessage): Uint8Array<ArrayBuffer> {
  // The writer's own array may be a view into a larger pool.
  return Uint8Array.from(modelType.encode(model).finish());
}
