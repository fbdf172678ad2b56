/** Criterion of every file that is written here. */
export const CRITERION = 'max-probability';
