import type { PlaneMark, ShapeName } from '@earlyexit/boundary';

/** What a reader can change: with it the page shows the same again. */
export interface ExperimentState {
  /** Null for a plane that is empty but for what the reader draws. */
  readonly shape: ShapeName | null;
  /** Standard deviation of the noise that moves the points. */
  readonly noise: number;
  readonly seed: number;
  /** The probability from which the first exit answers. */
  readonly threshold: number;
  /** Steps of the training. */
  readonly steps: number;
  readonly marks: readonly PlaneMark[];
}

/** The data that can be chosen, what noise they come with, and how long it takes to learn them. */
export const dataChoices: readonly {
  readonly name: string;
  readonly shape: ShapeName | null;
  readonly title: string;
  readonly noise: number;
  readonly steps: number;
}[] = [
  { name: 'moons', shape: 'moons', title: 'Two moons', noise: 0.2, steps: 200 },
  { name: 'rings', shape: 'rings', title: 'Three rings', noise: 0.1, steps: 300 },
  { name: 'spirals', shape: 'spirals', title: 'Two spirals', noise: 0.07, steps: 500 },
  { name: 'own', shape: null, title: 'Only yours', noise: 0.1, steps: 300 },
];

/** What is shown before anybody has changed anything. */
export const firstState: ExperimentState = {
  shape: 'moons',
  noise: 0.2,
  seed: 0,
  threshold: 0.9,
  steps: 200,
  marks: [],
};

/** The most that anybody can ask for: longer trainings show nothing new. */
export const MOST_STEPS = 2000;
export const MOST_NOISE = 0.5;
const MOST_SEED = 9999;
const MOST_MARKS = 300;

/** The choice that a shape belongs to. */
export function choiceOf(shape: ShapeName | null): (typeof dataChoices)[number] {
  return dataChoices.find((choice) => choice.shape === shape)!;
}

/** What of the state stands in the link: everything that differs from where its data begin. */
export function stateToLink(state: ExperimentState): Record<string, string | null> {
  const choice = choiceOf(state.shape);
  const unless = (usual: number, value: number): string | null => (value === usual ? null : String(value));
  return {
    data: choice.shape === firstState.shape ? null : choice.name,
    noise: unless(choice.noise, state.noise),
    seed: unless(firstState.seed, state.seed),
    threshold: unless(firstState.threshold, state.threshold),
    steps: unless(choice.steps, state.steps),
    points: state.marks.length === 0 ? null : encodeMarks(state.marks),
  };
}

/** The state that a link asks for; what it does not say, or says wrongly, is as at first. */
export function stateFromLink(link: URLSearchParams): ExperimentState {
  const choice = dataChoices.find(({ name }) => name === link.get('data')) ?? choiceOf(firstState.shape);
  const number = (name: string, usual: number, least: number, most: number, whole = false): number => {
    const value = Number(link.get(name) ?? Number.NaN);
    return value >= least && value <= most && (!whole || Number.isInteger(value)) ? value : usual;
  };
  return {
    shape: choice.shape,
    noise: number('noise', choice.noise, 0, MOST_NOISE),
    seed: number('seed', firstState.seed, 0, MOST_SEED, true),
    threshold: number('threshold', firstState.threshold, 0.5, 1),
    steps: number('steps', choice.steps, 1, MOST_STEPS, true),
    marks: decodeMarks(link.get('points') ?? '') ?? [],
  };
}

/** Another seed that a link can hold. */
export function nextSeed(seed: number): number {
  return (seed + 1) % (MOST_SEED + 1);
}

/** Puts a mark to the others; beyond what a link can hold the oldest make room. */
export function addMark(marks: readonly PlaneMark[], mark: PlaneMark): readonly PlaneMark[] {
  return [...marks, mark].slice(-MOST_MARKS);
}

// A coordinate is one of 64 steps; the class stands before the marks of a run: a or b.
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const LAST = DIGITS.length - 1;
/** How far from the middle a mark can lie. */
const REACH = 1.65;

function encodeMarks(marks: readonly PlaneMark[]): string {
  const digit = (value: number): string =>
    DIGITS[Math.round((Math.min(1, Math.max(-1, value / REACH)) * 0.5 + 0.5) * LAST)]!;
  const places = (label: number): string =>
    marks
      .filter((mark) => mark.label === label)
      .map(({ x, y }) => digit(x) + digit(y))
      .join('');
  return `${places(0)}.${places(1)}`;
}

function decodeMarks(text: string): readonly PlaneMark[] | null {
  if (!/^([\w-]{2})*\.([\w-]{2})*$/.test(text) || text.length > 2 * MOST_MARKS + 1) return null;
  return text.split('.').flatMap((places, label) =>
    Array.from({ length: places.length / 2 }, (_, index): PlaneMark => {
      const at = (offset: number): number => (2 * DIGITS.indexOf(places[2 * index + offset]!)) / LAST - 1;
      return { x: REACH * at(0), y: REACH * at(1), label: label === 0 ? 0 : 1 };
    }),
  );
}

/** The marks as they come back from the link, so that what is drawn is what is sent. */
export function roundMarks(marks: readonly PlaneMark[]): readonly PlaneMark[] {
  return decodeMarks(encodeMarks(marks)) ?? [];
}
