import type { Threshold } from '@earlyexit/exit-criteria';
import { h, type VNode } from 'vue';
import { shareText } from '../live-figures';
import { shortThreshold } from './thresholds-state';
import type { ThresholdsModel } from './use-thresholds';

/** The accuracy that one may lose where a search is asked: half a point. */
const DROP = 0.005;

/** A slider for each early exit, and thresholds that are found by themselves. */
export function thresholdSliders({
  scored,
  thresholds,
  shares,
  frontier,
  finalAccuracy,
  slide,
  choose,
}: ThresholdsModel): VNode {
  /** The cheapest thresholds of the frontier that lose no more than so much. */
  const cheapest = (): readonly Threshold[] =>
    (frontier.value.find(({ accuracy }) => accuracy >= finalAccuracy.value - DROP) ?? frontier.value.at(-1)!)
      .thresholds;
  return h('fieldset', { class: 'exits' }, [
    h('legend', 'Thresholds'),
    ...thresholds.value.map((threshold, exit) => oneSlider(exit, threshold, shares.value[exit]!, slide)),
    h('div', { class: 'choices' }, [
      h(
        'button',
        {
          type: 'button',
          disabled: scored.value === null,
          onClick: () => choose(thresholds.value.map(() => 'never')),
        },
        'Nobody leaves',
      ),
      h(
        'button',
        { type: 'button', disabled: frontier.value.length === 0, onClick: () => choose(cheapest()) },
        'At most half a point lost',
      ),
    ]),
  ]);
}

function oneSlider(
  exit: number,
  threshold: Threshold,
  share: number,
  slide: ThresholdsModel['slide'],
): VNode {
  const text = shortThreshold(typeof threshold === 'number' ? Number(threshold.toPrecision(4)) : threshold);
  return h('label', [
    `Exit ${exit + 1}: `,
    h('output', text),
    h('small', ` lets ${shareText(share, 1)} leave, of all`),
    h('input', {
      type: 'range',
      min: 0,
      max: 1,
      step: 0.001,
      value: share,
      'data-exit': exit,
      'aria-valuetext': `threshold ${text}, lets ${shareText(share, 1)} of all samples leave`,
      onInput: (event: Event) => slide(exit, Number((event.target as HTMLInputElement).value)),
    }),
  ]);
}
