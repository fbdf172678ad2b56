import { listCriteria } from '@earlyexit/exit-criteria';
import type { Invocation } from '../../command';
import { describeCriteria } from './describe';
import type { criteria } from './options';

/** `earlyexit criteria`: the rules by which a sample may leave early. */
export function run({ output }: Invocation<typeof criteria>): Promise<undefined> {
  const entries = listCriteria().map(
    ({ name, description, rule, surerIs, needsLabels, usesTemperature }) => ({
      name,
      description,
      rule,
      surerIs,
      needsLabels,
      usesTemperature,
    }),
  );
  output.json(entries);
  output.text(...describeCriteria(entries, output));
  return Promise.resolve(undefined);
}
