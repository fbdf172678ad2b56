import type { MultiExitModel } from '@earlyexit/branch-head';
import { channelsFirst } from '@earlyexit/core';
import { noiseImages } from '@earlyexit/testing';
import * as tf from '@tensorflow/tfjs-core';
import * as ort from 'onnxruntime-node';
import { exportStatic } from '../export-static';
import { type ImportOptions, importOnnx } from '../import/import-onnx';
import { openSession } from './compare';

/** The largest difference between the logits of a file and those of its layers, and of the layers exported again. */
export interface RoundTrip {
  readonly model: MultiExitModel;
  readonly byLayers: number;
  readonly byExport: number;
  readonly largest: number;
}

const IMAGES = 2;

/** Imports a file, exports it again and runs all three on the same noise. */
export async function roundTrip(
  bytes: Uint8Array,
  options: ImportOptions & { readonly softmax?: boolean } = {},
): Promise<RoundTrip> {
  const model = await importOnnx(bytes, options);
  const shape = model.model.inputs[0]!.shape.slice(1) as [number, number, number];
  const images = noiseImages(IMAGES, shape, { seed: 7 });
  const layers = tf.tidy(() => {
    const output = model.model.predict(tf.tensor(images, [IMAGES, ...shape])) as tf.Tensor;
    return output.dataSync() as Float32Array;
  });
  const exported = await openSession(await exportStatic(model));
  const [height, width, channels] = shape;
  const first = new ort.Tensor('float32', channelsFirst(images, shape), [IMAGES, channels, height, width]);
  const again = (await exported.run({ pixel_values: first }))['logits']!.data as Float32Array;
  await exported.release();

  const original = await openSession(bytes);
  const { inputNames, outputNames } = original;
  const answers: number[] = [];
  const isLast = options.layout === 'channels-last';
  const order = options.color === 'bgr' ? swapped(images) : images;
  const size = height * width * channels;
  for (let i = 0; i < IMAGES; i++) {
    const one = order.subarray(i * size, (i + 1) * size);
    const input = isLast
      ? new ort.Tensor('float32', Float32Array.from(one), [1, ...shape])
      : new ort.Tensor('float32', channelsFirst(Float32Array.from(one), shape), [1, channels, height, width]);
    const results = await original.run({ [inputNames[0]!]: input });
    answers.push(...(results[options.output ?? outputNames[0]!]!.data as Float32Array));
  }
  await original.release();
  const classes = model.metadata.classes.length;
  const asOriginal =
    options.softmax === true
      ? (logits: Float32Array) => softmax(logits, classes)
      : (logits: Float32Array) => logits;
  return {
    model,
    byLayers: difference(asOriginal(layers), answers),
    byExport: difference(asOriginal(again), answers),
    largest: Math.max(...answers.map(Math.abs)),
  };
}

function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  return Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!)));
}

function softmax(logits: Float32Array, classes: number): Float32Array {
  return logits.map((value, i) => {
    const from = i - (i % classes);
    const row = logits.subarray(from, from + classes);
    return Math.exp(value) / row.reduce((sum, each) => sum + Math.exp(each), 0);
  });
}

/** The same images with the colours reversed. */
function swapped(images: Float32Array): Float32Array {
  return images.map((_, i) => images[i - (i % 3) + 2 - (i % 3)]!);
}
