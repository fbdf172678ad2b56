export { randomizeWeights, randomNetwork } from './random-network';
