import type { GraphBuilder } from './graph-builder';

/** The first version of the operators in which reductions take their axes as an input. */
const AXES_AS_INPUT = 18;

/**
 * Reduces the class axis: `[batch, classes]` to `[batch]`.
 *
 * @param operator `ReduceMax`, `ReduceLogSumExp`, … (`ReduceSum` took its axes as an input five versions earlier).
 */
export function reduceClasses(graph: GraphBuilder, operator: string, value: string, name: string): string {
  const asInput = graph.opset >= AXES_AS_INPUT || operator === 'ReduceSum';
  return asInput
    ? graph.add(operator, [value, graph.integers([1])], { keepdims: { int: 0 } }, name)
    : graph.add(operator, [value], { axes: { ints: [1] }, keepdims: { int: 0 } }, name);
}
