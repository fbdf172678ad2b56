import type { GraphBuilder } from '../graph/graph-builder';
import { reduceClasses } from '../graph/reduce';
import type { CriterionGraph, ExitInGraph, GraphCriterionName, ScoredExit } from './criterion-graph';

const leavesAbove: CriterionGraph['leaves'] = (graph, { score }, threshold) =>
  graph.add('GreaterOrEqual', [score, threshold], {}, 'leaves');

const leavesBelow: CriterionGraph['leaves'] = (graph, { score }, threshold) =>
  graph.add('Less', [score, threshold], {}, 'leaves');

/** The criteria as operators of ONNX; the formulas are those of `@earlyexit/exit-criteria`. */
export const criterionGraphs: Readonly<Record<GraphCriterionName, CriterionGraph>> = {
  entropy: { score: (exit) => scoreEntropy(exit, -1), leaves: leavesBelow },
  'normalized-entropy': {
    score: (exit) => scoreEntropy(exit, -1 / (exit.classes > 1 ? Math.log(exit.classes) : 1)),
    leaves: leavesBelow,
  },
  'max-probability': {
    score: (exit) => alone(exit, reduceClasses(exit.graph, 'ReduceMax', softmax(exit), 'score')),
    leaves: leavesAbove,
  },
  margin: {
    score: (exit) => {
      const { graph } = exit;
      // The product with (1, −1) is the difference and takes the second axis away in one step.
      const signs = graph.constant('largest_minus_second', 'float32', [2], Float32Array.of(1, -1));
      return alone(exit, graph.add('MatMul', [largestTwo(graph, softmax(exit)), signs], {}, 'score'));
    },
    leaves: leavesAbove,
  },
  energy: {
    score: (exit) => alone(exit, reduceClasses(exit.graph, 'ReduceLogSumExp', exit.logits, 'score')),
    leaves: leavesAbove,
  },
  patience: { score: scorePatience, leaves: leavesAbove },
  'unique-above': {
    score: (exit) => {
      const { graph } = exit;
      const columns = graph.addMany(
        'Split',
        [largestTwo(graph, exit.logits), graph.integers([1, 1])],
        ['largest', 'second'],
        {
          axis: { int: 1 },
        },
      );
      const [largest, second] = columns.map((column) => graph.add('Squeeze', [column, graph.integers([1])]));
      const score = graph.add('Add', [largest!, notANumber(exit)], {}, 'score');
      return { ...alone(exit, score), runnerUp: second! };
    },
    leaves: (graph, { score, runnerUp }, threshold) =>
      graph.add(
        'And',
        [graph.add('Greater', [score, threshold]), graph.add('LessOrEqual', [runnerUp!, threshold])],
        {},
        'leaves',
      ),
  },
  ensemble: { score: scoreEnsemble, leaves: leavesAbove },
};

/** A score from this exit's logits alone, which are the answer too. */
function alone({ logits }: ExitInGraph, score: string): ScoredExit {
  return { score, runnerUp: null, answer: logits, state: [] };
}

function tempered({ graph, logits, temperature }: ExitInGraph): string {
  return temperature === 1 ? logits : graph.add('Div', [logits, graph.scalar(temperature)], {}, 'tempered');
}

function softmax(exit: ExitInGraph): string {
  return exit.graph.add('Softmax', [tempered(exit)], { axis: { int: 1 } }, 'probabilities');
}

function logSoftmax(exit: ExitInGraph): string {
  return exit.graph.add('LogSoftmax', [tempered(exit)], { axis: { int: 1 } }, 'log_probabilities');
}

function scoreEntropy(exit: ExitInGraph, factor: number): ScoredExit {
  const { graph } = exit;
  const logProbabilities = logSoftmax(exit);
  // From log p, not from p: where p vanishes, log p is still a finite number.
  const probabilities = graph.add('Exp', [logProbabilities]);
  const terms = graph.add('Mul', [probabilities, logProbabilities]);
  const sum = reduceClasses(graph, 'ReduceSum', terms, 'sum');
  return alone(exit, graph.add('Mul', [sum, graph.scalar(factor)], {}, 'score'));
}

/** The two largest values of each row, `[batch, 2]`. */
function largestTwo(graph: GraphBuilder, values: string): string {
  const [largest] = graph.addMany(
    'TopK',
    [values, graph.integers([2])],
    ['largest_two', 'largest_two_classes'],
    {
      axis: { int: 1 },
    },
  );
  return largest!;
}

/** `[batch]`: 0, and NaN where a logit is not finite. `TopK` and `ArgMax` promise nothing about NaN. */
function notANumber({ graph, logits, classes }: ExitInGraph): string {
  const zeros = graph.constant('zeros', 'float32', [classes], new Float32Array(classes));
  return graph.add('MatMul', [logits, zeros], {}, 'zero_or_nan');
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
  const own = logSoftmax(exit);
  const sum = state[0] === undefined ? own : graph.add('Add', [state[0].name, own]);
  const mean = exit.exit === 0 ? sum : graph.add('Mul', [sum, graph.scalar(1 / (exit.exit + 1))], {}, 'mean');
  const probabilities = graph.add('Softmax', [mean], { axis: { int: 1 } }, 'probabilities');
  return {
    score: reduceClasses(graph, 'ReduceMax', probabilities, 'score'),
    runnerUp: null,
    answer: mean,
    state: [{ name: sum, shape: [classes], type: 'float32' }],
  };
}
