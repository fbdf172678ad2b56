export { createModel, getModelEntry, listModels, registerModel, type CreateModelOptions } from './registry';
export type { BackboneOptions, InputShape, ModelDefinition, ModelEntry } from './model-definition';
export { resolveLayerName } from './resolve-layer-name';
