import { ArgumentError } from '@earlyexit/core';

// With another value of these, the rest of the run would have nothing to do with what came before.
const binding = ['exits', 'samples', 'batchSize', 'seed', 'regime'];

/**
 * Compares the settings of a run with those of the run it resumes. Throws ArgumentError if one differs that the data
 * order or the phases depend on; gives the names of others that differ.
 */
export function compareSettings(
  before: Readonly<Record<string, unknown>>,
  now: Readonly<Record<string, unknown>>,
): string[] {
  const different = Object.keys(now).filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(now[name]),
  );
  const forbidden = different.find((name) => binding.includes(name));
  if (forbidden === undefined) return different;
  throw new ArgumentError({
    where: `train ${forbidden}`,
    rule: `must be that of the run that is resumed, ${JSON.stringify(before[forbidden])}`,
    received: JSON.stringify(now[forbidden]),
    remedy: 'Resume with the same value, or train in another folder',
  });
}
