import type { MultiExitMetadata } from '@earlyexit/branch-head';
import { getCriterion, type CriterionName, type Threshold } from '@earlyexit/exit-criteria';
import { count, percent, shortMacs } from '../terminal/format';
import type { EvaluationDocument } from '@earlyexit/evaluation';

/** What a model card tells. */
export interface CardContent {
  /** The folder's name, as whoever runs the examples has it. */
  readonly folder: string;
  /** The ONNX file's path in the folder. */
  readonly file: string;
  readonly metadata: MultiExitMetadata;
  readonly criterion: CriterionName;
  readonly thresholds: readonly Threshold[];
  /** What `evaluate --json` printed for this very policy; null where nobody evaluated it. */
  readonly evaluation: EvaluationDocument | null;
  /** The data set it was trained on, if that is known. */
  readonly dataset: string | null;
}

/** The card of a model folder, in the Markdown that the hub shows. */
export function modelCard(content: CardContent): string {
  const { folder, file, metadata, evaluation, dataset } = content;
  const { classes, exits } = metadata;
  const early = exits.length - 1;
  return `${frontMatter}
# ${metadata.name}

An image classifier with ${early === 0 ? 'no early exit' : early === 1 ? 'one early exit' : `${String(early)} early exits`}, made with [earlyexit](https://github.com/earlyexit/earlyexit)${dataset === null ? '' : ` and trained on \`${dataset}\``}. ${early === 0 ? '' : 'An image that an early exit is sure of leaves there, and the rest of the network is not computed for it. The decision is inside the ONNX file: any ONNX Runtime runs it. '}It knows ${count(classes.length)} classes: ${listClasses(classes)}.

## Exits

${exitTable(content)}

The cost is in multiply-accumulates for one image, every head on the way included; the network without exits takes ${shortMacs(metadata.staticMacs)}.${early === 0 ? '' : ` ${rule(content)}`}
${evaluation === null ? '' : `\n${figures(evaluation)}\n`}
## With transformers.js

\`\`\`js
import { AutoModel, AutoProcessor, load_image, pipeline } from '@huggingface/transformers';

const classify = await pipeline('image-classification', './${folder}');
console.log(await classify('photo.png'));

// Which exit answered, which the pipeline leaves out:
const model = await AutoModel.from_pretrained('./${folder}');
const processor = await AutoProcessor.from_pretrained('./${folder}');
const { logits, exit_index, score } = await model(await processor(await load_image('photo.png')));
\`\`\`

\`logits\` are divided by the temperature of the exit that answered: their softmax is the calibrated probability.

## With @earlyexit/inference

\`\`\`js
import { loadSession } from '@earlyexit/inference/onnx';

const session = await loadSession('${folder}/${file}');
const { classes, exits, probabilities } = await session.run({ data, count }); // bytes, ${inputText(metadata)}
\`\`\`

## Images

${inputText(metadata)}, in RGB.${isGray(metadata) ? ' The network itself looks at their luma.' : ''} An image of this size goes in as it is. Others are resized${dataset === 'mnist' ? ', and a digit has to be light on dark, as in the data set' : ''}: in Node nearly as they were for training (antialiased; transformers.js does that only for its \`resample: 1\`), in browsers as their canvas does it.
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

/** Enough to see what it is about. */
const MOST_CLASSES = 20;

function listClasses(classes: readonly string[]): string {
  const shown = classes.slice(0, MOST_CLASSES).join(', ');
  return classes.length > MOST_CLASSES ? `${shown}, …` : shown;
}

function exitTable({ metadata, evaluation, thresholds }: CardContent): string {
  const rows = metadata.exits.map((exit, index) => {
    const measured = evaluation?.exits[index];
    return [
      exit.name,
      exit.attachedAfter === null ? 'the end' : `\`${exit.attachedAfter}\``,
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

function figures({ dataset, split, samples, top1, static: plain, macsRatio }: EvaluationDocument): string {
  return `On the ${split} split of \`${dataset}\` (${count(samples)} images): ${percent(top1)} right, against ${percent(plain.top1)} of the final exit for all of them, at ${macsRatio === null ? 'no' : `1/${macsRatio.toFixed(2)} of`} the plain network's cost. Measured by \`earlyexit evaluate\`.`;
}

function inputText({ preprocessing }: MultiExitMetadata): string {
  const [height, width] = preprocessing!.inputShape;
  return `${String(height)} × ${String(width)} pixels`;
}

function isGray({ preprocessing }: MultiExitMetadata): boolean {
  return preprocessing!.inputShape[2] === 1;
}
