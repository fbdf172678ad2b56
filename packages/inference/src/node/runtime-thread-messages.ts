import type { OnnxRuntime, RuntimeTensor } from '../onnx/runtime';

/** Which runtime a thread loads, and the file that it opens there. */
export interface RuntimeThreadStart {
  readonly runtime: { readonly name: 'onnxruntime' | 'openvino'; readonly path: string };
  readonly bytes: Uint8Array;
  readonly options: Record<string, unknown>;
}

/** A tensor on its way between two threads. */
export interface SentTensor {
  readonly type: ConstructorParameters<OnnxRuntime['Tensor']>[0];
  readonly data: Float32Array | Uint8Array;
  readonly dims: readonly number[];
}

/** What a thread is told: a run, or to free its session and end. */
export type RuntimeRequest =
  | {
      readonly id: number;
      readonly feeds: Readonly<Record<string, SentTensor>>;
      readonly outputs: readonly string[];
    }
  | 'release';

/** What a thread says: that its session is open, what a run gave, or the message of what failed. */
export type RuntimeAnswer =
  | { readonly type: 'open'; readonly outputNames: readonly string[] | undefined }
  | { readonly type: 'refused'; readonly message: string }
  | { readonly type: 'ran'; readonly id: number; readonly tensors: Readonly<Record<string, RuntimeTensor>> }
  | { readonly type: 'failed'; readonly id: number; readonly message: string };
