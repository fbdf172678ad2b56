import { Worker } from 'node:worker_threads';

/** Who hears what becomes of a thread. */
export interface ThreadListener<Report> {
  readonly onReport: (report: Report) => void;
  /** Called when the thread has failed or ended, perhaps twice, the first time with the reason. */
  readonly onEnd: (problem: string) => void;
}

/**
 * Starts a thread. Whether it could be started is heard by the listener too.
 *
 * @throws DOMException if what it is given cannot be cloned to a thread
 */
export function startThread<Report>(
  program: URL | string,
  workerData: unknown,
  { onReport, onEnd }: ThreadListener<Report>,
): Worker {
  // A thread takes over the flags of the process, and would not start with this one, which is about programs given as text.
  const isText = process.execArgv.some((flag) => flag.startsWith('--input-type'));
  const worker = new Worker(program, { workerData, ...(isText ? { execArgv: [] } : {}) });
  worker.on('message', onReport);
  worker.on('error', (error) => {
    onEnd(error instanceof Error ? error.message : String(error));
  });
  worker.on('exit', (code) => {
    onEnd(`it ended with code ${code}`);
  });
  return worker;
}
