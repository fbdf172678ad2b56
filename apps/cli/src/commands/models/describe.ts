import type { ModelEntry } from '@earlyexit/model-zoo';
import type { Output } from '../../terminal/output';
import { formatTable } from '../../terminal/table';

/** The registered networks as a table. */
export function describeModels(
  entries: readonly ModelEntry[],
  { colors, width }: Pick<Output, 'colors' | 'width'>,
): string[] {
  return formatTable(
    ['name', '>early exits', '>input', 'data set', 'description'],
    entries.map(({ name, exits, inputShape, defaultDataset, description }) => [
      name,
      String(exits),
      inputShape.join('×'),
      defaultDataset ?? '–',
      description,
    ]),
    colors,
    width,
  );
}
