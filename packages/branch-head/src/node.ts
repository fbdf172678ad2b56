export { loadModel } from './load-model';
export { readFileWithin } from './read-file-within';
export { parseJsonObject, readJsonWithin, refuseLargeJson } from './read-json-within';
export { saveModel } from './save-model';
