import {
  createStepWindow,
  type EpochMetrics,
  type TrainingEvent,
  type WindowMeans,
} from '@earlyexit/trainer';

/** The state of a training. */
export type TrainingState = 'starting' | 'running' | 'finished' | 'interrupted' | 'failed';

/** Means over some training steps, and where they end. */
export interface CurvePoint extends WindowMeans {
  /** Epochs done, including the fraction of the current one. */
  readonly epoch: number;
}

/** The content of the live page. */
export interface TrainingView {
  /** Such as `b_lenet on mnist`. */
  readonly title: string;
  /** The final exit last. */
  readonly exits: readonly string[];
  readonly state: TrainingState;
  /** The message of the error that ended the training. */
  readonly error: string | null;
  readonly step: number;
  readonly steps: number;
  readonly epoch: number;
  readonly epochs: number;
  readonly imagesPerSecond: number | null;
  readonly secondsLeft: number | null;
  readonly training: readonly CurvePoint[];
  readonly validated: readonly EpochMetrics[];
  /** Counted from 1; null before there is one. */
  readonly bestEpoch: number | null;
}

/** Follows a training. */
export interface TrainingFollower {
  readonly view: TrainingView;
  follow(event: TrainingEvent): void;
}

// As many points as a curve can usefully show on a wide screen.
const POINTS = 400;

/**
 * Collects the events of a training into the content of the page.
 *
 * @param earlier the epochs already done by a training that is resumed; those after its checkpoint are left out
 */
export function followTraining(
  title: string,
  exits: readonly string[],
  earlier: readonly EpochMetrics[] = [],
): TrainingFollower {
  const window = createStepWindow(exits.length);
  const training: CurvePoint[] = [];
  const validated: EpochMetrics[] = [];
  let view: TrainingView = {
    title,
    exits,
    state: 'starting',
    error: null,
    ...{ step: 0, steps: 0, epoch: 0, epochs: 0, imagesPerSecond: null, secondsLeft: null },
    training,
    validated,
    bestEpoch: null,
  };
  const set = (changes: Partial<TrainingView>): void => {
    view = { ...view, ...changes };
  };
  return {
    get view() {
      return view;
    },
    follow(event) {
      switch (event.type) {
        case 'resume':
          validated.push(...earlier.filter(({ epoch }) => epoch <= event.epoch));
          break;
        case 'progress': {
          const { epoch, epochs, step, batch, stepsPerEpoch, imagesPerSecond, secondsLeft } = event;
          const steps = epochs * stepsPerEpoch;
          set({ state: 'running', epoch, epochs, step, steps, imagesPerSecond, secondsLeft });
          window.add(event.latest);
          if (step % Math.ceil(steps / POINTS) !== 0 && batch !== stepsPerEpoch) break;
          const means = window.take();
          if (means !== null) training.push({ ...means, epoch: epoch - 1 + batch / stepsPerEpoch });
          break;
        }
        case 'epoch': {
          const { type: _type, ...metrics } = event;
          validated.push(metrics);
          break;
        }
        case 'interrupt':
          set({ state: 'interrupted', secondsLeft: null });
          break;
        case 'fail':
          set({ state: 'failed', error: event.error, secondsLeft: null });
          break;
        case 'end':
          set({ state: 'finished', bestEpoch: event.bestEpoch, secondsLeft: null });
          break;
        case 'start':
        case 'checkpoint':
        case 'warning':
          break;
      }
    },
  };
}
