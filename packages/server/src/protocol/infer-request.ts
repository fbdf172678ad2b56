import { z } from 'zod';

/** The parameters of a request, or of a tensor in it. */
const binarySize = z.int().nonnegative();

/** One threshold: a number, `never` (null too, as in models) or `always`. */
export const threshold = z
  .union([z.number(), z.enum(['never', 'always']), z.null()])
  .transform((value) => value ?? ('never' as const));

/** Thresholds as a list, or as words: `"0.9 never"`. Some clients send no lists. */
const thresholds = z.preprocess(
  (value) => (typeof value === 'string' ? readWords(value) : typeof value === 'number' ? [value] : value),
  z.array(threshold).max(1000),
);

function readWords(text: string): unknown[] {
  const words = text.split(/[\s,]+/).filter((word) => word !== '');
  return words.map((word) => (/^[-+.\d]/.test(word) ? Number(word) : word));
}

/** Microseconds in which a request has to be answered, as Triton words it; at most an hour. */
const timeout = z.int().positive().max(3.6e9);

/** The parameters that change how a request is answered. */
export const runParameters = {
  thresholds: thresholds.optional(),
  max_macs: z.number().positive().optional(),
  timeout: timeout.optional(),
};

const inputTensor = z.object({
  name: z.string().max(1000),
  datatype: z.string().max(100),
  shape: z.array(z.int().nonnegative()).max(16),
  parameters: z
    .object({
      binary_data_size: binarySize.optional(),
      shared_memory_region: z.undefined('there is no shared memory: send the data').optional(),
    })
    .optional(),
  // Read by hand: millions of numbers.
  data: z.unknown().optional(),
});

const outputTensor = z.object({
  name: z.string().max(1000),
  parameters: z
    .object({
      binary_data: z.boolean().optional(),
      classification: z
        .undefined('ask for the outputs class_index, label and probability instead')
        .optional(),
      shared_memory_region: z.undefined('there is no shared memory: the data are in the answer').optional(),
    })
    .optional(),
});

/** An inference request of the Open Inference Protocol, without the data of its tensors. */
export const inferRequest = z.object({
  id: z.string().max(1000).optional(),
  parameters: z.strictObject({ ...runParameters, binary_data_output: z.boolean().optional() }).optional(),
  inputs: z.array(inputTensor).max(16),
  outputs: z.array(outputTensor).max(100).optional(),
});

export type InferRequest = z.infer<typeof inferRequest>;
export type InputTensor = InferRequest['inputs'][number];
