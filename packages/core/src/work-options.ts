/** The progress of a piece of work. */
export interface WorkProgress {
  /** What is being done, as a present participle with its object: `running calibration images`. */
  readonly what: string;
  readonly done: number;
  /** Null if the end is not known. */
  readonly total: number | null;
  /** What `done` and `total` count. */
  readonly unit: 'samples' | 'bytes' | 'steps' | 'files';
}

/** Something that a person should know but that is not an error. */
export interface WorkNote {
  /** A warning is about the result; a note only tells what was done. */
  readonly level: 'note' | 'warning';
  /** One sentence, without a full stop at its end. */
  readonly text: string;
}

/** Options of every long-running function. Such a function prints nothing: the caller decides what is shown. */
export interface WorkOptions {
  /** Ends the work at the next safe place; the function then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: WorkProgress) => void) | undefined;
  readonly onNote?: ((note: WorkNote) => void) | undefined;
}
