export { randomizeWeights, randomNetwork } from './random-network';
export { smallForms, type SmallForm } from './small-forms';
export { networkAround, specialLayers } from './special-layers';
