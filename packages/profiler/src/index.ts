export { adviseExits, type AdviseExitsOptions, type ExitAdvice } from './advise-exits';
export { countMacs } from './count-macs';
export { countParameters } from './count-parameters';
export { ancestors, type LayerGraph, type LayerGraphNode, readLayerGraph, type Shape } from './layer-graph';
export { type ProfileDocument, profileDocument } from './profile-document';
export { type ExitProfile, type LayerProfile, type ModelProfile, profileModel } from './profile-model';
