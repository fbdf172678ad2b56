// The program of the thread that computes for `loadRuntimeInThread`; it does nothing anywhere else.
import { parentPort, workerData } from 'node:worker_threads';
import type { RuntimeThreadStart } from './node/runtime-thread-messages';
import { serveRuntime } from './node/serve-runtime';

if (parentPort !== null) void serveRuntime(parentPort, workerData as RuntimeThreadStart);
