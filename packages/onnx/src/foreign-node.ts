export { runtimeOutlook } from './foreign/file-outlook';
export { type NetworkSource, type ReadNetwork, readNetwork } from './foreign/network-source';
export {
  type AskedPreparation,
  completePreparation,
  readPreparation,
  requirePreparation,
  type StatedPreparation,
} from './foreign/read-preparation';
export { writeExport, type WrittenFile } from './write-export';
