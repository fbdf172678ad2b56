export { adviseExits, type AdviseExitsOptions, type ExitAdvice } from './advise-exits';
export { type ClassifierFeatures, classifierFeatures } from './classifier-features';
export { countMacs } from './count-macs';
export { countParameters } from './count-parameters';
export {
  checkEnergyModel,
  type EnergyModel,
  type EnergyType,
  energyTypes,
  horowitz45nm,
  type MemoryLevel,
} from './energy/energy-model';
export {
  averageEnergy,
  type AverageEnergy,
  type Energy,
  type EnergyEstimate,
  estimateEnergy,
  type EstimateEnergyOptions,
} from './energy/estimate-energy';
export {
  ancestors,
  backboneNodes,
  type LayerGraph,
  type LayerGraphNode,
  readLayerGraph,
  type Shape,
} from './layer-graph';
export {
  type PlainProfile,
  plainProfileDocument,
  type ProfileDocument,
  profileDocument,
} from './profile-document';
export { type ExitProfile, type LayerProfile, type ModelProfile, profileModel } from './profile-model';
export { tensorBytes } from './tensor-bytes';
