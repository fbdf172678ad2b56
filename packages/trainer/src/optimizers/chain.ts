import { ArgumentError } from '@earlyexit/core';
import type { tf } from '../tf';
import type { Optimizer, OptimizerState } from './optimizer';

/**
 * Runs optimizers one after the other: what the first makes of the gradient is the gradient of the next.
 *
 * The last one is expected to multiply by the learning rate, as `sgd`, `adam` and `adamw` do.
 *
 * @throws ArgumentError if none is given
 */
export function chain(...optimizers: readonly Optimizer[]): Optimizer {
  if (optimizers.length === 0) {
    throw new ArgumentError({ where: 'chain', rule: 'needs at least one optimizer', received: 'none' });
  }
  return {
    name: optimizers.map((optimizer) => optimizer.name).join('+'),
    settings: Object.fromEntries(
      optimizers.map((optimizer, index) => [`${index}.${optimizer.name}`, optimizer.settings]),
    ),
    defaultLearningRate:
      optimizers.findLast((optimizer) => optimizer.defaultLearningRate !== null)?.defaultLearningRate ?? null,
    init: (parameters) => joinStates(optimizers.map((optimizer) => optimizer.init(parameters))),
    update(gradient, state, context) {
      const states: OptimizerState[] = [];
      let update = gradient;
      for (const [index, optimizer] of optimizers.entries()) {
        const result = optimizer.update(update, partOf(state, index), context);
        update = result.update;
        states.push(result.state);
      }
      return { update, state: joinStates(states) };
    },
  };
}

function joinStates(states: readonly OptimizerState[]): OptimizerState {
  const tensors: Record<string, tf.Tensor1D> = {};
  const numbers: Record<string, number> = {};
  for (const [index, state] of states.entries()) {
    for (const [name, tensor] of Object.entries(state.tensors)) tensors[`${index}.${name}`] = tensor;
    for (const [name, number] of Object.entries(state.numbers)) numbers[`${index}.${name}`] = number;
  }
  return { tensors, numbers };
}

function partOf(state: OptimizerState, index: number): OptimizerState {
  return { tensors: withPrefix(state.tensors, `${index}.`), numbers: withPrefix(state.numbers, `${index}.`) };
}

function withPrefix<Value>(record: Readonly<Record<string, Value>>, prefix: string): Record<string, Value> {
  const entries = Object.entries(record).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(entries.map(([name, value]) => [name.slice(prefix.length), value]));
}
