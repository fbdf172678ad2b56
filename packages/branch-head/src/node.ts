export { loadModel } from './saving/load-model';
export { saveModel, type SaveModelOptions } from './saving/save-model';
export type { WeightsFormat } from './saving/model-files';
export { loadPlainModel } from './plain/load-plain-model';
