import { selectEngine } from '@earlyexit/backend';
import { EarlyExitError } from '@earlyexit/core';
import { createModel } from '@earlyexit/model-zoo';
import { exportConditional } from '@earlyexit/onnx';
import { seededDraws } from '@earlyexit/testing';
import { expect, it } from 'vitest';
import { loadSession } from './load-session';

const MUTATIONS = 10_000;

it('refuses a file that was changed by accident, whatever the change, before onnxruntime sees it', async () => {
  await selectEngine('cpu');
  const file = await exportConditional(createModel('test_resnet_2exits'));
  const { below } = seededDraws(1);
  const refused = new Map<string, number>();
  for (let round = 0; round < MUTATIONS; round++) {
    const at = below(file.length);
    const length = 1 + below(64);
    const kind = ['flip', 'overwrite', 'cut', 'remove', 'repeat'][round % 5]!;
    const parts =
      kind === 'cut'
        ? [file.subarray(0, at)]
        : kind === 'remove'
          ? [file.subarray(0, at), file.subarray(at + length)]
          : kind === 'repeat'
            ? [file.subarray(0, at + 1), file.subarray(at)]
            : [file];
    const damaged = new Uint8Array(await new Blob(parts.map((part) => Uint8Array.from(part))).arrayBuffer());
    if (kind === 'flip') damaged[at]! ^= 1 << below(8);
    if (kind === 'overwrite')
      for (let i = at; i < at + length && i < damaged.length; i++) damaged[i]! ^= 1 + below(255);
    const create = () => Promise.reject(new Error(`round ${round}, ${kind}: reached the runtime`));
    const error: unknown = await loadSession(damaged, {
      runtime: { InferenceSession: { create }, Tensor: Object as never, env: {} },
    }).then(
      () => null,
      (cause: unknown) => cause,
    );
    expect(
      EarlyExitError.is(error) && !error.message.includes('onnxruntime can load'),
      `round ${round}, ${kind}: ${String(error)}`,
    ).toBe(true);
    refused.set(kind, (refused.get(kind) ?? 0) + 1);
  }
  expect([...refused.values()].reduce((sum, count) => sum + count)).toBe(MUTATIONS);
});
