import { shortMacs } from '@earlyexit/core/format';
import { h, type VNode } from 'vue';
import { shareText } from '../live-figures';
import type { ShownStage } from './attached-layers';

/** What runs between one exit and the next, what that costs, and what is carried on. */
export function stageTable(stages: readonly ShownStage[]): VNode {
  return h('div', { class: 'stages', tabindex: 0, role: 'region', 'aria-label': 'Stages' }, [
    h('table', [
      h('thead', [
        h(
          'tr',
          ['Exit', 'Layers of the stage', 'Its head', 'Leaving here costs', 'Carried on, for one sample'].map(
            (title) => h('th', { scope: 'col' }, title),
          ),
        ),
      ]),
      h(
        'tbody',
        stages.map(({ name, layers, macs, headMacs, share, carried }) =>
          h('tr', { 'data-stage': name, 'data-share': share }, [
            h('th', { scope: 'row' }, name),
            h('td', { title: layers.join(', ') }, rangeOf(layers)),
            h('td', headMacs === 0 ? '–' : shortMacs(headMacs)),
            h('td', `${shortMacs(macs)} (${shareText(share, 1)})`),
            h(
              'td',
              carried
                .map(({ id, shape, bytes }) => `${id} ${shape.join(' × ')}, ${(bytes / 1000).toFixed(1)} kB`)
                .join('; ') || 'nothing',
            ),
          ]),
        ),
      ),
    ]),
  ]);
}

function rangeOf(layers: readonly string[]): string {
  return layers.length < 3 ? layers.join(', ') : `${layers.length}: ${layers[0]} … ${layers.at(-1)}`;
}
