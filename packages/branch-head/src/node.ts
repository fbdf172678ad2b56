export { loadModel } from './load-model';
export { saveModel } from './save-model';
export { loadPlainModel } from './plain/load-plain-model';
