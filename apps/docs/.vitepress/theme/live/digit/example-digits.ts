import type { Strokes } from './strokes';

/** A digit that is drawn before the reader draws one. */
export interface ExampleDigit {
  readonly title: string;
  readonly strokes: Strokes;
}

/** One that is easy, and some that are not. */
export const exampleDigits: readonly ExampleDigit[] = [
  {
    title: 'a clear 7',
    strokes: [
      [
        [0.27, 0.25],
        [0.5, 0.24],
        [0.74, 0.23],
        [0.66, 0.4],
        [0.57, 0.58],
        [0.48, 0.82],
      ],
    ],
  },
  {
    title: 'a 4 that could be a 9',
    strokes: [
      [
        [0.63, 0.27],
        [0.45, 0.22],
        [0.33, 0.32],
        [0.34, 0.47],
        [0.46, 0.53],
        [0.62, 0.47],
      ],
      [
        [0.66, 0.2],
        [0.65, 0.5],
        [0.62, 0.84],
      ],
    ],
  },
  {
    title: 'a 2 like a 7',
    strokes: [
      [
        [0.3, 0.28],
        [0.5, 0.2],
        [0.68, 0.28],
        [0.62, 0.45],
        [0.46, 0.66],
        [0.38, 0.8],
        [0.52, 0.8],
        [0.6, 0.78],
      ],
    ],
  },
  {
    title: 'a hasty 5',
    strokes: [
      [
        [0.68, 0.2],
        [0.42, 0.24],
        [0.4, 0.46],
        [0.56, 0.47],
        [0.64, 0.6],
        [0.56, 0.76],
        [0.38, 0.76],
      ],
    ],
  },
];
