let ready: Promise<void> | undefined;

/** The plain engine of TensorFlow.js, loaded once: networks this small are slower on any other. */
export function openPlainEngine(): Promise<void> {
  ready ??= (async () => {
    await import('@tensorflow/tfjs-backend-cpu');
    const { setBackend } = await import('@tensorflow/tfjs-core');
    await setBackend('cpu');
  })();
  return ready;
}
