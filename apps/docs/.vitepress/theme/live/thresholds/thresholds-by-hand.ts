import { argmaxRows, getCriterion, listCriteria, type Threshold } from '@earlyexit/exit-criteria';
import { shortMacs } from '@earlyexit/core/format';
import {
  computed,
  defineComponent,
  h,
  onMounted,
  onUnmounted,
  ref,
  shallowRef,
  type VNode,
  watchEffect,
} from 'vue';
import { expectation } from '../expectation';
import { readLinkState, writeLinkState } from '../link-state';
import { liveFigures, shareText } from '../live-figures';
import { whenSeen } from '../when-seen';
import { elementWidth } from './element-width';
import { expectedShare } from './expected-share';
import { flowPicture } from './flow-picture';
import { frontierPicture } from './frontier-picture';
import { type KeptNetwork, loadKeptNetwork, networkChoices } from './kept-network';
import { type Look, lookAt, type ScoredNetwork, scoreNetwork, shareAt, thresholdAt } from './scored-network';
import { type Searcher, startSearcher } from './search-in-worker';
import type { FrontierLook, PromiseLook } from './search-tasks';
import {
  deltas,
  risks,
  shortThreshold,
  stateFromLink,
  stateToLink,
  type ThresholdsState,
} from './thresholds-state';
import '../live-example.css';
import './thresholds.css';

const names = networkChoices.map(({ name }) => name);

