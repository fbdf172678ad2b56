import { ArgumentError } from '@earlyexit/core';

// With other values of these, the rest of the run would not continue what came before.
const binding = ['exits', 'samples', 'batchSize', 'seed', 'regime'];

/**
 * Compares the settings of a training with those of the run that it resumes.
 *
 * @returns the names of those that differ
 * @throws ArgumentError if one differs that decides the order of the data or the phases
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
    function: 'train',
    argument: forbidden,
    rule: `must be that of the run that is resumed, ${JSON.stringify(before[forbidden])}`,
    received: JSON.stringify(now[forbidden]),
    remedy: 'Resume with the same value, or train in another folder',
  });
}
