import { ArgumentError } from '@earlyexit/core';
import { getCriterion } from '@earlyexit/exit-criteria';
import { builtInGraphs } from './built-in-graphs';
import type { CriterionGraph } from './criterion-graph';

const graphs = new Map(Object.entries(builtInGraphs));

/**
 * Makes a registered criterion exportable. The graph computes the criterion's score in float32 with ONNX operators.
 * Sessions accept the operators that this package writes itself, and `Sub`, `Neg`, `Abs`, `Log` and `Sqrt`; they refuse
 * others.
 *
 * @throws ArgumentError if the criterion is not registered, needs labels, or has a graph already
 */
export function registerCriterionGraph(name: string, graph: CriterionGraph): void {
  const refuse = (rule: string): ArgumentError =>
    new ArgumentError({
      function: 'registerCriterionGraph',
      argument: 'name',
      rule,
      received: `'${name}'`,
    });
  if (getCriterion(name).needsLabels) throw refuse('a criterion in a graph needs no labels');
  if (graphs.has(name)) throw refuse('a criterion has one graph');
  graphs.set(name, graph);
}

/**
 * The graph of a criterion.
 *
 * @throws ArgumentError if it has none
 */
export function getCriterionGraph(name: string): CriterionGraph {
  const graph = graphs.get(name);
  if (graph !== undefined) return graph;
  throw new ArgumentError({
    function: 'exportConditional',
    argument: 'criterion',
    rule: `a file with exits inside needs the criterion as a graph, which ${[...graphs.keys()].join(', ')} have`,
    received: `'${name}'`,
    remedy: 'Add its graph with registerCriterionGraph, or export stages, which need none',
  });
}
