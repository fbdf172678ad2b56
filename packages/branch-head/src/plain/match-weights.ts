import type { WeightSpecification } from '../saving/weight-specifications';
import type { tfl } from '../tf';
import { refuse } from './saved-topology';

/** The names of Keras 3 for weights that TensorFlow.js names differently. */
const OTHER_NAMES: Readonly<Record<string, string>> = { depthwise_kernel: 'kernel' };
/** Keras 3 keeps these for its random layers; they are not weights of the network. */
const NO_WEIGHT = /(^|\/)seed_generator(_\d+)?\//;

/**
 * Matches saved weights to those of the model. Saved names may begin with the names of the models around a layer and
 * end with a number; the layer's name, the weight's name and the shape decide.
 *
 * @param paths for every layer the names that lead to it
 * @returns the name of the saved weight, by the weight's name in the model
 * @throws DataError if a weight is missing, or one is left over
 */
export function matchWeights(
  model: tfl.LayersModel,
  saved: readonly Pick<WeightSpecification, 'name' | 'shape'>[],
  paths: ReadonlyMap<string, readonly string[]>,
  where: string,
): Map<string, string> {
  const left = new Map(
    saved
      .filter(({ name }) => !NO_WEIGHT.test(name))
      .map((weight) => [weight.name, { weight, segments: weight.name.replace(/:\d+$/, '').split('/') }]),
  );
  const matched = new Map<string, string>();
  for (const layer of model.layers) {
    const path = paths.get(layer.name) ?? [layer.name];
    for (const weight of layer.weights) {
      const own = weight.originalName.split('/').at(-1)!;
      const fitting = [...left.values()]
        .filter(({ weight: { shape } }) => shape.join() === weight.shape.join())
        .map(({ weight: { name }, segments }) => ({ name, score: likeness(segments, path, own) }))
        .filter(({ score }) => score > 0)
        .sort((a, b) => b.score - a.score);
      const [best, next] = fitting;
      if (best === undefined || best.score === next?.score) {
        return refuse(
          where,
          `there is one weight '${[...path, own].join('/')}' [${weight.shape.join(', ')}]`,
          best === undefined ? 'none' : `'${best.name}' and '${next!.name}'`,
        );
      }
      matched.set(weight.originalName, best.name);
      left.delete(best.name);
    }
  }
  const [stray] = left.keys();
  if (stray !== undefined) refuse(where, 'every saved weight belongs to a layer', `'${stray}'`);
  return matched;
}

/**
 * How many names of the path a saved weight has in the right order, counted from the end; 0 if it is not of this layer.
 */
function likeness(segments: readonly string[], path: readonly string[], own: string): number {
  const weight = segments.at(-1);
  if (weight !== own && weight !== OTHER_NAMES[own]) return 0;
  let score = 0;
  let position = segments.length - 2;
  for (const name of path.toReversed()) {
    const found = segments.lastIndexOf(name, position);
    if (position < 0 || found < 0) break;
    score += 1;
    position = found - 1;
  }
  return score;
}
