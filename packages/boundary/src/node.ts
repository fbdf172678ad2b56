export { boundaryFiles, writeBoundary } from './write-boundary';
