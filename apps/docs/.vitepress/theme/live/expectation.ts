import { defineComponent, h, type PropType, ref } from 'vue';

/** An answer that a reader may expect, and what is to be said of it. */
export interface ExpectedAnswer {
  readonly title: string;
  readonly words: string;
}

/** Asks what the reader expects, and answers with what is to be seen. */
export const expectation = defineComponent({
  name: 'ReaderExpects',
  props: {
    question: { type: String, required: true },
    answers: { type: Array as PropType<readonly ExpectedAnswer[]>, required: true },
  },
  setup(props) {
    const chosen = ref<number | null>(null);
    return () =>
      h('fieldset', { class: 'expectation' }, [
        h('legend', props.question),
        ...props.answers.map(({ title }, index) =>
          h(
            'button',
            { type: 'button', 'aria-pressed': chosen.value === index, onClick: () => (chosen.value = index) },
            title,
          ),
        ),
        h('p', { role: 'status' }, chosen.value === null ? '' : props.answers[chosen.value]!.words),
      ]);
  },
});
