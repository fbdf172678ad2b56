/** A smooth function of several variables: its value at `point`, and its gradient, which it writes to `gradient`. */
export type SmoothFunction = (point: Float64Array, gradient: Float64Array) => number;

/** Where a minimisation ended. */
export interface Minimum {
  readonly point: Float64Array;
  readonly value: number;
  /** Whether the gradient had vanished there. */
  readonly converged: boolean;
}

// How many past steps shape the next one; 5 to 20 is usual, and more helps little.
const MEMORY = 10;
const MOST_STEPS = 500;
const TOLERANCE = 1e-8;
// Armijo's condition: accept a step that achieves this share of the decrease that the slope promises.
const SUFFICIENT_DECREASE = 1e-4;
// Wolfe's condition: go on until the slope has lost a tenth, because shorter steps say nothing about the curvature.
const SUFFICIENT_FLATTENING = 0.9;
const MOST_TRIALS = 50;

/**
 * Minimises a smooth function by L-BFGS (Nocedal and Wright, Numerical Optimization, algorithm 7.5) with a line
 * search that brackets a step for Wolfe's weak conditions (Lewis and Overton, 2013).
 *
 * @param options.tolerance The length of the gradient at which it has converged; 1e-8 unless given.
 */
export function minimize(
  evaluate: SmoothFunction,
  start: Float64Array,
  { tolerance = TOLERANCE }: { readonly tolerance?: number } = {},
): Minimum {
  let point = start.slice();
  let gradient = new Float64Array(point.length);
  let value = evaluate(point, gradient);
  const history: { step: Float64Array; change: Float64Array; curvature: number }[] = [];
  for (let iteration = 0; iteration < MOST_STEPS; iteration++) {
    if (Math.sqrt(dot(gradient, gradient)) < tolerance) return { point, value, converged: true };
    const direction = gradient.map((component) => -component);
    const weights = history.map(() => 0);
    for (let i = history.length - 1; i >= 0; i--) {
      const { step, change, curvature } = history[i]!;
      weights[i] = dot(step, direction) / curvature;
      addScaled(direction, change, -weights[i]!);
    }
    const latest = history.at(-1);
    if (latest) {
      const scale = latest.curvature / dot(latest.change, latest.change);
      direction.forEach((component, i) => (direction[i] = component * scale));
    }
    history.forEach(({ step, change, curvature }, i) => {
      addScaled(direction, step, weights[i]! - dot(change, direction) / curvature);
    });

    const slope = dot(gradient, direction);
    const nextGradient = new Float64Array(point.length);
    let next = point;
    let nextValue = Infinity;
    let length = 1;
    let tooShort = 0;
    let tooLong = Infinity;
    for (let trial = 0; trial < MOST_TRIALS; trial++) {
      next = point.slice();
      addScaled(next, direction, length);
      nextValue = evaluate(next, nextGradient);
      // Written so that NaN counts as too long a step.
      if (!(nextValue <= value + SUFFICIENT_DECREASE * length * slope)) tooLong = length;
      else if (dot(nextGradient, direction) < SUFFICIENT_FLATTENING * slope) tooShort = length;
      else break;
      length = tooLong === Infinity ? 2 * length : (tooShort + tooLong) / 2;
    }
    // Not even the smallest step helps: this is as low as rounding allows.
    if (!(nextValue < value)) return { point, value, converged: Math.sqrt(dot(gradient, gradient)) < 1e-5 };

    const step = next.map((component, i) => component - point[i]!);
    const change = nextGradient.map((component, i) => component - gradient[i]!);
    const curvature = dot(step, change);
    if (curvature > 0) history.push({ step, change, curvature });
    if (history.length > MEMORY) history.shift();
    point = next;
    gradient = nextGradient;
    value = nextValue;
  }
  return { point, value, converged: false };
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function addScaled(target: Float64Array, values: Float64Array, scale: number): void {
  for (let i = 0; i < target.length; i++) target[i]! += scale * values[i]!;
}
