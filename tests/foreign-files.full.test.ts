import { EarlyExitError } from '@earlyexit/core';
import { examineNetwork } from '@earlyexit/attach';
import { exposeTensors, readForeign, upgradeForeign } from '@earlyexit/onnx/foreign';
import { runtimeOutlook } from '@earlyexit/onnx/foreign-node';
import { expect, it } from 'vitest';
import { colourNetwork } from '../packages/attach/src/testing/colour-networks';
import { mutateFile } from '../packages/onnx/src/testing/mutate-file';

const MUTATED = 2000;
/** Of those that the reader lets through, so many are tried with onnxruntime too, in processes of their own. */
const TRIED = 20;
/** A file of a few kilobytes is read in much less. */
const LONGEST_MS = 2000;

const files = [
  colourNetwork({ depth: 4 }),
  colourNetwork({ depth: 2, softmax: true, batch: 1 }),
  colourNetwork({ opset: 9, depth: 3 }),
  colourNetwork({ channelsLast: true, half: true }),
];

/** `null` where it went through; a fault of ours is thrown. */
async function refusal(action: () => Promise<unknown>): Promise<string | null> {
  try {
    await action();
    return null;
  } catch (error) {
    if (!EarlyExitError.is(error)) throw error;
    expect(error.message).not.toContain('\n');
    return error.message;
  }
}

it(`refuses ${MUTATED} mutated files of other programs with one line, or tries them in a process of their own`, async () => {
  const through: { readonly bytes: Uint8Array; readonly done: string }[] = [];
  let refused = 0;
  for (let seed = 0; seed < MUTATED; seed++) {
    const { bytes, done } = mutateFile(files[seed % files.length]!, seed);
    const started = performance.now();
    let message: string | null;
    try {
      message = await refusal(async () => {
        await runtimeOutlook(bytes);
        const { bytes: freed } = await readForeign(bytes, 'mutated.onnx');
        exposeTensors(upgradeForeign(freed, 'mutated.onnx'), 'mutated.onnx');
      });
    } catch (error) {
      throw new Error(`seed ${seed}, ${done}`, { cause: error });
    }
    expect(performance.now() - started, `seed ${seed}, ${done}`).toBeLessThan(LONGEST_MS);
    if (message === null) through.push({ bytes, done });
    else refused++;
  }
  // Both ends are reached.
  expect(refused).toBeGreaterThan(MUTATED / 20);
  expect(through.length).toBeGreaterThan(TRIED);

  const step = Math.floor(through.length / TRIED);
  for (let i = 0; i < TRIED; i++) {
    const { bytes } = through[i * step]!;
    await refusal(() => examineNetwork(bytes, { signal: AbortSignal.timeout(30_000) }));
  }
  process.stderr.write(`${refused} of ${MUTATED} refused by the reader\n`);
}, 120_000);
