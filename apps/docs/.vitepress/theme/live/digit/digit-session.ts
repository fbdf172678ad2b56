import type { Session } from '@earlyexit/inference';
import wasmAddress from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import modelAddress from '../../../../../../packages/weights/models/b_lenet.mnist/model.onnx?url';
import { IMAGE_SIDE } from './digit-image';

let opened: Promise<Session> | undefined;

/** The network of the page, loaded once: the runtime and the file come when the first example asks for them. */
export function openDigitSession(): Promise<Session> {
  opened ??= (async () => {
    const [{ loadSession }, runtime] = await Promise.all([
      import('@earlyexit/inference/onnx'),
      import('onnxruntime-web/wasm'),
    ]);
    // Beside the page, wherever the bundler puts it.
    runtime.env.wasm.wasmPaths = { wasm: wasmAddress };
    const session = await loadSession(new URL(modelAddress, location.href), { runtime, threads: 1 });
    // The first run prepares what later ones use.
    await session.run({ data: new Uint8Array(IMAGE_SIDE ** 2), count: 1 });
    return session;
  })();
  return opened;
}
