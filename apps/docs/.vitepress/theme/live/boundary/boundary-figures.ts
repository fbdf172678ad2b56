import type { Boundary } from '@earlyexit/boundary';
import { count } from '@earlyexit/core/format';
import type { VNode } from 'vue';
import { liveFigures, shareText } from '../live-figures';

/** Who answered, how well, and what it cost: beside the plot, and its legend. */
export function boundaryFigures(boundary: Boundary | null): VNode {
  const [first, last] = boundary?.exits ?? [];
  const each = (exit: typeof first): string =>
    exit === undefined
      ? ''
      : `${shareText(exit.accuracy)} of these right, ${count(exit.macs)} multiply-accumulates each`;
  const alone = (exit: typeof first): string => shareText(exit?.accuracyOfAll ?? null);
  return liveFigures([
    { name: 'first', title: 'leave at the first exit', value: first?.share ?? null, words: each(first) },
    { name: 'last', title: 'go on to the last', value: last?.share ?? null, words: each(last) },
    {
      name: 'accuracy',
      title: 'are right in all',
      value: boundary?.accuracy ?? null,
      words: boundary === null ? '' : `the first exit alone: ${alone(first)}; the last alone: ${alone(last)}`,
    },
    {
      name: 'cost',
      title: 'of the full cost',
      value: boundary === null ? null : boundary.averageMacs / boundary.staticMacs,
      words:
        boundary === null
          ? ''
          : `${count(boundary.averageMacs)} of ${count(boundary.staticMacs)} multiply-accumulates on average`,
    },
  ]);
}
