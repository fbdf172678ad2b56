import type { MessagePort } from 'node:worker_threads';
import { readTensor, type RuntimeTensor } from '../onnx/runtime';
import { loadRuntime } from './load-runtime';
import type { RuntimeAnswer, RuntimeRequest, RuntimeThreadStart } from './runtime-thread-messages';

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Opens a session in this thread and answers the runs that the port asks for, one after the other. */
export async function serveRuntime(port: MessagePort, start: RuntimeThreadStart): Promise<void> {
  const say = (answer: RuntimeAnswer): void => {
    port.postMessage(answer);
  };
  try {
    const runtime = await loadRuntime(start.runtime);
    const session = await runtime.InferenceSession.create(start.bytes, start.options);
    let last = Promise.resolve();
    port.on('message', (request: RuntimeRequest) => {
      last = last.then(async () => {
        if (request === 'release') {
          await session.release();
          port.close();
          return;
        }
        const { id } = request;
        try {
          const feeds = Object.fromEntries(
            Object.entries(request.feeds).map(([name, { type, data, dims }]) => [
              name,
              new runtime.Tensor(type, data, dims),
            ]),
          );
          const result = await session.run(feeds, request.outputs);
          const tensors: Record<string, RuntimeTensor> = {};
          for (const name of request.outputs) {
            const tensor = result[name]!;
            tensors[name] = { dims: [...tensor.dims], data: await readTensor(tensor) };
          }
          say({ type: 'ran', id, tensors });
        } catch (error) {
          say({ type: 'failed', id, message: messageOf(error) });
        }
      });
    });
    say({ type: 'open', outputNames: session.outputNames && [...session.outputNames] });
  } catch (error) {
    say({ type: 'refused', message: messageOf(error) });
    port.close();
  }
}
