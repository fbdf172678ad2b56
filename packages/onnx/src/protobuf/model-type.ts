import protobuf from 'protobufjs/light.js';
import { onnxSchema } from './schema';

/** `onnx.ModelProto`, ready to read and write. */
export const modelType = protobuf.Root.fromJSON(onnxSchema).lookupType('ModelProto');
