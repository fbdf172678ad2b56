/** The purposes of splits, in the order in which they are named. */
export const splitRoles = ['train', 'validation', 'calibration', 'test'] as const;

/** What a split may be used for. */
export type SplitRole = (typeof splitRoles)[number];
