export { loadModel } from './saving/load-model';
export { saveModel } from './saving/save-model';
export { loadPlainModel } from './plain/load-plain-model';
