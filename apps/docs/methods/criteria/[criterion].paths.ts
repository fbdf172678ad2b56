import { getCriterion } from '@earlyexit/exit-criteria';
import { criterionPages } from '../criterion-pages';

/** A page for each criterion. */
export default {
  paths: () =>
    criterionPages.map(({ name, idea, formula, source, care, threshold }) => ({
      params: { criterion: name, threshold: String(threshold) },
      content: `# ${name}

${idea}

\`\`\`text
${formula}
\`\`\`

<CriterionPicture name="${name}" :threshold="${String(threshold)}" />

## What to look out for

${care}

${getCriterion(name).needsLabels ? '' : `See what it does to a network that ships, and to six exits that are made up: [Thresholds by hand, with ${name}](/live/thresholds#criterion=${name}).\n`}
## Where it comes from

${source}

## In a program

\`\`\`js
import { getCriterion } from '@earlyexit/exit-criteria';

const criterion = getCriterion('${name}');
const batch = { logits: Float32Array.of(4, 1, 0), classes: 3${getCriterion(name).needsLabels ? ', labels: Int32Array.of(0)' : ''} };
const evaluation = criterion.evaluate(batch, null);
console.log(evaluation.scores[0], criterion.leaves(evaluation, 0, ${String(threshold)}));
\`\`\`
${getCriterion(name).needsLabels ? '' : `\nOn the command line: \`earlyexit calibrate RUN --criterion ${name}\` finds its thresholds.\n`}`,
    })),
};
