import manifest from '../package.json' with { type: 'json' };

/** The version of earlyexit: all its packages carry the same. */
export const version: string = manifest.version;
