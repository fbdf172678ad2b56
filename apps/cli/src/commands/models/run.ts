import { listModels } from '@earlyexit/model-zoo';
import { listPretrained } from '@earlyexit/weights';
import type { Invocation } from '../../command';
import { describeModels, describePretrained } from './describe';
import type { models } from './options';

/** `earlyexit models`: the networks that can be trained, or those that are. */
export function run({ options, output }: Invocation<typeof models>): Promise<undefined> {
  if (options.pretrained) {
    output.json(listPretrained());
    output.text(...describePretrained(listPretrained(), output));
    return Promise.resolve(undefined);
  }
  const entries = listModels().filter(({ name }) => options.all || !name.startsWith('test_'));
  output.json(entries);
  output.text(...describeModels(entries, output));
  return Promise.resolve(undefined);
}
