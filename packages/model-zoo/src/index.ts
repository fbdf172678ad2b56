export {
  createModel,
  getModelEntry,
  listModels,
  registerModel,
  type CreateModelOptions,
  type NetworkData,
} from './registry';
export type { BackboneOptions, InputShape, ModelDefinition, ModelEntry } from './model-definition';
export { resolveLayerName } from './resolve-layer-name';
