import type { MultiExitMetadata, Preprocessing } from '@earlyexit/branch-head';
import { version } from '@earlyexit/core';
import { type CriterionName, type Threshold, thresholdToJson } from '@earlyexit/exit-criteria';

/** The key under which both files hold what transformers.js ignores. */
const OWN_KEY = 'earlyexit';

/** `config.json`: what transformers.js needs in order to load the network, and what the network is. */
export function modelConfig(
  { name, classes, exits, staticMacs, policy }: MultiExitMetadata,
  built: {
    readonly criterion: CriterionName;
    readonly thresholds: readonly Threshold[];
    readonly isInt8: boolean;
  },
): object {
  return {
    // Of the types that transformers.js knows, the one that needs nothing but pixels.
    model_type: 'resnet',
    architectures: ['ResNetForImageClassification'],
    num_channels: 3,
    id2label: Object.fromEntries(classes.map((label, index) => [index, label])),
    label2id: Object.fromEntries(classes.map((label, index) => [label, index])),
    // Browsers would ask for a quantised file otherwise.
    'transformers.js_config': { dtype: built.isInt8 ? 'q8' : 'fp32' },
    [OWN_KEY]: {
      format: 'earlyexit-folder',
      formatVersion: 1,
      version,
      network: name,
      criterion: built.criterion,
      thresholds: built.thresholds.map(thresholdToJson),
      temperatures: policy?.temperatures ?? exits.map(() => 1),
      exits: exits.map((exit) => ({ name: exit.name, macs: exit.macs })),
      staticMacs,
    },
  };
}

/**
 * `preprocessor_config.json`: how transformers.js turns images into inputs, as close as it can get to what the network
 * was trained on.
 */
export function preprocessorConfig(preprocessing: Preprocessing): object {
  const { inputShape, mean, standardDeviation, polarity = null } = preprocessing;
  const [height, width, channels] = inputShape;
  const inColors = (values: readonly number[]): number[] =>
    channels === 1 ? [values[0]!, values[0]!, values[0]!] : [...values];
  return {
    image_processor_type: 'ViTFeatureExtractor',
    do_convert_rgb: true,
    do_resize: true,
    size: { shortest_edge: shortestEdge(preprocessing) },
    // Lanczos. We resize with a triangle, but antialiased, and transformers.js does that in Node for this filter alone:
    // on a photograph shrunk to 32 pixels it is off by 1.6 of 255 on average, its bilinear filter by 7.2.
    resample: 1,
    do_center_crop: true,
    crop_size: { height, width },
    do_rescale: true,
    rescale_factor: 1 / 255,
    do_normalize: true,
    image_mean: inColors(mean),
    image_std: inColors(standardDeviation),
    // transformers.js never inverts an image: the caller has to.
    [OWN_KEY]: { inputShape, polarity },
  };
}

/** The shorter side before the centre crop: what the network says, otherwise what `readImage` uses. */
export function shortestEdge({
  inputShape: [height, width],
  shorterSide,
}: Pick<Preprocessing, 'inputShape' | 'shorterSide'>): number {
  if (shorterSide !== undefined) return shorterSide;
  const margin = Math.min(height, width) >= IMAGENET_MARGIN_FROM ? 256 / 224 : 1;
  return Math.round(Math.max(height, width) * margin);
}

// The same limit as in `defaultFit` of `@earlyexit/datasets`; a test keeps the two equal.
const IMAGENET_MARGIN_FROM = 128;
