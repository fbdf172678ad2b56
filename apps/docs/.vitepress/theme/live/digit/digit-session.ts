import type { Session } from '@earlyexit/inference';
import modelAddress from '../../../../../../packages/weights/models/b_lenet.mnist/model.onnx?url';
import { openRuntime } from '../open-runtime';
import { IMAGE_SIDE } from './digit-image';

let opened: Promise<Session> | undefined;

/** The network of the page, loaded once: the runtime and the file come when the first example asks for them. */
export function openDigitSession(): Promise<Session> {
  opened ??= (async () => {
    const [{ loadSession }, runtime] = await Promise.all([
      import('@earlyexit/inference/onnx'),
      openRuntime(),
    ]);
    const session = await loadSession(new URL(modelAddress, location.href), { runtime, threads: 1 });
    // The first run prepares what later ones use.
    await session.run({ data: new Uint8Array(IMAGE_SIDE ** 2), count: 1 });
    return session;
  })();
  return opened;
}
