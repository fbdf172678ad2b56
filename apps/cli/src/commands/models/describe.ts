import { percent } from '@earlyexit/core/format';
import type { ModelEntry } from '@earlyexit/model-zoo';
import type { PretrainedCard } from '@earlyexit/weights';
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

/** The trained networks as a table. */
export function describePretrained(
  cards: readonly PretrainedCard[],
  { colors, width }: Pick<Output, 'colors' | 'width'>,
): string[] {
  return formatTable(
    ['name', '>accuracy', '>without exits', '>cheaper', '>int8', 'description'],
    cards.map(({ name, evaluation, int8, description }) => [
      name,
      percent(evaluation.top1),
      percent(evaluation.static.top1),
      evaluation.macsRatio === null ? '–' : `${evaluation.macsRatio.toFixed(2)}×`,
      percent(int8.top1),
      description,
    ]),
    colors,
    width,
  );
}
