import { type CriterionName, getCriterion } from '@earlyexit/exit-criteria';
import type { ScoredExit } from '../criteria/criterion-graph';
import { leavingRuleGraphs } from '../criteria/leaving-rules';
import { type GraphBuilder, valueInfo } from './graph-builder';

/** `[exits − 1]` to one `[1]` for each. */
export function splitThresholds(graph: GraphBuilder, count: number): string[] {
  if (count === 1) return ['thresholds'];
  const names = Array.from({ length: count }, (_, exit) => `threshold_${exit}`);
  return graph.addMany('Split', ['thresholds', graph.integers(names.map(() => 1))], names, {
    axis: { int: 0 },
  });
}

/** The answers of the samples that a level began with. */
export interface Answers {
  /** `[batch, classes]` */
  readonly logits: string;
  /** `[batch]` */
  readonly score: string;
  /**
   * The exit at which each sample left, counted from where the level began: `passed`, plus `more`, `[batch]` int64, if
   * it is not the same for all.
   */
  readonly exit: { readonly passed: number; readonly more: string | null };
}

/** An exit's answer with its temperature in it, where it is one of logits: probabilities have theirs already. */
export function foldTemperature(
  graph: GraphBuilder,
  answer: string,
  {
    criterion,
    temperature,
    isFinal,
  }: { readonly criterion: CriterionName; readonly temperature: number; readonly isFinal: boolean },
): string {
  // Under every criterion the final exit answers for itself.
  const isLogits = isFinal || getCriterion(criterion).answersWith === 'logits';
  return isLogits && temperature !== 1
    ? graph.add('Div', [answer, graph.scalar(temperature)], {}, 'tempered')
    : answer;
}

/** Which samples of a level stay, `stays` `[batch]` bool, and their numbers, `rows` `[left, 1]` int64. */
export function findRows(
  graph: GraphBuilder,
  leaves: string,
): { readonly stays: string; readonly rows: string } {
  const stays = graph.add('Not', [leaves], {}, 'stays');
  // [1, left] to [left, 1], as gathering and scattering by rows expect.
  const rows = graph.add('Transpose', [graph.add('NonZero', [stays])], { perm: { ints: [1, 0] } }, 'rows');
  return { stays, rows };
}

/**
 * Writes the `If` after an exit: if any samples stay, their later answers go into their rows.
 *
 * @param from the graph of this level; everything else was written `to` a subgraph of it
 */
export function mergeAnswers(
  { from, to }: { readonly from: GraphBuilder; readonly to: GraphBuilder },
  {
    own,
    later,
    stays,
    rows,
    exit,
    classes,
  }: {
    readonly own: Pick<Answers, 'logits' | 'score'>;
    readonly later: Answers;
    readonly stays: string;
    readonly rows: string;
    readonly exit: number;
    readonly classes: number;
  },
): Answers {
  // A sample that leaves here has passed no exit; one that stays has passed this one and what the later levels add.
  const one = from.add('Cast', [stays], { to: { int: 7 } }, 'passed');
  const { passed: skipped } = later.exit;
  const passed = skipped === 0 ? one : from.add('Mul', [one, wholeNumber(from, skipped + 1)], {}, 'passed');

  const inOrder = (all: string, left: string) =>
    to.add('ScatterND', [all, rows, left], {}, `${all}_in_order`);
  const columns: Column[] = [
    {
      name: 'logits',
      all: own.logits,
      merged: inOrder(own.logits, later.logits),
      shape: [classes],
      type: 'float32',
    },
    { name: 'score', all: own.score, merged: inOrder(own.score, later.score), shape: [], type: 'float32' },
    ...(later.exit.more === null
      ? []
      : [
          {
            name: 'passed',
            all: passed,
            // Plain scattering: not every runtime can add while it scatters.
            merged: inOrder(
              passed,
              to.add('Add', [later.exit.more, wholeNumber(to, skipped + 1)], {}, 'passed_more'),
            ),
            shape: [],
            type: 'int64',
          } as const,
        ]),
  ];
  const isAnyLeft = from.add('Cast', [from.add('Size', [rows])], { to: { int: 9 } }, 'is_any_left');
  const done = from.subgraph();
  const outputs = from.addMany(
    'If',
    [isAnyLeft],
    columns.map(({ name }) => `${name}_from_exit_${exit}`),
    {
      then_branch: {
        graph: to.build(
          `after_exit_${exit}`,
          [],
          columns.map(({ merged, shape, type }) => valueInfo(merged, ['batch', ...shape], type)),
        ),
      },
      else_branch: {
        graph: done.build(
          `at_exit_${exit}`,
          [],
          columns.map(({ name, all, shape, type }) =>
            valueInfo(done.add('Identity', [all], {}, `${name}_at_exit_${exit}`), ['batch', ...shape], type),
          ),
        ),
      },
    },
  );
  return { logits: outputs[0]!, score: outputs[1]!, exit: { passed: 0, more: outputs[2] ?? passed } };
}

/** One of the answers: this exit's for all samples, and the same with the later answers in their rows. */
interface Column {
  readonly name: string;
  readonly all: string;
  readonly merged: string;
  readonly shape: readonly number[];
  readonly type: 'float32' | 'int64';
}

/** A constant whole number, `[]` int64. */
function wholeNumber(graph: GraphBuilder, value: number): string {
  return graph.constant(`whole_${value}`, 'int64', [], BigInt64Array.of(BigInt(value)));
}

/** Gives the answers the names of the graph's outputs. */
export function nameOutputs(graph: GraphBuilder, { logits, score, exit }: Answers): void {
  graph.addNamed('Identity', [logits], ['logits']);
  graph.addNamed('Identity', [score], ['score']);
  const { passed, more } = exit;
  if (more === null) {
    graph.addNamed('Expand', [wholeNumber(graph, passed), graph.add('Shape', [score])], ['exit_index']);
  } else if (passed === 0) graph.addNamed('Identity', [more], ['exit_index']);
  else graph.addNamed('Add', [more, wholeNumber(graph, passed)], ['exit_index']);
}

/**
 * Which samples leave at an exit, `[batch]` bool.
 *
 * @param limit a number that is built in, or the name of a threshold fed as `[1]` float32
 */
export function writeRule(
  graph: GraphBuilder,
  criterion: CriterionName,
  scored: ScoredExit,
  limit: number | string,
): string {
  const { rule, surerIs } = getCriterion(criterion);
  const leaves = leavingRuleGraphs[rule];
  if (typeof limit === 'number') return leaves(graph, scored, graph.scalar(limit));
  const byScore = leaves(graph, scored, limit);
  const lower = surerIs === 'lower';
  const always = graph.add(
    'IsInf',
    [limit],
    { detect_negative: { int: lower ? 0 : 1 }, detect_positive: { int: lower ? 1 : 0 } },
    'always',
  );
  return graph.add('Or', [byScore, always], {}, 'leaves');
}
