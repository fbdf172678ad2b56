export { type ImportOptions, importOnnx } from './import/import-onnx';
export { supportedOperators } from './import/operators-by-name';
