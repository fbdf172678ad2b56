import type { NetworkFacts } from '@earlyexit/branch-head';
import { count, plural, shortMacs } from '@earlyexit/core/format';

/** What `import --json` prints. */
export interface ImportedDocument extends NetworkFacts {
  /** The folder of the saved model. */
  readonly model: string;
}

/** Said where nobody has said how images are prepared. */
export const UNPREPARED =
  'nothing says how images are prepared for this network: training takes what is usual for the data. State --mean and --std if its own training was otherwise';

/** What was read, and how to go on. */
export function describeImported(document: ImportedDocument): string[] {
  const { model, name, inputShape, classes, exits, layers, parameters, macs } = document;
  return [
    `${model}: ${name}, ${plural(layers, 'layer')}, ${shortMacs(macs)} MACs, ${count(parameters)} parameters, images [${inputShape.join(', ')}], ${count(classes.length)} classes`,
    exits === 0
      ? `next: earlyexit train ${model} --exits LAYER … --dataset NAME (earlyexit profile ${model} --layers lists them)`
      : `next: earlyexit train ${model} --regime frozen --dataset NAME`,
  ];
}
