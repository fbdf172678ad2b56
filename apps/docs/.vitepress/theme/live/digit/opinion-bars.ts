import { percent, shortMacs } from '@earlyexit/core/format';
import { h, type VNode } from 'vue';
import type { DigitAnswer, ExitOpinion } from './answer-digit';

/** Of a certainty, in pixels. */
const BAR_HEIGHT = 72;

/** One exit: how sure it was of each class, what that is held against, and what it cost. */
export function opinionBars(
  { name, probabilities, macs }: ExitOpinion,
  {
    exit,
    threshold,
    index,
  }: { readonly exit: DigitAnswer['exit']; readonly threshold: number; readonly index: number },
): VNode {
  const isFinal = name === 'final';
  const answered = index === exit;
  const largest = Math.max(...probabilities);
  const verdict = isFinal
    ? answered
      ? 'the last exit always answers'
      : 'never computed for this digit: this is what it would have said'
    : `largest probability ${largest.toFixed(4)} ${largest >= threshold ? '≥' : '<'} ${threshold.toFixed(4)}: ${answered ? 'leaves here' : 'goes on'}`;
  return h('section', { class: ['opinion', answered ? 'answered' : 'silent'], 'data-exit': name }, [
    h('h3', [isFinal ? 'Final exit' : 'First exit', h('small', `${shortMacs(macs)} multiply-accumulates`)]),
    h(
      'ol',
      { class: 'bars', start: 0 },
      probabilities.map((value, digit) =>
        h(
          'li',
          { class: value === largest ? 'largest' : '', 'aria-label': `${digit}: ${percent(value, 1)}` },
          [
            h('span', { class: 'digit' }, String(digit)),
            h('span', { class: 'bar', style: { height: `${Math.max(1, BAR_HEIGHT * value)}px` } }),
          ],
        ),
      ),
    ),
    h('p', { class: 'verdict' }, verdict),
  ]);
}
