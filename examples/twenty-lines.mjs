import * as tfl from '@tensorflow/tfjs-layers';
import { selectEngine } from '@earlyexit/backend';
import { attachExits, computeLogits, withPolicy } from '@earlyexit/branch-head';
import { saveModel } from '@earlyexit/branch-head/node';
import { fitTemperatures, searchThresholds } from '@earlyexit/calibration';
import { openDataset, splitDataset } from '@earlyexit/datasets';
import { costsOf } from '@earlyexit/exit-criteria';
import { adam, train } from '@earlyexit/trainer';

await selectEngine();
const photos = await openDataset('image-folder', { dataDir: 'photos', size: 32 });
const { classes, imageShape: inputShape, mean, standardDeviation } = photos;
const splits = splitDataset(photos);

const { conv2d, flatten, dense } = tfl.layers;
const stem = conv2d({ name: 'stem', inputShape, filters: 8, kernelSize: 5, strides: 2, activation: 'relu' });
const late = conv2d({ filters: 32, kernelSize: 3, strides: 2, activation: 'relu' });
const classifier = dense({ units: classes.length });
const network = tfl.sequential({ layers: [stem, late, flatten(), classifier] });

const about = { classes, preprocessing: { inputShape, mean, standardDeviation } };
const model = attachExits(network, [{ after: 'stem', head: 'linear' }], about);
await train({ model, ...splits, epochs: 10, batchSize: 32, optimizer: adam() });

const cached = await computeLogits(model, splits.calibration);
const temperatures = fitTemperatures(cached);
const costs = costsOf(model.metadata);
const found = searchThresholds(cached, { costs, temperatures, aim: { maxAccuracyDrop: 0.01 } });
const calibrated = withPolicy(model, found.policy);
await saveModel(calibrated, 'my-network');
const share = found.averageMacs / costs.staticMacs;
console.log(`${found.accuracy.toFixed(2)} right, for ${share.toFixed(2)} of the cost`);
// → 1.00 right, for 0.60 of the cost
