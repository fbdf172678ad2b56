import type { MessagePort } from 'node:worker_threads';
import type { LoadSamples } from '@earlyexit/branch-head';
import { ArgumentError } from '@earlyexit/core';
import type { InputAnswer, InputRequest, InputThreadStart } from './input-messages';
import { packError } from './sent-error';

/** What the thread that loads does: answers one request after the other, until there are no more. */
export function runInputThread(port: MessagePort, { origin, slots }: InputThreadStart): void {
  const opened = open(origin);
  // Whoever asks for the first batch hears of it.
  opened.catch(() => undefined);
  let last: Promise<void> = Promise.resolve();
  port.on('message', (request: InputRequest) => {
    if (request === null) {
      port.close();
      return;
    }
    last = last.then(async () => {
      port.postMessage(await answer(opened, request, slots[request.slot]));
    });
  });
}

async function open({ module, name, data }: InputThreadStart['origin']): Promise<LoadSamples> {
  const exports = (await import(module)) as Readonly<Record<string, unknown>>;
  const make = exports[name];
  if (typeof make !== 'function') {
    throw new ArgumentError({
      where: 'train data, load.origin',
      rule: `${module} exports the function ${name}, from which a thread gets the load function`,
      received: typeof make,
      remedy: 'Correct the origin, or leave it out to load in the thread that trains',
    });
  }
  return (make as (data: unknown) => LoadSamples | Promise<LoadSamples>)(data);
}

async function answer(
  opened: Promise<LoadSamples>,
  { rows, augmentationSeed }: NonNullable<InputRequest>,
  slot: Float32Array,
): Promise<InputAnswer> {
  try {
    const load = await opened;
    const images = await load(rows, { augmentationSeed });
    slot.set(images);
    return { type: 'loaded', length: images.length };
  } catch (error) {
    return { type: 'failed', error: packError(error) };
  }
}
