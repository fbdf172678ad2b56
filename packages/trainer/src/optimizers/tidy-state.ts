import { tf } from '../tf';
import type { OptimizerState } from './optimizer';

/** Runs `compute` inside `tf.tidy` and keeps the tensors of the state it gives; the caller owns them. */
export function tidyState(compute: () => OptimizerState): OptimizerState {
  let state: OptimizerState = { tensors: {}, numbers: {} };
  tf.tidy(() => {
    state = compute();
    for (const tensor of Object.values(state.tensors)) tf.keep(tensor);
  });
  return state;
}
