export { pretrainedFolder } from './pretrained-folder';
export { findPretrained } from './find-pretrained';
export { listPretrained } from './list-pretrained';
