import { optimizerNames, regimeNames, scheduleNames } from '@earlyexit/trainer';
import { z } from 'zod';

/** A figure of a paper, and what of ours stands beside it. */
export const figureNames = [
  'top1',
  'static-top1',
  'macs-ratio',
  'trunk-ratio',
  'first-exit-share',
  'second-exit-share',
  'final-exit-share',
] as const;

/** The name of a figure: all of them are fractions, but for the ratios, which are how many times cheaper. */
export type FigureName = (typeof figureNames)[number];

const name = z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'lower-case letters, digits and dashes');
const text = z.string().trim().min(1);
const share = z.number().min(0).max(1);
const count = z.int().min(1);

const training = z.strictObject({
  epochs: count,
  batchSize: count.optional(),
  optimizer: z.enum(optimizerNames).optional(),
  learningRate: z.number().positive().optional(),
  momentum: share.optional(),
  nesterov: z.boolean().optional(),
  weightDecay: z.number().min(0).optional(),
  schedule: z.enum(scheduleNames).optional(),
  warmupEpochs: z.int().min(0).optional(),
  regime: z.enum(regimeNames).optional(),
  /** Of the epochs, what goes to the backbone first, in a regime that begins with it. */
  backboneShare: share.optional(),
  /** In a cascade, whether those epochs train everything. */
  integrated: z.boolean().optional(),
  /** One per exit, the final one last; left out: the network's own. */
  lossWeights: z.array(z.number().min(0)).optional(),
  averageDecay: share.optional(),
  labelSmoothing: share.optional(),
  clipNorm: z.number().positive().optional(),
});

const aim = z.union([
  z.strictObject({ targetMacs: share }),
  z.strictObject({ maxAccuracyDrop: share }),
  /** As published: nothing is searched for. */
  z.strictObject({ thresholds: z.array(z.union([z.number(), z.enum(['never', 'always'])])) }),
  /** Every combination of these values, one exit each; the most accurate, of equals the cheapest. */
  z.strictObject({ screening: z.array(z.number()).min(1) }),
  /** Of the samples that reach an early exit, what share leaves there. */
  z.strictObject({ shares: z.array(share) }),
]);

const system = z.strictObject({
  name,
  /** One sentence: what it is. */
  about: text,
  /** A registered network. */
  network: text,
  /** Exits for a plain network, as `LAYER:HEAD`. */
  exits: z.array(text).optional(),
  /** An earlier system of the recipe whose trained network this is too; it is not trained again. */
  trainedAs: name.optional(),
  criterion: text,
  aim,
  /** By the rule of Conditional Deep Learning: exits whose gain a sample is not above this many operations are taken out. */
  admitGain: z.number().optional(),
  /** What differs from the recipe's training. */
  training: training.partial().optional(),
});

/** What a recipe file holds; see {@link Recipe}. */
export const recipeSchema = z.strictObject({
  name,
  title: text,
  /** The publication, and where its figures were read. */
  paper: text,
  /** What is known to differ from the publication, in sentences. */
  notes: z.array(text).default([]),
  dataset: text,
  augmentation: z
    .array(
      z.union([
        z.strictObject({ padAndCrop: count }),
        z.strictObject({ horizontalFlip: z.literal(true) }),
        /** Of ImageNet: a window of random size, shape and place; `true` for the usual sizes. */
        z.strictObject({
          randomResizedCrop: z.union([
            z.literal(true),
            z.strictObject({
              minArea: share.optional(),
              maxArea: share.optional(),
              maxAspectRatio: z.number().min(1).optional(),
            }),
          ]),
        }),
      ]),
    )
    .default([]),
  training,
  /** What `quick` changes: enough to see every step work, and no more. */
  quick: z.strictObject({
    epochs: count,
    limit: count,
    /** Side of the images in pixels, of data without a size of their own. */
    imageSize: count.optional(),
  }),
  systems: z.array(system).min(1),
  published: z.array(
    z.strictObject({
      system: name,
      figure: z.enum(figureNames),
      /** Null where the paper could not be read. */
      value: z.number().nullable(),
      /** Where in the paper or its code it stands. */
      source: text,
      /** Why ours differs. */
      reason: text,
    }),
  ),
  /** What the full form is meant to reach. */
  bars: z.array(z.strictObject({ system: name, figure: z.enum(figureNames), least: z.number() })).default([]),
});

/** A published system as data: what is trained how, where its samples leave, and the figures that it is held against. */
export type Recipe = z.infer<typeof recipeSchema>;

/** One network of a recipe, with its own exits and thresholds. */
export type RecipeSystem = Recipe['systems'][number];

/** How samples are let go. */
export type RecipeAim = RecipeSystem['aim'];
