import { headPages } from '../head-pages';

/** A page for each head. */
export default {
  paths: () =>
    headPages.map(({ name, idea, layers, source, care }) => ({
      params: { head: name },
      content: `# ${name}

${idea}

<ol class="layer-row" aria-label="The layers of the head">
<li class="end">features</li>
${layers.map((layer) => `<li>${layer}</li>`).join('\n')}
<li class="end">logits</li>
</ol>

## What to look out for

${care}

## Where it comes from

${source}

## In a program

\`\`\`js
import { attachExits } from '@earlyexit/branch-head';

const model = attachExits(backbone, [{ after: 'relu1', head: '${name}' }]);
console.log(model.metadata.exits.map(({ name, macs }) => [name, macs]));
\`\`\`

On the command line: \`earlyexit train --exits LAYER:${name}\`. What a head costs stands in the metadata of the model and in \`earlyexit profile\`: the cost of leaving at an exit holds every head on the way.
`,
    })),
};
