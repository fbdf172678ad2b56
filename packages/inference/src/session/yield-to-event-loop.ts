/**
 * Lets timers, signals and input have their turn. An engine that computes on this thread resolves its promises without
 * ever returning to the event loop, so an abort could not get through.
 */
export function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') return void setImmediate(resolve);
    // Browsers have no setImmediate, and delay a timer that was set by a timer, by four milliseconds per batch.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
