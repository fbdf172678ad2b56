import type { Session } from '@earlyexit/inference';
import modelAddress from '../../../../../../packages/weights/models/b_lenet.mnist/model.onnx?url';

let opened: Promise<Session> | undefined;

/** The network of the page, loaded once: the runtime and the file come when the first example asks for them. */
export function openDigitSession(): Promise<Session> {
  opened ??= (async () => {
    const [{ loadSession }, runtime] = await Promise.all([
      import('@earlyexit/inference/onnx'),
      import('onnxruntime-web/wasm'),
    ]);
    return loadSession(new URL(modelAddress, location.href), { runtime: runtime, threads: 1 });
  })();
  return opened;
}
