export { loadModel } from './load-model';
export { saveModel } from './save-model';
