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

// The same 54 blocks in each.
const onlyOf: Readonly<Record<string, string>> = {
  'resnet-imagenet': representative,
  'resnet-branchynet': 'b_resnet110',
};

/** The networks that a test over the whole registry tries: those for ImageNet, which are made 32×32 pixels, by one of them. */
export function smallForms(entries: readonly Entry[]): SmallForm[] {
  return entries
    .filter(({ name, family }) => (onlyOf[family] ?? name) === name)
    .map(({ name, family }) => ({
      name,
      options: family === 'resnet-imagenet' ? { inputShape: [32, 32, 3], classes: 10 } : {},
    }));
}
