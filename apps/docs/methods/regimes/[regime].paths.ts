import { type MeasuredSystem, measuredSystems } from '../measured-systems';
import { phaseRow } from '../phase-row';
import { regimePages } from '../regime-pages';

/** A page for each regime. */
export default {
  paths: () => {
    const systems = measuredSystems();
    return regimePages.map(({ name, idea, formula, phases, source, care, code }) => ({
      params: { regime: name },
      content: `# ${name}

${idea}

\`\`\`text
${formula}
\`\`\`

${phaseRow(phases, `Ten epochs of ${name}`)}

## What to look out for

${care}

## What we measured

${measured(systems.filter(({ regime }) => regime === name))}

## Where it comes from

${source}

## In a program

\`\`\`js
import { adam, ${code.slice(0, code.indexOf('('))}, train } from '@earlyexit/trainer';

const regime = ${code};
await train({ model, train: split.train, regime, epochs: 10, batchSize: 64, optimizer: adam() });
\`\`\`

On the command line: \`earlyexit train --regime ${name}\`.
`,
    }));
  },
};

function measured(systems: readonly MeasuredSystem[]): string {
  if (systems.length === 0) {
    return 'No recipe with this regime has been carried out in its full form yet, so there is no figure of ours to show. [Published figures and ours](/methods/figures) lists what there is.';
  }
  const rows = systems.map(
    ({ recipe, system, top1, macsRatio, staticTop1 }) =>
      `| ${recipe} | ${system} | ${(100 * top1).toFixed(2)} % | ${(100 * staticTop1).toFixed(2)} % | ${macsRatio.toFixed(2)}× |`,
  );
  return `| recipe | system | right on the test split | its final exit alone | fewer MACs, every head counted |
| --- | --- | --- | --- | --- |
${rows.join('\n')}

One seed each. [Published figures and ours](/methods/figures) says what the papers report and how the settings were chosen.`;
}
