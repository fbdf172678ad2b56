import type { WorkOptions, WorkProgress } from '@earlyexit/core';
import { bytes, duration } from '@earlyexit/core/format';
import type { Output } from './output';
import type { ProgressLine } from './progress-line';

/** What a function of a library is given so that its work is seen. */
export interface ShownWork extends WorkOptions {
  readonly signal: AbortSignal;
  /** Takes the progress line away. */
  end(): void;
}

/** How the end of a stretch of work is told, if at all: its last progress, and the time that it took in words. */
export type WorkSummary = (last: WorkProgress, time: string) => string | undefined;

/**
 * Shows on the terminal what long work reports: a line for how far it has come, notes and warnings.
 *
 * @param summary what stays to be read of a stretch of work that is done; nothing unless given
 */
export function showWork(output: Output, signal: AbortSignal, summary?: WorkSummary): ShownWork {
  let what: string | null = null;
  let line: ProgressLine | null = null;
  let since = 0;
  let isDone = false;
  const end = (): void => {
    line?.done();
    [what, line] = [null, null];
  };
  return {
    signal,
    onProgress(progress) {
      const { done, total, unit } = progress;
      const ends = total !== null && done >= total;
      // The same work may begin again, on another network.
      if (line === null || progress.what !== what || (isDone && !ends)) {
        what = progress.what;
        since = performance.now();
        line = output.progress(what);
      }
      line.update(done, total ?? 0, unit === 'bytes' ? bytes(done) : '');
      isDone = ends;
      if (ends) line.done(summary?.(progress, duration((performance.now() - since) / 1000)));
    },
    onNote({ level, text }) {
      if (level === 'warning') output.warn(text);
      else output.note(text);
    },
    end,
  };
}

/** Runs a function of a library and shows its work; see `showWork`. */
export async function showing<Result>(
  output: Output,
  signal: AbortSignal,
  action: (work: Required<WorkOptions>) => Result | Promise<Result>,
  summary?: WorkSummary,
): Promise<Result> {
  const { end, ...work } = showWork(output, signal, summary);
  try {
    return await action(work as Required<WorkOptions>);
  } finally {
    end();
  }
}
