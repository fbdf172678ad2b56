import { reduceClasses } from '../graph/reduce';
import type { CriterionGraph, ExitInGraph, ScoredExit } from './criterion-graph';
import { largestOf, largestTwo, logSoftmaxOf, notANumber, scoredAlone, softmaxOf } from './scored-exit';

/** The criteria of `@earlyexit/exit-criteria` by their names; the formulas are the same. */
export const builtInGraphs: Readonly<Record<string, CriterionGraph>> = {
  entropy: (exit) => scoreEntropy(exit, -1),
  'normalized-entropy': (exit) => scoreEntropy(exit, -1 / (exit.classes > 1 ? Math.log(exit.classes) : 1)),
  'max-probability': (exit) => scoredAlone(exit, largestOf(exit, softmaxOf(exit))),
  margin(exit) {
    const { graph } = exit;
    // The product with (1, −1) is the difference and removes the second axis in one step.
    const signs = graph.constant('largest_minus_second', 'float32', [2], Float32Array.of(1, -1));
    return scoredAlone(exit, graph.add('MatMul', [largestTwo(exit, softmaxOf(exit)), signs], {}, 'score'));
  },
  energy: (exit) => scoredAlone(exit, reduceClasses(exit.graph, 'ReduceLogSumExp', exit.logits, 'score')),
  patience: scorePatience,
  'unique-above'(exit) {
    const { graph, logits } = exit;
    const two = [largestTwo(exit, logits), graph.integers([1, 1])];
    const columns = graph.addMany('Split', two, ['largest', 'second'], { axis: { int: 1 } });
    const [largest, second] = columns.map((column) => graph.add('Squeeze', [column, graph.integers([1])]));
    const score = graph.add('Add', [largest!, notANumber(exit)], {}, 'score');
    return { ...scoredAlone(exit, score), runnerUp: second! };
  },
  ensemble: scoreEnsemble,
};

function scoreEntropy(exit: ExitInGraph, factor: number): ScoredExit {
  const { graph } = exit;
  const logProbabilities = logSoftmaxOf(exit);
  // From log p, not from p: where p vanishes, log p is still a finite number.
  const probabilities = graph.add('Exp', [logProbabilities]);
  const terms = graph.add('Mul', [probabilities, logProbabilities]);
  const sum = reduceClasses(graph, 'ReduceSum', terms, 'sum');
  return scoredAlone(exit, graph.add('Mul', [sum, graph.scalar(factor)], {}, 'score'));
}

function scorePatience(exit: ExitInGraph): ScoredExit {
  const { graph, logits, state } = exit;
  const answers = graph.add('ArgMax', [logits], { axis: { int: 1 }, keepdims: { int: 0 } }, 'class');
  const [lastClass, lastStreak] = state;
  const one = graph.scalar(1);
  const streak =
    lastClass === undefined
      ? one
      : graph.add('Where', [
          graph.add('Equal', [answers, lastClass.name]),
          graph.add('Add', [lastStreak!.name, one]),
          one,
        ]);
  const score = graph.add('Add', [notANumber(exit), streak], {}, 'score');
  return {
    score,
    runnerUp: null,
    answer: logits,
    state: [
      { name: answers, shape: [], type: 'int64' },
      { name: score, shape: [], type: 'float32' },
    ],
  };
}

function scoreEnsemble(exit: ExitInGraph): ScoredExit {
  const { graph, classes, state } = exit;
  const own = logSoftmaxOf(exit);
  const sum = state[0] === undefined ? own : graph.add('Add', [state[0].name, own]);
  const mean = exit.exit === 0 ? sum : graph.add('Mul', [sum, graph.scalar(1 / (exit.exit + 1))], {}, 'mean');
  const probabilities = graph.add('Softmax', [mean], { axis: { int: 1 } }, 'probabilities');
  return {
    score: largestOf(exit, probabilities),
    runnerUp: null,
    answer: mean,
    state: [{ name: sum, shape: [classes], type: 'float32' }],
  };
}
