/** Sizes of what the threads share while one phase is trained. */
export interface SharedStepSizes {
  readonly workers: number;
  readonly parameters: number;
  readonly moving: number;
  readonly exits: number;
  readonly batchSize: number;
  /** Numbers per image. */
  readonly imageSize: number;
}

/** The memory that the threads share while one phase is trained, as it is sent to them. */
export interface SharedStepMemory {
  readonly sizes: SharedStepSizes;
  readonly buffer: SharedArrayBuffer;
}

/** What one worker makes of its part of a batch. */
export interface SharedResult {
  /** `[parameters]`. */
  readonly gradient: Float32Array;
  /** `[moving]`: after this step. */
  readonly moving: Float32Array;
  /** `[exits]`: means over its part. */
  readonly losses: Float32Array;
  /** `[exits]`. */
  readonly right: Float32Array;
  /** `[1]`: of the final exit, with a distillation; else NaN. */
  readonly confidence: Float32Array;
}

/** The shared memory, part by part. What the main thread writes and what the workers write are different parts. */
export interface SharedStep {
  /** `[parameters]`: before the step. */
  readonly parameters: Float32Array;
  /** `[moving]`: before the step. */
  readonly moving: Float32Array;
  /** `[exits]`. */
  readonly exitWeights: Float32Array;
  /** `[1]`: of the distillation. */
  readonly temperature: Float32Array;
  /** `[batchSize, imageSize]`. */
  readonly images: Float32Array;
  /** `[batchSize]`. */
  readonly labels: Int32Array;
  /** One for each worker. */
  readonly results: readonly SharedResult[];
}

/** Reserves the memory that the threads share. */
export function reserveSharedStep(sizes: SharedStepSizes): SharedStepMemory {
  let bytes = 0;
  layOut(sizes, (length) => {
    bytes += padded(length) * 4;
    return new Float32Array(0);
  });
  return { sizes, buffer: new SharedArrayBuffer(bytes) };
}

/** Sees shared memory part by part. */
export function viewSharedStep({ sizes, buffer }: SharedStepMemory): SharedStep {
  let offset = 0;
  return layOut(sizes, (length) => {
    const view = new Float32Array(buffer, offset, length);
    offset += padded(length) * 4;
    return view;
  });
}

function layOut(sizes: SharedStepSizes, take: (length: number) => Float32Array): SharedStep {
  const { workers, parameters, moving, exits, batchSize, imageSize } = sizes;
  const labels = take(batchSize);
  return {
    labels: new Int32Array(labels.buffer, labels.byteOffset, labels.length),
    parameters: take(parameters),
    moving: take(moving),
    exitWeights: take(exits),
    temperature: take(1),
    images: take(batchSize * imageSize),
    results: Array.from({ length: workers }, () => ({
      gradient: take(parameters),
      moving: take(moving),
      losses: take(exits),
      right: take(exits),
      confidence: take(1),
    })),
  };
}

/** Whole cache lines of 16 numbers: two threads that write to the same line slow each other. */
function padded(length: number): number {
  return Math.ceil(length / 16) * 16;
}
