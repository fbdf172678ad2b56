export { requireOwnFolder } from './folder/require-own-folder';
export { writeExport, type WrittenFile } from './write-export';
export { writeNetwork, type WriteNetworkOptions, type WrittenNetwork } from './write-network';
