import { listModels } from '@earlyexit/model-zoo';
import type { Invocation } from '../../command';
import { describeModels } from './describe';
import type { models } from './options';

/** `earlyexit models`: the networks that can be trained. */
export function run({ options, output }: Invocation<typeof models>): Promise<undefined> {
  const entries = listModels().filter(({ name }) => options.all || !name.startsWith('test_'));
  output.json(entries);
  output.text(...describeModels(entries, output));
  return Promise.resolve(undefined);
}
