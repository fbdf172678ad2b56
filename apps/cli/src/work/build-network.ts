import type { MultiExitModel } from '@earlyexit/branch-head';
import type { DataSource } from '@earlyexit/datasets';
import { ArgumentError } from '@earlyexit/core';
import { naming } from '../naming';

/** The head that an exit gets if none is named: it fits everywhere and costs little. */
const DEFAULT_HEAD = 'pooled';

/**
 * Builds a registered network with seeded weights for a data set, or as published.
 *
 * @param exits what `--exits` says: `LAYER` or `LAYER:HEAD`, for a plain network
 * @throws ArgumentError for a name, layer or head that does not exist, or exits on a network that has some
 */
export async function buildNetwork(options: {
  readonly name: string;
  readonly exits?: readonly string[] | undefined;
  readonly source?: DataSource | undefined;
  readonly seed: number;
}): Promise<MultiExitModel> {
  const { name, exits = [], source, seed } = options;
  const { createModel, resolveLayerName } = await import('@earlyexit/model-zoo');
  const fresh = await naming('--model', () =>
    createModel(name, {
      seed,
      ...(source === undefined
        ? {}
        : {
            classes: source.classes,
            inputShape: source.imageShape,
            preprocessing: {
              inputShape: source.imageShape,
              mean: source.mean,
              standardDeviation: source.standardDeviation,
              polarity: source.polarity ?? null,
            },
          }),
    }),
  );
  if (exits.length === 0) return fresh;
  const own = fresh.metadata.exits.slice(0, -1);
  if (own.length > 0) {
    throw new ArgumentError({
      where: '--exits',
      rule: 'exits are attached to a plain network',
      received: `${name}, which has ${own.map((exit) => `${exit.name} after ${exit.attachedAfter ?? ''}`).join(', ')}`,
      remedy: 'Name the plain variant, or leave --exits out',
    });
  }
  const { attachExits } = await import('@earlyexit/branch-head');
  return naming('--exits', () => {
    const specifications = exits.map((written) => {
      const [layer = '', head = DEFAULT_HEAD, ...rest] = written.split(':');
      if (layer === '' || head === '' || rest.length > 0) {
        throw new ArgumentError({
          where: '--exits',
          rule: 'an exit is written LAYER or LAYER:HEAD',
          received: written,
        });
      }
      // Whether the head exists is attachExits's to say: it knows the names.
      return { after: resolveLayerName(fresh, layer), head: head as 'pooled' };
    });
    const { metadata } = fresh;
    return attachExits(fresh.model, specifications, {
      name: metadata.name,
      classes: metadata.classes,
      preprocessing: metadata.preprocessing,
      seed,
    });
  });
}
