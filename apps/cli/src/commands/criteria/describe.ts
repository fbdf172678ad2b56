import type { ExitCriterion } from '@earlyexit/exit-criteria';
import type { Output } from '../../terminal/output';
import { formatTable } from '../../terminal/table';

/** The criteria as a table. */
export function describeCriteria(
  entries: readonly (Pick<ExitCriterion, 'description' | 'rule' | 'usesTemperature'> & {
    readonly name: string;
  })[],
  { colors, width }: Pick<Output, 'colors' | 'width'>,
): string[] {
  return formatTable(
    ['name', 'leaves when', 'temperature', 'description'],
    entries.map(({ name, rule, usesTemperature, description }) => [
      name,
      rule,
      usesTemperature ? 'yes' : 'no',
      description,
    ]),
    colors,
    width,
  );
}
