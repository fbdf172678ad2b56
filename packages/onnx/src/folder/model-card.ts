import type { MultiExitMetadata, Preprocessing } from '@earlyexit/branch-head';
import { count, percent, shortMacs } from '@earlyexit/core/format';
import {
  type CriterionName,
  getCriterion,
  type Threshold,
  type ThresholdJson,
  thresholdToJson,
} from '@earlyexit/exit-criteria';
import { escapeMarkdown, javascriptText, markdownCode } from './escape-markdown';
import { shortestEdge } from './folder-config';

/** The part of an evaluation that a card shows; the document that `evaluate` returns has it. */
export interface CardEvaluation {
  readonly criterion: string;
  readonly thresholds: readonly ThresholdJson[];
  readonly dataset: string;
  readonly split: string;
  readonly samples: number;
  readonly top1: number | null;
  readonly static: { readonly top1: number | null };
  readonly macsRatio: number | null;
  /** The final exit last. */
  readonly exits: readonly { readonly share: number; readonly top1: number | null }[];
}

/** What a model card shows. */
export interface CardContent {
  /** The folder's name, as the examples use it. */
  readonly folder: string;
  /** The ONNX file's path in the folder. */
  readonly file: string;
  readonly metadata: MultiExitMetadata;
  readonly preprocessing: Preprocessing;
  readonly criterion: CriterionName;
  readonly thresholds: readonly Threshold[];
  readonly evaluation: CardEvaluation | null;
  /** The data set that the network was trained on, if known. */
  readonly dataset: string | null;
}

/** The card of a model folder, in the Markdown that the hub shows. Names that come from files are escaped. */
export function modelCard(given: CardContent): string {
  const content = { ...given, evaluation: isOfPolicy(given) ? given.evaluation : null };
  const { folder, file, metadata, preprocessing, evaluation, dataset } = content;
  const { classes, exits } = metadata;
  const early = exits.length - 1;
  return `${frontMatter}
# ${escapeMarkdown(metadata.name)}

An image classifier with ${early === 0 ? 'no early exit' : early === 1 ? 'one early exit' : `${String(early)} early exits`}, made with [earlyexit](https://github.com/earlyexit/earlyexit)${dataset === null ? '' : ` and trained on ${markdownCode(dataset)}`}. ${early === 0 ? '' : 'An image that an early exit is sure of leaves there, and the rest of the network is not computed for it. The decision is inside the ONNX file: any ONNX Runtime runs it. '}It knows ${count(classes.length)} classes: ${listClasses(classes)}.

## Exits

${exitTable(content)}

The cost is in multiply-accumulates for one image, every head on the way included; the network without exits takes ${shortMacs(metadata.staticMacs)}.${early === 0 ? '' : ` ${rule(content)}`}
${evaluation === null ? '' : `\n${figures(evaluation)}\n`}
## With transformers.js

\`\`\`js
import { AutoModel, AutoProcessor, load_image, pipeline } from '@huggingface/transformers';

const classify = await pipeline('image-classification', ${javascriptText(`./${folder}`)});
console.log(await classify('photo.png'));

// Which exit answered, which the pipeline leaves out:
const model = await AutoModel.from_pretrained(${javascriptText(`./${folder}`)});
const processor = await AutoProcessor.from_pretrained(${javascriptText(`./${folder}`)});
const { logits, exit_index, score } = await model(await processor(await load_image('photo.png')));
\`\`\`

\`logits\` are divided by the temperature of the exit that answered: their softmax is the calibrated probability.

## With @earlyexit/inference

\`\`\`js
import { loadSession } from '@earlyexit/inference/onnx';

const session = await loadSession(${javascriptText(`${folder}/${file}`)});
const { classes, exits, probabilities } = await session.run({ data, count }); // bytes, ${pixelsOf(preprocessing)}
\`\`\`

## Images

${imageSteps(preprocessing)}
`;
}

