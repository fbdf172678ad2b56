import { reduceClasses } from '../graph/reduce';
import type { ExitInGraph, ScoredExit } from './criterion-graph';

/** A score from this exit's logits alone, which are also the answer. */
export function scoredAlone({ logits }: ExitInGraph, score: string): ScoredExit {
  return { score, runnerUp: null, answer: logits, state: [] };
}

/** The probabilities of the exit at its temperature, `[batch, classes]`. */
export function softmaxOf(exit: ExitInGraph): string {
  return exit.graph.add('Softmax', [tempered(exit)], { axis: { int: 1 } }, 'probabilities');
}

/** Their logarithms. */
export function logSoftmaxOf(exit: ExitInGraph): string {
  return exit.graph.add('LogSoftmax', [tempered(exit)], { axis: { int: 1 } }, 'log_probabilities');
}

/** The two largest values of each row, `[batch, 2]`. */
export function largestTwo({ graph }: ExitInGraph, values: string): string {
  const outputs = ['largest_two', 'largest_two_classes'];
  return graph.addMany('TopK', [values, graph.integers([2])], outputs, { axis: { int: 1 } })[0]!;
}

/** `[batch]`: 0, or NaN where a logit is not finite. `TopK` and `ArgMax` promise nothing about NaN. */
export function notANumber({ graph, logits, classes }: ExitInGraph): string {
  const zeros = graph.constant('zeros', 'float32', [classes], new Float32Array(classes));
  return graph.add('MatMul', [logits, zeros], {}, 'zero_or_nan');
}

/** The largest of each row, as the score, `[batch]`. */
export function largestOf({ graph }: ExitInGraph, values: string): string {
  return reduceClasses(graph, 'ReduceMax', values, 'score');
}

function tempered({ graph, logits, temperature }: ExitInGraph): string {
  return temperature === 1 ? logits : graph.add('Div', [logits, graph.scalar(temperature)], {}, 'tempered');
}
