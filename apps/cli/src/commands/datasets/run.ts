import { listDatasets } from '@earlyexit/datasets';
import type { Invocation } from '../../command';
import { describeDatasets } from './describe';
import type { datasets } from './options';

/** `earlyexit datasets`: the data sets that can be read. */
export function run({ output }: Invocation<typeof datasets>): Promise<undefined> {
  const entries = listDatasets();
  output.json(entries);
  output.text(...describeDatasets(entries, output));
  return Promise.resolve(undefined);
}
