/** The exit codes of the program. */
export const exitCode = {
  /** The job is done. */
  done: 0,
  /** It failed: data, files, the machine. */
  failed: 1,
  /** It was used wrongly: arguments that could never be right. */
  wrongUse: 2,
  /** It was interrupted; 128 + SIGINT, as shells count. */
  interrupted: 130,
} as const;
