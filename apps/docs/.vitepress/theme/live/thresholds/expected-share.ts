import type { ExpectedAnswer } from '../expectation';

/** What the reader is asked before looking. */
export const expectedShare: { readonly question: string; readonly answers: readonly ExpectedAnswer[] } = {
  question: 'How many digits can leave at the first exit before anybody notices?',
  answers: [
    {
      title: 'A third',
      words:
        'Far more. Drag the threshold until accuracy falls by a tenth of a point, and see how many have left by then.',
    },
    {
      title: 'Two thirds',
      words:
        'More. Most digits are written clearly, and the first exit knows which: its probability says so.',
    },
    {
      title: 'Nearly all',
      words:
        'Yes. Most digits are easy. The last few percent are the ones that the rest of the network is there for.',
    },
  ],
};
