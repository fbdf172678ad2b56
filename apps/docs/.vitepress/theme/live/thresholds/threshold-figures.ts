import { shortMacs } from '@earlyexit/core/format';
import type { VNode } from 'vue';
import { liveFigures, shareText } from '../live-figures';
import type { ThresholdsModel } from './use-thresholds';

/** What the thresholds come to on the test samples. */
export function thresholdFigures({ scored, look, finalAccuracy }: ThresholdsModel): VNode {
  const now = look.value;
  const staticMacs = scored.value?.network.costs.staticMacs ?? 0;
  return liveFigures([
    {
      name: 'early',
      title: 'leave early',
      value: now === null ? null : 1 - now.exits.at(-1)!.taken / now.samples,
      digits: 1,
      words: now === null ? '' : `of ${now.samples} test samples`,
    },
    {
      name: 'accuracy',
      title: 'are right',
      value: now?.accuracy ?? null,
      digits: 2,
      words: now === null ? '' : `the final exit alone: ${shareText(finalAccuracy.value, 2)}`,
    },
    {
      name: 'cost',
      title: 'of the full cost',
      value: now === null ? null : now.averageMacs / staticMacs,
      digits: 1,
      words:
        now === null
          ? ''
          : `${shortMacs(now.averageMacs)} of ${shortMacs(staticMacs)} multiply-accumulates on average`,
    },
  ]);
}
