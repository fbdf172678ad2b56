import type { LeavingRule } from '@earlyexit/exit-criteria';
import type { GraphBuilder } from '../graph/graph-builder';
import type { ScoredExit } from './criterion-graph';

/** The rules as ONNX operators: each returns which samples leave, `[batch]` bool. A NaN score never leaves. */
export const leavingRuleGraphs: Readonly<
  Record<LeavingRule, (graph: GraphBuilder, scored: ScoredExit, threshold: string) => string>
> = {
  'score < threshold': (graph, { score }, threshold) => graph.add('Less', [score, threshold], {}, 'leaves'),
  'score >= threshold': (graph, { score }, threshold) =>
    graph.add('GreaterOrEqual', [score, threshold], {}, 'leaves'),
  'score > threshold and second largest output <= threshold': (graph, { score, runnerUp }, threshold) => {
    const isAbove = graph.add('Greater', [score, threshold]);
    const isAlone = graph.add('LessOrEqual', [runnerUp!, threshold]);
    return graph.add('And', [isAbove, isAlone], {}, 'leaves');
  },
};
