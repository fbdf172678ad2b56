import { printable } from '@earlyexit/core';
import { count, duration, percent } from '@earlyexit/core/format';
import {
  type ComparedPolicy,
  type ComparisonDocument,
  describeAim,
  type EvaluationDocument,
} from '@earlyexit/evaluation';
import { markdownTable } from 'markdown-table';
import { figureTitles, formatFigure } from '../figure-words';
import type { Reproduction, SystemResult } from '../result';
import type { Results } from './collect-results';
import type { NetworkResult } from './network-result';

/** Where the page finds its pictures and tables. */
export interface PagePlaces {
  /** What was typed, for the head of the page. */
  readonly command: string;
  /** The address, seen from the page, of a file of the results. */
  readonly address: (file: string) => string;
}

/** The page of results as Markdown: every figure in it comes from `results`. */
export function renderResults(results: Results, places: PagePlaces): string {
  const { networks, reproductions, notCarriedOut } = results;
  const parts = [
    '# Results',
    `Written by \`${places.command}\`, which computes every figure here from kept results; nobody typed one. "Right" is the share of right answers on the test images. "Fewer MACs" is how many times fewer multiply-accumulates a sample takes on average than in the same network without exits, every head that was evaluated counted. Thresholds come from calibration images unless a line says otherwise. Intervals are of 95 %. Logits are kept in 16 bits, which can change the answer to an image or two in ten thousand.`,
    ...(networks.length === 0 ? [] : ['## Networks', summary(networks), ...networks.flatMap((each) => network(each, places))]),
    ...(reproductions.length === 0
      ? []
      : ['## Published systems', ...reproductions.flatMap((each) => reproduction(each, places))]),
    ...(notCarriedOut.length === 0
      ? []
      : [
          '## Not carried out',
          'For these recipes there is no result of the full form: what they want to reach is an aim.',
          notCarriedOut.map(({ name, title }) => `- ${inline(title)}: \`earlyexit reproduce ${name}\``).join('\n'),
        ]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function summary(networks: readonly NetworkResult[]): string {
  return table(
    ['network', 'data set', 'test images', '>without exits', '>with exits', '>difference in points', '>fewer MACs'],
    networks.map(({ name, dataset, evaluation }) => {
      const { samples, static: plain, top1, macsRatio, intervals } = evaluation;
      const drop = intervals?.accuracyDrop;
      return [
        `\`${name}\``,
        dataset,
        count(samples),
        percent(plain.top1),
        percent(top1),
        drop ? between(drop, (value) => points(-value), true) : '–',
        intervals?.macsRatio ? between(intervals.macsRatio, times) : times(macsRatio ?? 1),
      ];
    }),
  );
}

function network(result: NetworkResult, { address }: PagePlaces): string[] {
  const { name, title, commands, notes, evaluation, comparison, engine, version, seed } = result;
  return [
    `### ${inline(title)}`,
    `![Accuracy and cost of ${inline(title)}](${address(`${name}.svg`)})`,
    `The line: thresholds along the frontier of the calibration images, on the test images ([as CSV](${address(`${name}.csv`)})). The dot: the thresholds that the network carries (\`${evaluation.criterion}\`: ${thresholds(evaluation)}).`,
    exits(evaluation),
    ...(notes.length === 0 ? [] : [notes.map((note) => `- ${inline(note)}`).join('\n')]),
    ...(comparison === null ? [] : compared(comparison)),
    `Logits by \`${engine}\`, seed ${seed}, version ${version}. ${commands.length === 0 ? '' : 'The commands:'}`.trim(),
    ...(commands.length === 0 ? [] : [`\`\`\`sh\n${commands.map(printable).join('\n')}\n\`\`\``]),
  ];
}

function exits({ exits: all }: EvaluationDocument): string {
  return table(
    ['exit', '>leave here', '>right, of those', '>right, were it alone', '>MACs up to here'],
    all.map(({ name, share, top1, top1All, macs }) => [
      `\`${name}\``,
      percent(share),
      percent(top1),
      percent(top1All ?? null),
      macs === null ? '–' : count(macs),
    ]),
  );
}

function compared({ aim, criteria, oracleRule }: ComparisonDocument): string[] {
  const row = (policy: ComparedPolicy, name = `\`${policy.criterion}\``): string[] => [
    name,
    percent(policy.top1),
    times(policy.macsRatio ?? 1),
    policy.against === null ? '' : between(policy.against.accuracyDifference, points),
    policy.against === null ? '' : probability(policy.against.pValue),
  ];
  return [
    `Every criterion and published policy on the same answers, thresholds of each from the calibration images: ${describeAim(aim)} there. Differences are against \`max-probability\`, image by image; p by McNemar's exact test, adjusted for their number (Holm).`,
    table(
      ['policy', '>right', '>fewer MACs', '>difference in points', '>p'],
      [...criteria.map((policy) => row(policy)), row(oracleRule, `\`${oracleRule.criterion}\` (looks at the true classes: no policy)`)],
    ),
  ];
}

const chosen: Readonly<Record<SystemResult['thresholdsFrom'], string>> = {
  recipe: 'as published',
  calibration: 'from calibration images',
  test: '**from the test images: too good to be true**',
};

function reproduction(result: Reproduction, { address }: PagePlaces): string[] {
  const { name, title, paper, systems, comparison, bars, notes, command, seed, version, seconds } = result;
  return [
    `### ${inline(title)}`,
    `${inline(paper)}.`,
    `![Accuracy and cost of ${inline(title)}](${address(`${name}.svg`)})`,
    table(
      ['system', 'what it is', '>right', '>fewer MACs', '>heads left out', 'thresholds'],
      systems.map(({ name: system, about, test, trunkOnly, thresholdsFrom }) => [
        `\`${system}\``,
        inline(about),
        percent(test.top1),
        times(test.macsRatio ?? 1),
        times(trunkOnly.macsRatio),
        chosen[thresholdsFrom],
      ]),
    ),
    table(
      ['system', 'figure', '>published', '>ours', 'source', 'why they differ'],
      comparison.map(({ system, figure, published, ours, source, reason }) => [
        `\`${system}\``,
        figureTitles[figure],
        formatFigure(figure, published),
        formatFigure(figure, ours),
        inline(source),
        inline(reason),
      ]),
    ),
    ...(bars.length === 0
      ? []
      : [
          bars
            .map(
              ({ system, figure, least, ours, reached }) =>
                `- ${reached ? 'Reached' : '**Not reached**'}: \`${system}\`, ${figureTitles[figure]}: ${formatFigure(figure, ours)}, at least ${formatFigure(figure, least)} wanted.`,
            )
            .join('\n'),
        ]),
    ...(notes.length === 0 ? [] : [notes.map((note) => `- ${inline(note)}`).join('\n')]),
    `${command === null ? 'By the library' : `\`${printable(command)}\``}, seed ${seed}, version ${version}, ${duration(seconds)} of work.`,
  ];
}

function thresholds({ exits: all, thresholds: values }: EvaluationDocument): string {
  return values.map((value, exit) => `${all[exit]?.name ?? exit} ${value === null ? 'never' : Number(value).toPrecision(4)}`).join(', ');
}

/** A table; `>` before a title sets its column to the right. */
function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const align = titles.map((title) => (title.startsWith('>') ? 'r' : 'l'));
  const head = titles.map((title) => title.replace('>', ''));
  return markdownTable([head, ...rows], { align });
}

/** Text from a file, in a line of Markdown: nothing in it is markup. */
function inline(text: string): string {
  return printable(text)
    .replaceAll(/[\\`*_[\]<>|]/g, (character) => `\\${character}`)
    .trim();
}

const points = (value: number): string => `${value >= 0 ? '+' : '−'}${(100 * Math.abs(value)).toFixed(2)}`;
const times = (value: number): string => `${value.toFixed(2)}×`;
const probability = (value: number): string => (value < 0.001 ? '< 0.001' : value.toFixed(3));

function between(
  { value, low, high }: { readonly value: number; readonly low: number; readonly high: number },
  show: (value: number) => string,
  turned = false,
): string {
  const [from, to] = turned ? [high, low] : [low, high];
  return `${show(value)} (${show(from)} to ${show(to)})`;
}
