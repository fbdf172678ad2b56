export { runtimeOutlook } from './foreign/file-outlook';
export { type NetworkSource, type ReadNetwork, readNetwork } from './foreign/network-source';
export { completePreparation, readPreparation, type StatedPreparation } from './foreign/read-preparation';
