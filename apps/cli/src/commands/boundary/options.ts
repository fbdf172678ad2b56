import { declareCommand } from '../../command';
import { switchOption, valueOption } from '../../options/declare-option';
import { numberBetween, oneOf, text, wholeNumber } from '../../options/option-values';
import { engineOptions } from '../../options/shared-options';

// The package has these names too, but it loads TensorFlow.js.
const shapes = ['moons', 'rings', 'spirals'] as const;

/** `earlyexit boundary` */
export const boundary = declareCommand({
  name: 'boundary',
  summary: 'draw what the first exit of a small network can tell apart, and what is left to the last',
  example: `$ earlyexit boundary --data moons --out boundary.svg
…
moons: the first exit answers 60.5 % of the test points, the last the rest; 96.8 % are right
wrote boundary.svg and boundary.png`,
  operands: {},
  options: {
    data: valueOption('name', oneOf(shapes), 'moons, rings or spirals', {
      default: 'moons',
      sets: ['shape'],
    }),
    points: valueOption('n', wholeNumber(), 'training points; as many calibrate, and as many are shown', {
      default: 400,
    }),
    noise: valueOption('x', numberBetween(0, 2), 'standard deviation of the noise that moves the points', {
      otherwise: 'that of the data',
    }),
    steps: valueOption('n', wholeNumber(), 'steps of the training', { default: 500 }),
    threshold: valueOption('x', numberBetween(0.5, 1), 'probability from which the first exit answers', {
      otherwise: 'found on the calibration points, at no loss of accuracy there',
    }),
    seed: valueOption('n', wholeNumber(0), 'of the points and the weights', { default: 0 }),
    out: valueOption('file', text(), 'the picture; a PNG is written beside an SVG', {
      sets: ['path'],
      default: 'boundary.svg',
    }),
    force: switchOption('write over files that are there'),
    ...engineOptions,
  },
});
