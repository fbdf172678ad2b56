/**
 * Lets timers, signals and input have their turn. An engine that computes on this thread answers its promises
 * without ever returning to the event loop, and an abort could not come through.
 */
export function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') return void setImmediate(resolve);
    // Browsers have no setImmediate, and hold back a timer that was set by a timer: four milliseconds a batch.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
