export { findPretrained } from './find-pretrained';
export { listPretrained } from './list-pretrained';
export type { PretrainedCard, PretrainedEvaluation, PretrainedFile } from './pretrained-card';
export { pretrainedUrl } from './pretrained-url';
