import { getCriterion } from '@earlyexit/exit-criteria';

/** A place on the picture and what the criterion makes of it. */
export interface CriterionPoint {
  /** From 0 to 1, to the right and downwards. */
  readonly x: number;
  readonly y: number;
  readonly leaves: boolean;
  /** From 0, the least sure of all places, to 1. */
  readonly sureness: number;
}

/** What the places of a picture stand for. */
export type CriterionPlane = 'probabilities' | 'outputs';

/** Points a side of the triangle, and of the square. */
const [TRIANGLE, SQUARE] = [22, 19];
/** The square shows outputs from the first to the second. */
const [LEAST, MOST] = [-2, 5];
/** What the exit before said, for criteria that remember it. */
const BEFORE = [0.5, 0.3, 0.2];

/** Criteria that read raw outputs are drawn over two of them, all others over the probabilities of three classes. */
export function planeOf(name: string): CriterionPlane {
  return name === 'energy' || name === 'unique-above' ? 'outputs' : 'probabilities';
}

/** Asks a criterion everywhere on its plane. */
export function criterionPoints(name: string, threshold: number): readonly CriterionPoint[] {
  const criterion = getCriterion(name);
  const { places, classes, logits } = planeOf(name) === 'outputs' ? square() : triangle();
  const rows = places.length;
  const labels = criterion.needsLabels ? { labels: new Int32Array(rows) } : {};
  const before = criterion.evaluate(
    {
      classes,
      logits: Float64Array.from({ length: rows * classes }, (_, index) => Math.log(BEFORE[index % classes]!)),
      ...labels,
    },
    null,
  );
  const evaluation = criterion.evaluate({ logits, classes, ...labels }, before.state);
  const ranked = [...evaluation.scores].sort((a, b) => (criterion.surerIs === 'higher' ? a - b : b - a));
  return places.map(([x, y], row) => ({
    ...{ x, y },
    leaves: criterion.leaves(evaluation, row, threshold),
    sureness: ranked.indexOf(evaluation.scores[row]!) / (rows - 1),
  }));
}

interface Plane {
  readonly places: readonly (readonly [x: number, y: number])[];
  readonly classes: number;
  readonly logits: Float64Array;
}

/** Every mixture of three classes: a corner is a class for sure. */
function triangle(): Plane {
  const places: [number, number][] = [];
  const logits: number[] = [];
  for (let first = 0; first <= TRIANGLE; first++) {
    for (let second = 0; first + second <= TRIANGLE; second++) {
      const shares = [first, second, TRIANGLE - first - second].map(
        (part) => (part + 1e-3) / (TRIANGLE + 3e-3),
      );
      logits.push(...shares.map(Math.log));
      // The first class at the top, the second at the right.
      places.push([shares[1]! + shares[0]! / 2, 1 - shares[0]!]);
    }
  }
  return { places, classes: 3, logits: Float64Array.from(logits) };
}

/** Two outputs, each on an axis. */
function square(): Plane {
  const places: [number, number][] = [];
  const logits: number[] = [];
  for (let row = 0; row < SQUARE; row++) {
    for (let column = 0; column < SQUARE; column++) {
      const [x, y] = [column / (SQUARE - 1), row / (SQUARE - 1)];
      places.push([x, y]);
      logits.push(LEAST + (MOST - LEAST) * x, LEAST + (MOST - LEAST) * (1 - y));
    }
  }
  return { places, classes: 2, logits: Float64Array.from(logits) };
}
