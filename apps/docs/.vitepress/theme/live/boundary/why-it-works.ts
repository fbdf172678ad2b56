import type { Boundary, PlaneOpinions } from '@earlyexit/boundary';
import { defineComponent, h, onMounted, onUnmounted, ref, shallowRef, type VNode } from 'vue';
import { expectation } from '../expectation';
import { readLinkState, writeLinkState } from '../link-state';
import { whenSeen } from '../when-seen';
import { boundaryFigures } from './boundary-figures';
import { expectedToLeave } from './expected-to-leave';
import {
  addMark,
  choiceOf,
  dataChoices,
  type ExperimentState,
  firstState,
  MOST_NOISE,
  MOST_STEPS,
  nextSeed,
  roundMarks,
  stateFromLink,
  stateToLink,
} from './experiment-state';
import { drawingPlane } from './drawing-plane';
import { pageColors } from './page-colors';
import { type BoundaryLibrary, loadBoundaryLibrary, runExperiment } from './run-experiment';
import '../live-example.css';
import './boundary.css';

/** Steps that "Train on" adds. */
const MORE_STEPS = 200;

/** Points of the plane, a network that is trained on them in the page, and who answers what. */
export default defineComponent({
  name: 'WhyItWorks',
  setup() {
    const root = ref<HTMLElement | null>(null);
    const state = shallowRef<ExperimentState>(firstState);
    const boundary = shallowRef<Boundary | null>(null);
    const plot = ref('');
    const phase = ref<'waiting' | 'loading' | 'training' | 'trained' | 'empty' | 'failed'>('waiting');
    const problem = ref('');
    const brush = ref<0 | 1>(0);
    let library: BoundaryLibrary | null = null;
    let opinions: PlaneOpinions | null = null;
    let running: AbortController | null = null;

    /** Who answers what at the threshold, of what the exits said last. */
    function decide(): void {
      if (library === null || opinions === null) return;
      boundary.value = library.decideBoundary(opinions, { threshold: state.value.threshold });
      plot.value = library.drawBoundaryPlot(boundary.value, pageColors);
    }

    function train(): void {
      if (library === null) return;
      running?.abort();
      if (state.value.shape === null && state.value.marks.length === 0) {
        phase.value = 'empty';
        opinions = null;
        boundary.value = null;
        plot.value = '';
        return;
      }
      const own = (running = new AbortController());
      phase.value = 'training';
      runExperiment(library, state.value, {
        signal: own.signal,
        onLook: (said, isOver) => {
          if (own.signal.aborted) return;
          opinions = said;
          decide();
          if (isOver) phase.value = 'trained';
        },
      }).catch((error: unknown) => {
        if (!own.signal.aborted) fail(error);
      });
    }

    function fail(error: unknown): void {
      phase.value = 'failed';
      problem.value = error instanceof Error ? error.message : String(error);
    }

    function change(part: Partial<ExperimentState>): void {
      state.value = { ...state.value, ...part };
      writeLinkState(stateToLink(state.value));
      if (Object.keys(part).join() === 'threshold') decide();
      else train();
    }

    function findThreshold(): void {
      if (library === null || opinions === null) return;
      change({ threshold: Number(library.decideBoundary(opinions).threshold.toFixed(3)) });
    }

    onMounted(() => {
      state.value = stateFromLink(readLinkState());
    });
    onUnmounted(() => running?.abort());
    whenSeen(root, () => {
      phase.value = 'loading';
      loadBoundaryLibrary().then((loaded) => {
        library = loaded;
        train();
      }, fail);
    });

    return () =>
      h('div', { class: 'live-example boundary-example', ref: root, 'data-phase': phase.value }, [
        h('div', { class: 'plane' }, [
          h(drawingPlane, {
            plot: plot.value,
            label: brush.value,
            onDrawn: (marks: ExperimentState['marks']) =>
              change({ marks: roundMarks(marks.reduce(addMark, state.value.marks)) }),
          }),
          h('p', { class: 'progress', role: 'status' }, progressText()),
        ]),
        h('div', { class: 'side' }, [
          h(expectation, expectedToLeave),
          thresholdSlider(),
          boundaryFigures(boundary.value),
        ]),
        h('div', { class: 'controls' }, controls()),
      ]);

    function progressText(): string {
      const { steps } = state.value;
      if (phase.value === 'failed') return `The experiment cannot be run here: ${problem.value}`;
      if (phase.value === 'empty') return 'Draw points of both classes on the plane.';
      if (phase.value === 'trained')
        return `Trained for ${steps} steps in this page. The points shown are ones it has never seen.`;
      if (phase.value === 'training') return 'Training …';
      return 'The training starts as soon as this is in sight …';
    }

    function thresholdSlider(): VNode {
      const { threshold } = state.value;
      return h('div', { class: 'threshold' }, [
        h('label', { for: 'boundary-threshold' }, [
          'A point leaves at the first exit if that is at least ',
          h('output', { for: 'boundary-threshold' }, `${(100 * threshold).toFixed(1)} %`),
          ' sure',
        ]),
        h('input', {
          id: 'boundary-threshold',
          type: 'range',
          min: 0.5,
          max: 1,
          step: 0.001,
          value: threshold,
          'aria-valuetext': `${(100 * threshold).toFixed(1)} % sure`,
          onInput: (event: Event) => change({ threshold: Number((event.target as HTMLInputElement).value) }),
        }),
        h('div', { class: 'ends' }, [
          h('span', 'everything leaves'),
          h(
            'button',
            { type: 'button', disabled: boundary.value === null, onClick: findThreshold },
            'Find the best',
          ),
          h('span', 'nothing leaves'),
        ]),
      ]);
    }

    function controls(): VNode[] {
      const { shape, noise, seed, steps, marks } = state.value;
      return [
        h('fieldset', [
          h('legend', 'Data'),
          ...dataChoices.map((choice) =>
            h('label', [
              h('input', {
                type: 'radio',
                name: 'boundary-data',
                value: choice.name,
                checked: choice.shape === shape,
                onChange: () => change({ shape: choice.shape, noise: choice.noise, steps: choice.steps }),
              }),
              choice.title,
            ]),
          ),
        ]),
        h('label', { class: 'slider' }, [
          `Noise ${noise.toFixed(2)}`,
          h('input', {
            type: 'range',
            min: 0,
            max: MOST_NOISE,
            step: 0.01,
            value: noise,
            onChange: (event: Event) => change({ noise: Number((event.target as HTMLInputElement).value) }),
          }),
        ]),
        h('fieldset', [
          h('legend', 'Your pointer draws'),
          ...(['discs', 'triangles'] as const).map((title, label) =>
            h('label', [
              h('input', {
                type: 'radio',
                name: 'boundary-brush',
                value: title,
                checked: brush.value === label,
                onChange: () => (brush.value = label === 0 ? 0 : 1),
              }),
              title,
            ]),
          ),
          h(
            'button',
            { type: 'button', disabled: marks.length === 0, onClick: () => change({ marks: [] }) },
            'Remove mine',
          ),
        ]),
        h('div', { class: 'choices' }, [
          h(
            'button',
            { type: 'button', onClick: () => change({ steps: choiceOf(shape).steps }) },
            'Train again',
          ),
          h(
            'button',
            {
              type: 'button',
              disabled: steps >= MOST_STEPS,
              onClick: () => change({ steps: Math.min(MOST_STEPS, steps + MORE_STEPS) }),
            },
            `Train for ${Math.min(MOST_STEPS, steps + MORE_STEPS)} steps`,
          ),
          h(
            'button',
            { type: 'button', onClick: () => change({ seed: nextSeed(seed) }) },
            `Another draw (seed ${seed})`,
          ),
        ]),
      ];
    }
  },
});
