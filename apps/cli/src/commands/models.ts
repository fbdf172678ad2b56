import type { CommandDefinition } from '../command-definition';
import { formatTable } from '../terminal/table';

/** `earlyexit models` */
export const modelsCommand: CommandDefinition = {
  name: 'models',
  summary: 'list the networks that can be trained',
  example: `$ earlyexit models
name      early exits    input  data set  description
────────  ───────────  ───────  ────────  ──────────────────────────────────────────────────────
lenet               0  28×28×1  mnist     LeNet for 28×28 digits, …
b_lenet             1  28×28×1  mnist     LeNet with one exit (convolution, dense) after the …
…`,
  configure(command) {
    command.option('--all', 'also the tiny test_* networks');
  },
  async execute({ options, output }) {
    const { listModels } = await import('@earlyexit/model-zoo');
    const entries = listModels().filter(({ name }) => options['all'] === true || !name.startsWith('test_'));
    output.json(entries);
    output.text(
      ...formatTable(
        [
          { title: 'name' },
          { title: 'early exits', align: 'right' },
          { title: 'input', align: 'right' },
          { title: 'data set' },
          { title: 'description' },
        ],
        entries.map(({ name, exits, inputShape, defaultDataset, description }) => [
          name,
          String(exits),
          inputShape.join('×'),
          defaultDataset ?? '–',
          description,
        ]),
        output.colors,
        output.width,
      ),
    );
    return undefined;
  },
};
