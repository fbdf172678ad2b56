export { engineFolder, enginesFolder, type InstalledEngine, listEngines } from './installed/engine-folder';
export { type EngineLayout, layoutOf, manifestPath } from './installed/engine-layout';
export { kernelSources, kernelsVersion } from './installed/kernel-sources';
