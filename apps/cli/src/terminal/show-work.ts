import type { WorkOptions } from '@earlyexit/core';
import type { Output } from './output';
import type { ProgressLine } from './progress-line';

/** What a function of a library is given so that its work is seen. */
export interface ShownWork extends WorkOptions {
  readonly signal: AbortSignal;
  /** Takes the progress line away. */
  end(): void;
}

/** Shows on the terminal what long work reports: a line for how far it has come, notes and warnings. */
export function showWork(output: Output, signal: AbortSignal): ShownWork {
  let what: string | null = null;
  let line: ProgressLine | null = null;
  const end = (): void => {
    line?.done();
    [what, line] = [null, null];
  };
  return {
    signal,
    onProgress(progress) {
      if (line === null || progress.what !== what) {
        what = progress.what;
        line = output.progress(what);
      }
      line.update(progress.done, progress.total ?? 0);
    },
    onNote({ level, text }) {
      if (level === 'warning') output.warn(text);
      else output.note(text);
    },
    end,
  };
}
