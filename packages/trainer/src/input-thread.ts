// The program of the thread that loads the batches; it does nothing anywhere else.
import { parentPort, workerData } from 'node:worker_threads';
import type { InputThreadStart } from './input/input-messages';
import { runInputThread } from './input/run-input-thread';

if (parentPort !== null) runInputThread(parentPort, workerData as InputThreadStart);
