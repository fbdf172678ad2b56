import { printable } from '@earlyexit/core';
import { duration } from '@earlyexit/core/format';
import type { Colors } from './colors';
import type { TextStream } from './surroundings';

/** One line that shows how far a job has come. */
export interface ProgressLine {
  /** Shows that `done` of `total` is done; `detail` stands at the end of the line. */
  update(done: number, total: number, detail?: string): void;
  /** Takes the line off the terminal, so that something else can be written; the next update draws it again. */
  clear(): void;
  /** Ends the line; `summary` stays to be read. */
  done(summary?: string): void;
}

// A terminal is drawn again ten times a second at most: faster is only flicker.
const REDRAW_MS = 100;
// A log file gets a line every five seconds: enough to see that it is alive, few enough to read.
const LOG_LINE_MS = 5000;
// The bar gives way to the words on a narrow terminal; one shorter than this says nothing and is left out.
const WIDEST_BAR = 24;
const NARROWEST_BAR = 6;

/** Draws a bar that moves on a terminal, and plain lines now and then elsewhere. */
export function createProgressLine(
  label: string,
  surface: {
    readonly stream: TextStream;
    readonly live: boolean;
    readonly silent: boolean;
    readonly colors: Colors;
    readonly now?: () => number;
  },
): ProgressLine {
  const { stream, live, silent, colors, now = () => performance.now() } = surface;
  let shownAt = live ? -Infinity : now();
  // The first update tells where the job began: a resumed one does not begin at zero.
  let start: { readonly time: number; readonly done: number } | null = null;
  let drawn = false;
  let ended = false;
  const clear = (): void => {
    if (drawn) stream.write('\r\u001b[2K');
    drawn = false;
  };
  return {
    update(done, total, detail = '') {
      const time = now();
      start ??= { time, done };
      if (silent || ended || time - shownAt < (live ? REDRAW_MS : LOG_LINE_MS)) return;
      shownAt = time;
      const share = total > 0 ? Math.min(1, done / total) : 0;
      const pace = done > start.done ? (time - start.time) / (done - start.done) : null;
      const left = pace === null || share === 0 || share === 1 ? null : pace * (total - done);
      // What a narrow terminal cuts off is the end of the detail, never the time left.
      const words = printable(
        [
          `${String(Math.floor(share * 100)).padStart(3)} %`,
          label,
          left === null ? '' : `${duration(left / 1000)} left`,
          detail,
        ]
          .filter((part) => part !== '')
          .join(' · '),
      );
      if (!live) {
        stream.write(`${words.trimStart()}\n`);
        return;
      }
      // The last column stays free: some terminals begin a new line when it is written.
      const columns = (stream.columns ?? 80) - 1;
      const room = Math.min(WIDEST_BAR, columns - words.length - 1);
      const width = room < NARROWEST_BAR ? 0 : room;
      const filled = Math.round(share * width);
      const bar = colors.green('━'.repeat(filled)) + colors.dim('━'.repeat(width - filled));
      const fitting = words.length > columns ? `${words.slice(0, Math.max(0, columns - 1))}…` : words;
      stream.write(`\r\u001b[2K${width === 0 ? '' : `${bar} `}${fitting}`);
      drawn = true;
    },
    clear,
    done(summary) {
      if (ended) return;
      ended = true;
      clear();
      if (summary !== undefined && !silent) stream.write(`${printable(summary)}\n`);
    },
  };
}
