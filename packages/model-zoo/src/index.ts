export { attachNamedExits } from './attach-named-exits';
export {
  createModel,
  getModelEntry,
  listModels,
  registerModel,
  type CreateModelOptions,
  type NetworkData,
} from './registry';
export type { BackboneOptions, InputShape, ModelDefinition, ModelEntry } from './model-definition';
export { importTorchvision, type TorchvisionOptions } from './torchvision-weights';
export { resolveLayerName } from './resolve-layer-name';
