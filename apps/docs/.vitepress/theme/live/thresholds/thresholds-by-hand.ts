import { defineComponent, h, ref, type VNode } from 'vue';
import { elementWidth } from '../element-width';
import { expectation } from '../expectation';
import { expectedShare } from './expected-share';
import { flowPicture } from './flow-picture';
import { frontierChart } from './frontier-chart';
import { networkChoices } from './kept-network';
import { networkChoice } from './network-choice';
import { promiseBox } from './promise-box';
import { thresholdFigures } from './threshold-figures';
import { thresholdSliders } from './threshold-sliders';
import { useThresholds } from './use-thresholds';
import '../live-example.css';
import './thresholds.css';

/** Kept logits of a network, a slider for the threshold of each exit, and what follows. */
export default defineComponent({
  name: 'ThresholdsByHand',
  setup() {
    const root = ref<HTMLElement | null>(null);
    const pictures = ref<HTMLElement | null>(null);
    const width = elementWidth(pictures);
    const model = useThresholds(root);
    const { state, scored, look, frontier, finalAccuracy, problem } = model;

    return () =>
      h('div', { class: 'live-example thresholds-example', ref: root, 'data-phase': phase() }, [
        // It is about digits.
        state.value.network === networkChoices[0]!.name ? h(expectation, expectedShare) : null,
        h('div', { class: 'choose' }, [thresholdSliders(model), ...networkChoice(model), promiseBox(model)]),
        h('div', { class: 'shown' }, [thresholdFigures(model), h('div', { ref: pictures }, shown())]),
      ]);

    function phase(): string {
      if (problem.value !== '') return 'failed';
      if (look.value === null) return 'waiting';
      return frontier.value.length === 0 ? 'searching' : 'ready';
    }

    function shown(): VNode[] {
      const [now, network] = [look.value, scored.value];
      if (problem.value !== '') return [h('p', { class: 'note' }, `This cannot be shown: ${problem.value}`)];
      if (now === null || network === null) {
        return [h('p', { class: 'note' }, 'The logits load as soon as this is in sight …')];
      }
      return [
        h('h3', 'Where the samples leave'),
        flowPicture(now, width.value),
        h('h3', 'Accuracy and cost'),
        h(frontierChart, {
          ...{ scored: network, look: now, width: width.value },
          ...{ frontier: frontier.value, finalAccuracy: finalAccuracy.value },
        }),
        h(
          'p',
          { class: 'note' },
          'The line: the best thresholds that a search finds on the calibration samples, measured on the test samples. Dashed: the final exit alone.',
        ),
      ];
    }
  },
});
