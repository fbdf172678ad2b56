import * as tfl from '@tensorflow/tfjs-layers';
import { selectEngine } from '@earlyexit/backend';
import { attachExits, computeLogits, withMetadata } from '@earlyexit/branch-head';
import { saveModel } from '@earlyexit/branch-head/node';
import { fitTemperatures, searchThresholds } from '@earlyexit/calibration';
import { openDataset, splitDataset } from '@earlyexit/datasets';
import { thresholdToJson } from '@earlyexit/exit-criteria';
import { adam, train } from '@earlyexit/trainer';

await selectEngine();
const photos = await openDataset('image-folder', { dataDir: 'photos', size: 32 });
const { classes, imageShape: inputShape, mean, standardDeviation } = photos;
const splits = splitDataset(photos);

const { conv2d, flatten, dense } = tfl.layers;
const input = tfl.input({ shape: inputShape });
const early = conv2d({ name: 'early', filters: 8, kernelSize: 5, strides: 2, activation: 'relu' }).apply(input);
const late = conv2d({ filters: 32, kernelSize: 3, strides: 2, activation: 'relu' }).apply(early);
const logits = dense({ units: classes.length }).apply(flatten().apply(late));
const network = tfl.model({ inputs: input, outputs: logits });

const preprocessing = { inputShape, mean, standardDeviation };
const model = attachExits(network, [{ after: 'early', head: 'pooled' }], { classes, preprocessing });
await train({ model, ...splits, epochs: 10, batchSize: 32, optimizer: adam() });

const cached = await computeLogits(model, splits.calibration);
const temperatures = fitTemperatures(cached);
const costs = { exitMacs: model.metadata.exits.map(({ macs }) => macs), staticMacs: model.metadata.staticMacs };
const found = searchThresholds(cached, { temperatures, aim: { maxAccuracyDrop: 0.01 }, ...costs });
const policy = { criterion: 'max-probability', thresholds: found.thresholds.map(thresholdToJson), temperatures };
await saveModel(withMetadata(model, { policy }), 'my-network');
console.log(`${found.accuracy} right`);
