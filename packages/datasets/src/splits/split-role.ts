/** What splits are for, in the order in which they are listed. */
export const splitRoles = ['train', 'validation', 'calibration', 'test'] as const;

/** What a split is for. */
export type SplitRole = (typeof splitRoles)[number];
