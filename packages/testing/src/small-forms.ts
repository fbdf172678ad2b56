/** What tells how large a network of the registry is. */
interface Entry {
  readonly name: string;
  readonly family: string;
}

/** A network to try, and the options of `createModel` that keep it quick. */
export interface SmallForm {
  readonly name: string;
  readonly options: { readonly inputShape?: readonly [number, number, number]; readonly classes?: number };
}

// The deeper ones repeat its blocks, the shallower ones those of the CIFAR networks; each has a hundred megabytes of
// weights.
const representative = 'resnet50_earlyexit';

/** The networks that a test over the whole registry tries: those for ImageNet by one of them, at 32×32 pixels. */
export function smallForms(entries: readonly Entry[]): SmallForm[] {
  return entries
    .filter(({ name, family }) => family !== 'resnet-imagenet' || name === representative)
    .map(({ name, family }) => ({
      name,
      options: family === 'resnet-imagenet' ? { inputShape: [32, 32, 3], classes: 10 } : {},
    }));
}
