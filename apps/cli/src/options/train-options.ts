// The original example's spellings, for commands whose options are not declared.
const otherSpellings: Readonly<Record<string, string>> = {
  earlyexit_thresholds: 'earlyexit',
  earlyexit_lossweights: 'lossweights',
};

/** Gives options their own names: `earlyexit_thresholds` becomes `earlyexit`. */
export function renameSpellings(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options).map(([key, value]) => [otherSpellings[key] ?? key, value]),
  );
}
