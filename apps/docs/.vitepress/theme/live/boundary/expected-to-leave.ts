import type { ExpectedAnswer } from '../expectation';

/** What the reader is asked before looking. */
export const expectedToLeave: { readonly question: string; readonly answers: readonly ExpectedAnswer[] } = {
  question: 'Which points will leave early?',
  answers: [
    {
      title: 'Those of one class',
      words: 'Look at the blue ones: discs and triangles alike. The first exit can be sure of either class.',
    },
    {
      title: 'Those in the thick of a class',
      words:
        'Not quite. What counts is not how many neighbours a point has, but how far it lies from the boundary of the first exit (dashed): where that line cuts through the thick of a class, the points there are hard.',
    },
    {
      title: 'Those far from the first boundary',
      words:
        'Yes. The further from the dashed line, the surer the first exit: blue points left there. The hatched band along the line is what it leaves to the last exit, whose boundary can bend.',
    },
  ],
};
