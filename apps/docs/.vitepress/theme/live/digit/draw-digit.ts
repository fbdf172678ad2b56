import { shortMacs } from '@earlyexit/core/format';
import type { Session } from '@earlyexit/inference';
import { defineComponent, h, onMounted, ref, shallowRef, type VNode } from 'vue';
import { readLinkState, writeLinkState } from '../link-state';
import { whenSeen } from '../when-seen';
import { answerDigit, type DigitAnswer } from './answer-digit';
import { digitImage } from './digit-image';
import { openDigitSession } from './digit-session';
import { drawStrokes, inkOf } from './draw-strokes';
import { exampleDigits } from './example-digits';
import { opinionBars } from './opinion-bars';
import { decodeStrokes, encodeStrokes, type Point, type Strokes } from './strokes';
import './digit.css';

/** Pixels of the canvas; on the page it is as wide as there is room. */
const SIDE = 280;

/** A canvas, the shipped B-LeNet, and what each of its exits says of the digit that is drawn. */
export default defineComponent({
  name: 'DrawDigit',
  setup() {
    const root = ref<HTMLElement | null>(null);
    const canvas = ref<HTMLCanvasElement | null>(null);
    const strokes = shallowRef<Strokes>(exampleDigits[0]!.strokes);
    const answer = shallowRef<DigitAnswer | null>(null);
    const threshold = ref<number | null>(null);
    const state = ref<'waiting' | 'loading' | 'ready' | 'failed'>('waiting');
    const problem = ref('');
    let session: Session | null = null;
    let latest = 0;

    const context = (): CanvasRenderingContext2D =>
      canvas.value!.getContext('2d', { willReadFrequently: true })!;

    async function answerNow(): Promise<void> {
      if (session === null || threshold.value === null) return;
      const turn = (latest += 1);
      const image = digitImage(inkOf(context()), SIDE);
      const found = image === null ? null : await answerDigit(session, image, threshold.value);
      // A later drawing has been answered meanwhile.
      if (turn === latest) answer.value = found;
    }

    function show(next: Strokes): void {
      strokes.value = next;
      drawStrokes(context(), next);
    }

    function finish(next: Strokes): void {
      show(next);
      writeLinkState({ digit: next.length === 0 ? null : encodeStrokes(next) });
      void answerNow();
    }

    function pointOf({ clientX, clientY }: PointerEvent): Point {
      const box = canvas.value!.getBoundingClientRect();
      return [(clientX - box.left) / box.width, (clientY - box.top) / box.height];
    }

    function press(event: PointerEvent): void {
      canvas.value!.setPointerCapture(event.pointerId);
      show([...strokes.value, [pointOf(event)]]);
    }

    function move(event: PointerEvent): void {
      if (!canvas.value!.hasPointerCapture(event.pointerId)) return;
      const before = strokes.value.slice(0, -1);
      show([...before, [...(strokes.value.at(-1) ?? []), pointOf(event)]]);
    }

    function lift(event: PointerEvent): void {
      if (!canvas.value!.hasPointerCapture(event.pointerId)) return;
      canvas.value!.releasePointerCapture(event.pointerId);
      finish(strokes.value);
    }

    function setThreshold(value: number): void {
      threshold.value = value;
      writeLinkState({ threshold: String(value) });
      void answerNow();
    }

    onMounted(() => {
      const link = readLinkState();
      const drawn = decodeStrokes(link.get('digit') ?? '');
      const given = Number(link.get('threshold') ?? Number.NaN);
      if (given > 0 && given <= 1) threshold.value = given;
      show(drawn ?? strokes.value);
    });

    whenSeen(root, () => {
      state.value = 'loading';
      openDigitSession().then(
        (opened) => {
          session = opened;
          threshold.value ??= Number(opened.metadata.policy?.thresholds[0] ?? 0.9);
          state.value = 'ready';
          void answerNow();
        },
        (error: unknown) => {
          state.value = 'failed';
          problem.value = error instanceof Error ? error.message : String(error);
        },
      );
    });

    return () =>
      h('div', { class: 'digit-example', ref: root, 'data-state': state.value }, [
        h('div', { class: 'drawing' }, [
          h('canvas', {
            ref: canvas,
            width: SIDE,
            height: SIDE,
            role: 'img',
            'aria-label': 'A field to draw a digit in',
            onPointerdown: press,
            onPointermove: move,
            onPointerup: lift,
            onPointercancel: lift,
          }),
          h('div', { class: 'choices' }, [
            h('button', { type: 'button', onClick: () => finish([]) }, 'Clear'),
            ...exampleDigits.map((example) =>
              h('button', { type: 'button', onClick: () => finish(example.strokes) }, example.title),
            ),
          ]),
        ]),
        h('div', { class: 'said', 'aria-live': 'polite' }, said()),
      ]);

    function said(): VNode[] {
      if (state.value === 'failed') return [h('p', `The network could not be loaded: ${problem.value}`)];
      if (state.value !== 'ready') return [h('p', 'The network loads as soon as this is in sight …')];
      const found = answer.value;
      const limit = threshold.value ?? 1;
      const slider = h('label', { class: 'threshold' }, [
        `Threshold of the first exit: ${limit.toFixed(4)}`,
        h('input', {
          type: 'range',
          min: 0.3,
          max: 1,
          step: 0.0001,
          value: limit,
          onInput: (event: Event) => setThreshold(Number((event.target as HTMLInputElement).value)),
        }),
      ]);
      if (found === null) return [h('p', 'Draw a digit.'), slider];
      const whole = found.opinions.at(-1)!.macs;
      const early = found.exit < found.opinions.length - 1;
      return [
        h('p', { class: 'answer', 'data-digit': found.digit }, [
          h('strong', found.digit),
          h(
            'span',
            `${early ? 'It left at the first exit' : 'It went all the way'}: ${shortMacs(found.macs)} of ${shortMacs(whole)} multiply-accumulates (${((100 * found.macs) / whole).toFixed(0)} %), ${found.latencyMs.toFixed(1)} ms.`,
          ),
        ]),
        h(
          'div',
          { class: 'opinions' },
          found.opinions.map((opinion, index) =>
            opinionBars(opinion, { exit: found.exit, threshold: limit, index }),
          ),
        ),
        slider,
      ];
    }
  },
});