const frontMatter = `---
library_name: transformers.js
pipeline_tag: image-classification
tags:
  - early-exit
  - earlyexit
  - onnx
---
`;

/** Enough to show what the network is about. */
const MOST_CLASSES = 20;

function listClasses(classes: readonly string[]): string {
  const shown = classes.slice(0, MOST_CLASSES).map(escapeMarkdown).join(', ');
  return classes.length > MOST_CLASSES ? `${shown}, …` : shown;
}

/** Whether an evaluation belongs to the thresholds that are built in. */
function isOfPolicy({ evaluation, criterion, thresholds }: CardContent): boolean {
  return (
    evaluation?.criterion === criterion &&
    JSON.stringify(evaluation.thresholds) === JSON.stringify(thresholds.map(thresholdToJson))
  );
}

function exitTable({ metadata, evaluation, thresholds }: CardContent): string {
  const rows = metadata.exits.map((exit, index) => {
    const measured = evaluation?.exits[index];
    return [
      escapeMarkdown(exit.name),
      exit.attachedAfter === null ? 'the end' : markdownCode(exit.attachedAfter),
      shortMacs(exit.macs),
      percent(exit.macs / metadata.staticMacs, 1),
      index < thresholds.length ? String(thresholds[index]) : '–',
      ...(measured === undefined ? [] : [percent(measured.share, 1), percent(measured.top1)]),
    ];
  });
  const titles = ['exit', 'after', 'cost', 'of the plain network', 'threshold'];
  const all = [...titles, ...(evaluation === null ? [] : ['leave here', 'right of them'])];
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(all), line(all.map(() => '---')), ...rows.map(line)].join('\n');
}

function rule({ criterion }: CardContent): string {
  return `An image leaves at an exit when ${getCriterion(criterion).rule} (\`${criterion}\`); the thresholds are built into the file.`;
}

function figures({ dataset, split, samples, top1, static: plain, macsRatio }: CardEvaluation): string {
  return `On the ${escapeMarkdown(split)} split of ${markdownCode(dataset)} (${count(samples)} images): ${percent(top1)} right, against ${percent(plain.top1)} of the final exit for all of them, at ${macsRatio === null ? 'no' : `1/${macsRatio.toFixed(2)} of`} the plain network's cost. Measured by \`earlyexit evaluate\`.`;
}

function pixelsOf({ inputShape: [height, width] }: Preprocessing): string {
  return `${String(height)} × ${String(width)} pixels`;
}

/** Every step from an image to the network's input. */
function imageSteps(preprocessing: Preprocessing): string {
  const { inputShape, mean, standardDeviation } = preprocessing;
  const isGray = inputShape[2] === 1;
  const list = (values: readonly number[]): string => values.map((value) => String(value)).join(', ');
  return `${pixelsOf(preprocessing)}, in RGB. An image of this size goes in as it is. Others are resized, the shorter side to ${String(shortestEdge(preprocessing))}, and cut at the centre: in Node nearly as they were for training (antialiased; transformers.js does that only for its \`resample: 1\`), in browsers as their canvas does it. Transparency is to be laid on white first.

${polarityText(preprocessing)}Then come \`(pixel / 255 - mean) / standard deviation\`, with mean ${list(mean)} and standard deviation ${list(standardDeviation)}${isGray ? ', and the luma (ITU-R BT.601), which is all that the network looks at: it stands in the file' : ''}.`;
}

function polarityText({ polarity }: Preprocessing): string {
  switch (polarity) {
    case 'light-on-dark':
      return 'It was trained on light ink on a dark ground. `earlyexit predict` inverts an image whose border is light; transformers.js does not: invert photographs of dark ink on paper first. ';
    case 'dark-on-light':
      return 'It was trained on dark ink on a light ground, and nothing is inverted. ';
    case null:
      return 'Nothing is inverted. ';
    case undefined:
      return '';
  }
}
