import type { Preprocessing } from './preprocess';

/**
 * Whether an image is to be inverted before a network sees it. A network of light ink on a dark ground is shown
 * photographs of dark ink on paper inverted, so `'auto'` looks at each image. A network for which ink is no matter, or
 * that does not say, sees every image as it is: nothing is guessed from its classes or channels.
 *
 * @param preprocessing what the network's metadata say of its input
 * @param remembered the polarity of the data set that a run remembers, for models of before, which do not say
 */
export function inkInversion(
  preprocessing: Pick<Preprocessing, 'polarity'> | null,
  remembered: Preprocessing['polarity'] = null,
): 'auto' | false {
  const polarity = preprocessing?.polarity === undefined ? remembered : preprocessing.polarity;
  return polarity === 'light-on-dark' ? 'auto' : false;
}
