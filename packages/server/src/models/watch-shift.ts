import type { Answers } from '@earlyexit/inference';
import type { AnswerMonitor } from './served-model';

/** Whether the stream of a model's answers has shifted. */
export interface ShiftWatch {
  /** What the monitor said when it had; null as long as it has not. */
  readonly message: string | null;
  /** How many answers it has seen. */
  readonly seen: number;
  observe(answers: Answers): void;
}

/** Shows the answers of a model to its monitor, and remembers what that says. */
export function watchShift(monitor: AnswerMonitor): ShiftWatch {
  let message: string | null = null;
  let seen = 0;
  return {
    get message() {
      return message;
    },
    get seen() {
      return seen;
    },
    observe({ count, exits, classes, scores }) {
      for (let image = 0; image < count; image++) {
        seen++;
        const said = monitor.observe({ exit: exits[image]!, class: classes[image]!, score: scores[image]! });
        message ??= said;
      }
    },
  };
}
