import { tf } from '../tf';

/**
 * To be called at the end of the function that is differentiated: whatever one operation needs for its gradient is given
 * back when that gradient has been computed. TensorFlow.js keeps all of it, and all gradients in between, until the last one
 * is done: twice the memory, none of which is still in a cache when it is written again.
 *
 * Only for gradients of the first order: what is given back cannot be differentiated again.
 */
export function releaseGradients(): void {
  let used: tf.Tensor[] = [];
  for (const node of tf.engine().state.activeTape) {
    const { gradient } = node;
    if (gradient === undefined) continue;
    // The nodes are gone through in turn, backwards: with the next one this one is done.
    node.gradient = (received) => {
      for (const tensor of used) tensor.dispose();
      used = [...(received as readonly (tf.Tensor | null)[]), ...(node.saved ?? [])].filter(
        (tensor) => tensor !== null,
      );
      const gradients = gradient(received);
      return Object.fromEntries(
        Object.entries(gradients).map(([name, compute]) => [
          name,
          () => {
            const result = compute();
            // Handed on as it is.
            used = used.filter((tensor) => tensor !== result);
            return result;
          },
        ]),
      );
    };
  }
}
