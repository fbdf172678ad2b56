import type { listDatasets } from '@earlyexit/datasets';
import { count } from '@earlyexit/core/format';
import type { Output } from '../../terminal/output';
import { formatTable } from '../../terminal/table';

/** The data sets as a table. */
export function describeDatasets(
  entries: ReturnType<typeof listDatasets>,
  { colors, width }: Pick<Output, 'colors' | 'width'>,
): string[] {
  const orDash = (value: number | null): string => (value === null ? '–' : count(value));
  return formatTable(
    ['name', '>classes', '>image', '>train', '>test', 'licence', 'source'],
    entries.map(({ name, classes, imageShape, trainSize, testSize, licence, source }) => [
      name,
      orDash(classes),
      imageShape?.join('×') ?? '–',
      orDash(trainSize),
      orDash(testSize),
      licence,
      source,
    ]),
    colors,
    width,
  );
}
