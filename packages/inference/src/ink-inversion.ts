import type { Preprocessing } from './preprocess';

/**
 * Whether an image should be inverted before a network sees it. For a network trained on light ink on a dark ground,
 * photographs of dark ink on paper have to be inverted, so `'auto'` looks at each image. A network that is not about
 * ink, or does not say, sees every image as it is: nothing is guessed from its classes or channels.
 *
 * @param preprocessing the preprocessing in the network's metadata
 * @param remembered the data set's polarity as recorded by a run, for older models, which do not say
 */
export function inkInversion(
  preprocessing: Pick<Preprocessing, 'polarity'> | null,
  remembered: Preprocessing['polarity'] = null,
): 'auto' | false {
  const polarity = preprocessing?.polarity === undefined ? remembered : preprocessing.polarity;
  return polarity === 'light-on-dark' ? 'auto' : false;
}