/** Kept logits of a network, a slider for the threshold of each exit, and what follows. */
export default defineComponent({
  name: 'ThresholdsByHand',
  setup() {
    const root = ref<HTMLElement | null>(null);
    const pictures = ref<HTMLElement | null>(null);
    const chart = ref<HTMLElement | null>(null);
    const width = elementWidth(pictures, 600);
    const state = shallowRef<ThresholdsState>(stateFromLink(new URLSearchParams(), names));
    const scored = shallowRef<ScoredNetwork | null>(null);
    const thresholds = shallowRef<readonly Threshold[]>([]);
    /** Where the sliders stand: the share of all samples that an exit would let leave. */
    const shares = shallowRef<readonly number[]>([]);
    const frontier = shallowRef<readonly FrontierLook[]>([]);
    const promise = shallowRef<PromiseLook | null>(null);
    const problem = ref('');
    let searcher: Searcher | null = null;

    const look = computed<Look | null>(() =>
      scored.value === null ? null : lookAt(scored.value, thresholds.value),
    );
    const finalAccuracy = computed(() => (scored.value === null ? 0 : accuracyOfFinal(scored.value.network)));

    function fail(error: unknown): void {
      problem.value = error instanceof Error ? error.message : String(error);
    }

    function remember(part: Partial<ThresholdsState>): void {
      state.value = { ...state.value, ...part };
      writeLinkState(stateToLink(state.value, names));
    }

    /** Takes thresholds from elsewhere than the sliders. */
    function take(next: readonly Threshold[]): void {
      const now = scored.value!;
      thresholds.value = next;
      shares.value = next.map((threshold, exit) => shareAt(now, exit, threshold));
    }

    function slide(exit: number, share: number): void {
      const threshold = roundThreshold(thresholdAt(scored.value!, exit, share));
      shares.value = shares.value.with(exit, share);
      thresholds.value = thresholds.value.with(exit, threshold);
      remember({ thresholds: thresholds.value });
    }

    function choose(next: readonly Threshold[]): void {
      take(next.map(roundThreshold));
      remember({ thresholds: thresholds.value });
    }

    async function openNetwork(): Promise<void> {
      const { network: name } = state.value;
      const network = await loadKeptNetwork(name);
      if (name !== state.value.network) return;
      searcher?.end();
      searcher = startSearcher(network);
      score(network);
    }

    function score(network: KeptNetwork, keepShares = false): void {
      const criterion = state.value.criterion ?? network.criterion;
      scored.value = scoreNetwork(network, criterion);
      const own =
        criterion === network.criterion ? network.thresholds.map((threshold) => threshold ?? 'never') : null;
      const asked = state.value.thresholds;
      const early = network.exits.length - 1;
      if (keepShares) {
        const now = scored.value;
        thresholds.value = shares.value.map((share, exit) => roundThreshold(thresholdAt(now, exit, share)));
        remember({ thresholds: thresholds.value });
      } else take(asked?.length === early ? asked : (own ?? Array<Threshold>(early).fill('never')));
      frontier.value = [];
      const now = scored.value;
      searcher!.frontier(criterion).then((found) => {
        if (scored.value === now) frontier.value = found;
      }, fail);
      askPromise();
    }

    function askPromise(): void {
      const now = scored.value!;
      const aim = { risk: state.value.risk, delta: state.value.delta };
      promise.value = null;
      searcher!.promise(now.criterion, aim).then(
        (found) => {
          if (scored.value === now && aim.risk === state.value.risk && aim.delta === state.value.delta)
            promise.value = found;
        },
        (error: unknown) => {
          promise.value = {
            thresholds: [],
            statement: error instanceof Error ? error.message : String(error),
          };
        },
      );
    }

    watchEffect(
      () => {
        if (chart.value === null || look.value === null || scored.value === null) return;
        const { staticMacs } = scored.value.network.costs;
        const options = { finalAccuracy: finalAccuracy.value, staticMacs, width: width.value };
        chart.value.replaceChildren(frontierPicture(frontier.value, look.value, options));
      },
      { flush: 'post' },
    );

    onMounted(() => {
      state.value = stateFromLink(readLinkState(), names);
    });
    onUnmounted(() => searcher?.end());
    whenSeen(root, () => void openNetwork().catch(fail));

    return () =>
      h(
        'div',
        {
          class: 'live-example thresholds-example',
          ref: root,
          'data-phase':
            problem.value !== ''
              ? 'failed'
              : look.value === null
                ? 'waiting'
                : frontier.value.length === 0
                  ? 'searching'
                  : 'ready',
        },
        [
          state.value.network === names[0] ? h(expectation, expectedShare) : null,
          h('div', { class: 'choose' }, [sliders(), networkChoice(), criterionChoice(), promiseBox()]),
          h('div', { class: 'shown' }, [
            figures(),
            h('div', { ref: pictures }, [
              h('h3', 'Where the samples leave'),
              look.value === null
                ? h('p', { class: 'note' }, waiting())
                : flowPicture(look.value, width.value),
              h('h3', 'Accuracy and cost'),
              h('div', { ref: chart, class: 'chart' }),
              h(
                'p',
                { class: 'note' },
                'The line: the best thresholds that a search finds on the calibration samples, measured on the test samples. Dashed: the final exit alone.',
              ),
            ]),
          ]),
        ],
      );

    function waiting(): string {
      return problem.value === ''
        ? 'The logits load as soon as this is in sight …'
        : `This cannot be shown: ${problem.value}`;
    }

    function networkChoice(): VNode {
      return h('label', [
        'Network',
        h(
          'select',
          {
            value: state.value.network,
            onChange: (event: Event) => {
              remember({
                network: (event.target as HTMLSelectElement).value,
                criterion: null,
                thresholds: null,
              });
              void openNetwork().catch(fail);
            },
          },
          networkChoices.map(({ name, title }) => h('option', { value: name }, title)),
        ),
      ]);
    }

    function criterionChoice(): VNode {
      const current = scored.value?.criterion ?? 'max-probability';
      return h('label', [
        'Criterion',
        h(
          'select',
          {
            value: current,
            disabled: scored.value === null,
            onChange: (event: Event) => {
              const { network } = scored.value!;
              const criterion = (event.target as HTMLSelectElement).value;
              remember({ criterion: criterion === network.criterion ? null : criterion });
              score(network, true);
            },
          },
          listCriteria()
            .filter(({ needsLabels }) => !needsLabels)
            .map(({ name }) => h('option', { value: name }, name)),
        ),
        h(
          'small',
          { class: 'note' },
          `${getCriterion(current).description}; leaves when ${getCriterion(current).rule}`,
        ),
      ]);
    }

    function sliders(): VNode {
      return h('fieldset', { class: 'exits' }, [
        h('legend', 'Thresholds'),
        ...thresholds.value.map((threshold, exit) => {
          const share = shares.value[exit]!;
          const text = shortThreshold(
            typeof threshold === 'number' ? Number(threshold.toPrecision(4)) : threshold,
          );
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
        }),
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
            {
              type: 'button',
              disabled: frontier.value.length === 0,
              onClick: () => choose(cheapestWithin(0.005)),
            },
            'At most half a point lost',
          ),
        ]),
      ]);
    }

    /** The cheapest thresholds of the frontier that lose no more than so much. */
    function cheapestWithin(drop: number): readonly Threshold[] {
      const found = frontier.value.find(({ accuracy }) => accuracy >= finalAccuracy.value - drop);
      return (found ?? frontier.value.at(-1)!).thresholds;
    }

    function promiseBox(): VNode {
      const pick = (
        title: string,
        value: number,
        choices: readonly number[],
        text: (choice: number) => string,
        set: (value: number) => void,
      ): VNode =>
        h('label', [
          title,
          h(
            'select',
            {
              value: String(value),
              onChange: (event: Event) => {
                set(Number((event.target as HTMLSelectElement).value));
                if (scored.value !== null) askPromise();
              },
            },
            choices.map((choice) => h('option', { value: String(choice) }, text(choice))),
          ),
        ]);
      const found = promise.value;
      return h('div', { class: 'promise' }, [
        h('h3', 'A promise'),
        pick(
          'Answers that differ from the final exit’s: at most ',
          state.value.risk,
          risks,
          (value) => shareText(value, 1),
          (risk) => remember({ risk }),
        ),
        pick(
          'Kept with a probability of ',
          state.value.delta,
          deltas,
          (value) => shareText(1 - value),
          (delta) => remember({ delta }),
        ),
        h('p', { 'aria-live': 'polite' }, found === null ? 'Searching …' : `${found.statement}.`),
        h(
          'button',
          {
            type: 'button',
            disabled: found === null || found.thresholds.length === 0,
            onClick: () => choose(found!.thresholds),
          },
          'Take these thresholds',
        ),
        look.value === null
          ? null
          : h(
              'p',
              { class: 'note', 'data-figure': 'differing', 'data-value': look.value.differing },
              `At the thresholds above, ${shareText(look.value.differing, 2)} of the test answers differ.`,
            ),
      ]);
    }

    function figures(): VNode {
      const now = look.value;
      const network = scored.value?.network;
      const early = now === null ? null : 1 - now.exits.at(-1)!.taken / now.samples;
      const cost = now === null || network === undefined ? null : now.averageMacs / network.costs.staticMacs;
      return liveFigures([
        {
          name: 'early',
          title: 'leave early',
          value: early,
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
          value: cost,
          digits: 1,
          words:
            now === null || network === undefined
              ? ''
              : `${shortMacs(now.averageMacs)} of ${shortMacs(network.costs.staticMacs)} multiply-accumulates on average`,
        },
      ]);
    }
  },
});

/** As the link holds it, so that what is seen is what is sent. */
function roundThreshold(threshold: Threshold): Threshold {
  return typeof threshold === 'number' ? Number(threshold.toPrecision(7)) : threshold;
}

function accuracyOfFinal({ test }: KeptNetwork): number {
  const answers = argmaxRows(test.exits.at(-1)!, test.classes);
  return answers.filter((answer, row) => answer === test.labels![row]).length / test.samples;
}
