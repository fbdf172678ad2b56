// The program of the threads that share a batch; it does nothing anywhere else.
import { parentPort, workerData } from 'node:worker_threads';
import { runWorker } from './workers/run-worker';
import type { WorkerStart } from './workers/worker-messages';

if (parentPort !== null) void runWorker(parentPort, workerData as WorkerStart);
