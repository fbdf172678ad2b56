import { defineComponent, h, ref } from 'vue';

const answers = [
  {
    title: 'Those of one class',
    words: 'Look at the blue ones: discs and triangles alike. The first exit can be sure of either class.',
  },
  {
    title: 'Those in the thick of a class',
    words:
      'Not quite. What counts is not how many neighbours a point has, but how far it lies from the boundary of the first exit (dashed): points in the thick of a class that the dashed line cuts through are hard.',
  },
  {
    title: 'Those far from the first boundary',
    words:
      'Yes. The further from the dashed line, the surer the first exit: blue points left there. The hatched band along the line is what it leaves to the last exit, whose boundary can bend.',
  },
] as const;

/** Asks what the reader expects, and answers with what is to be seen. */
export const expectation = defineComponent({
  name: 'ExpectedToLeave',
  setup() {
    const chosen = ref<number | null>(null);
    return () =>
      h('fieldset', { class: 'expectation' }, [
        h('legend', 'Which points will leave early?'),
        ...answers.map(({ title }, index) =>
          h(
            'button',
            { type: 'button', 'aria-pressed': chosen.value === index, onClick: () => (chosen.value = index) },
            title,
          ),
        ),
        h('p', { role: 'status' }, chosen.value === null ? '' : answers[chosen.value]!.words),
      ]);
  },
});
