import { channelsFirst } from '@earlyexit/core';
import type { StageRunner } from '../../session/stage-runner';
import { type OnnxRuntime, readTensor, runRuntime, type RuntimeSession } from '../runtime';
import type { StagedManifest, StagedTensor } from './manifest';

/** The tensors that cross a cut, on the host, in the order of the manifest. */
type Features = readonly {
  readonly tensor: StagedTensor;
  /** `[rows, ...shape]` */
  readonly data: Float32Array | Uint8Array;
}[];

/** Runs the stages of a staged export, each a session of onnxruntime. */
export function onnxStageRunner(
  sessions: readonly RuntimeSession[],
  runtime: OnnxRuntime,
  { stages, network, inputShape }: StagedManifest,
): StageRunner<Features> {
  return {
    stageCount: stages.length,
    inputShape,
    classes: network.classes.length,
    load: (images) => [{ tensor: stages[0]!.inputs[0]!, data: channelsFirst(images, inputShape) }],
    async run(stage, features) {
      const feeds = features.map(({ tensor: { name, type, shape }, data }) => {
        const rows = data.length / sizeOf(shape);
        return [name, new runtime.Tensor(type, data, [rows, ...shape])] as const;
      });
      const result = await runRuntime(sessions[stage]!, Object.fromEntries(feeds), {
        network: network.name,
        runtime,
        outputs: ['logits', ...stages[stage]!.carried.map(({ name }) => name)],
      });
      const read = (name: string): Promise<unknown> => readTensor(result[name]!);
      const carried: Features[number][] = [];
      for (const tensor of stages[stage]!.carried) {
        carried.push({ tensor, data: (await read(tensor.name)) as Float32Array | Uint8Array });
      }
      return { logits: (await read('logits')) as Float32Array, features: carried };
    },
    select: (features, rows) =>
      features.map(({ tensor, data }) => ({ tensor, data: selectRows(data, rows, sizeOf(tensor.shape)) })),
    release: () => undefined,
    dispose() {
      for (const session of sessions) void session.release();
    },
  };
}

function selectRows(
  data: Float32Array | Uint8Array,
  rows: Int32Array,
  size: number,
): Float32Array | Uint8Array {
  const kept =
    data instanceof Uint8Array ? new Uint8Array(rows.length * size) : new Float32Array(rows.length * size);
  rows.forEach((row, place) => {
    kept.set(data.subarray(row * size, (row + 1) * size), place * size);
  });
  return kept;
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, axis) => product * axis, 1);
}
