import type { MultiExitModel } from '@earlyexit/branch-head';
import type { DataSource } from '@earlyexit/datasets';
import { naming } from '../naming';

/**
 * Builds a registered network with seeded weights for a data set, or as published.
 *
 * @param exits what `--exits` says, as `createModel` takes it
 * @throws ArgumentError that names the option
 */
export async function buildNetwork(options: {
  readonly name: string;
  readonly exits?: readonly string[] | undefined;
  readonly source?: DataSource | undefined;
  readonly seed: number;
}): Promise<MultiExitModel> {
  const { name, exits, source, seed } = options;
  const { createModel } = await import('@earlyexit/model-zoo');
  if (source === undefined) return naming(optionOf, () => createModel(name, { seed, exits }));
  const { classes, imageShape: inputShape, mean, standardDeviation, polarity = null } = source;
  const preprocessing = { inputShape, mean, standardDeviation, polarity };
  return naming(optionOf, () => createModel(name, { seed, exits, classes, inputShape, preprocessing }));
}

function optionOf(where: string): string {
  return where === 'createModel({ exits })' ? '--exits' : '--model';
}
