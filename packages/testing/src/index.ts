export { installWheel } from './install-wheel';
export { damageBytes, type DamageJsonOptions, damageJson, damageText } from './damage/damage';
export { type DamageReport, trySeeds } from './damage/try-seeds';
export { type Draws, seededDraws } from './seeded-draws';
export { failure } from './failure';
export { noiseImages } from './noise-images';
export { sharedData, withoutData } from './shared-data';
export { isAmong, numbersIn, shownNumbers } from './shown-numbers';
export { temporaryFolder } from './temporary-folder';
