import type { ClassCurve } from './point-set';

/** A layer that leaves an exit behind it but simple boundaries: a straight line if it is linear. */
export interface NarrowLayer {
  readonly units: number;
  readonly activation: 'linear' | 'tanh';
}

/** A data set of the plane, to be drawn from. */
export interface PlaneShape {
  /** For the title of a picture. */
  readonly title: string;
  /** What `noise` is unless given: so much that a few points lie among those of the other class. */
  readonly noise: number;
  /** The layer before the first exit: so narrow that some points stay hard for it. */
  readonly narrow: NarrowLayer;
  readonly curve: ClassCurve;
}

const moons: PlaneShape = {
  title: 'Two moons',
  noise: 0.2,
  narrow: { units: 2, activation: 'linear' },
  curve(label, t) {
    const angle = Math.PI * t;
    // Half circles that reach into each other, about the origin.
    const [x, y] =
      label === 0 ? [Math.cos(angle), Math.sin(angle)] : [1 - Math.cos(angle), 0.5 - Math.sin(angle)];
    return [x - 0.5, y - 0.25];
  },
};

// Radii of the three rings.
const [INNER, MIDDLE, OUTER] = [0.3, 0.75, 1.2];

const rings: PlaneShape = {
  title: 'Three rings',
  noise: 0.1,
  narrow: { units: 3, activation: 'tanh' },
  curve(label, t) {
    // The rings within and without are of one class, the longer one with as many more points.
    const share = INNER / (INNER + OUTER);
    const isWithin = t < share;
    const radius = label === 1 ? MIDDLE : isWithin ? INNER : OUTER;
    const turn = label === 1 ? t : isWithin ? t / share : (t - share) / (1 - share);
    const angle = 2 * Math.PI * turn;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  },
};

// Of a turn: enough that no straight line helps, few enough for a small network.
const TURNS = 1.4;

const spirals: PlaneShape = {
  title: 'Two spirals',
  noise: 0.07,
  narrow: { units: 3, activation: 'tanh' },
  curve(label, t) {
    // The root spreads the points evenly along the arm.
    const way = Math.sqrt(t);
    const radius = 0.15 + 1.15 * way;
    const angle = 2 * Math.PI * TURNS * way + Math.PI * label;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  },
};

/** The data sets by name. */
export const shapes = { moons, rings, spirals } as const;

/** The name of a data set of the plane. */
export type ShapeName = keyof typeof shapes;

/** The names of the data sets of the plane. */
export const shapeNames = Object.keys(shapes) as readonly ShapeName[];
