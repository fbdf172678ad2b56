import { criterionNames, getCriterion } from '@earlyexit/exit-criteria';
import type { CommandDefinition } from '../command-definition';
import { formatTable } from '../terminal/table';

/** `earlyexit criteria` */
export const criteriaCommand: CommandDefinition = {
  name: 'criteria',
  summary: 'list the rules by which a sample may leave early',
  example: `$ earlyexit criteria
name             leaves when         temperature  description
───────────────  ──────────────────  ───────────  …
entropy          score < threshold   yes          …
max-probability  score >= threshold  yes          …
…`,
  configure() {
    // No options of its own.
  },
  execute({ output }) {
    const entries = criterionNames.map((name) => {
      const { description, rule, surerIs, needsLabels, usesTemperature } = getCriterion(name);
      return { name, description, rule, surerIs, needsLabels, usesTemperature };
    });
    output.json(entries);
    output.text(
      ...formatTable(
        [{ title: 'name' }, { title: 'leaves when' }, { title: 'temperature' }, { title: 'description' }],
        entries.map(({ name, rule, usesTemperature, description }) => [
          name,
          rule,
          usesTemperature ? 'yes' : 'no',
          description,
        ]),
        output.colors,
        output.width,
      ),
    );
    return Promise.resolve(undefined);
  },
};
