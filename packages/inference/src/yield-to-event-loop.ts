/**
 * Lets timers, signals and input have their turn. An engine that computes on this thread answers its promises
 * without ever returning to the event loop, and an abort could not come through.
 */
export function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => {
    // Browsers have no setImmediate; their timers are slower, once a batch.
    if (typeof setImmediate === 'function') setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
}
