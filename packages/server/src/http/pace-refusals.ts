/** Sends refusals for want of room no faster than the server can afford. */
export interface RefusalPace {
  /**
   * Waits until the next refusal may be sent: not at all as long as there are few.
   *
   * @param until the latest time for it, in milliseconds of `performance.now()`
   */
  turn(until: number): Promise<void>;
  /** Lets all go that wait, and whoever comes. */
  end(): void;
}

/** Milliseconds between two refusals where there are many: a hundred a second take a few percent of a processor. */
const GAP_MS = 10;
/** How many may go at once before they are spaced. */
const BURST = 20;
/** None is held longer, however many there are. */
const LONGEST_MS = 1000;
/** More are not held: a connection takes memory. */
const MOST_HELD = 10_000;

/**
 * Who is refused and comes again at once costs more than who is answered: reading a request takes as long as computing a
 * small network. So a server that is asked too much holds refusals back. A client that waits for its answer asks less
 * often then, and the time is left for those that are answered.
 */
export function paceRefusals(): RefusalPace {
  const held = new Map<() => void, NodeJS.Timeout>();
  let next = -Infinity;
  let isOver = false;
  return {
    turn(until) {
      const now = performance.now();
      next = Math.min(Math.max(next, now - BURST * GAP_MS) + GAP_MS, now + LONGEST_MS);
      const wait = Math.min(next, until) - now;
      if (wait <= 0 || isOver || held.size >= MOST_HELD) return Promise.resolve();
      return new Promise((resolve) => {
        const go = (): void => {
          held.delete(go);
          resolve();
        };
        held.set(go, setTimeout(go, wait));
      });
    },
    end() {
      isOver = true;
      for (const [go, timer] of held) {
        clearTimeout(timer);
        go();
      }
    },
  };
}
