import { DataError } from '@earlyexit/core';
import { exposeTensors, readForeign, upgradeForeign } from '@earlyexit/onnx/foreign';
import type { Runtime, RuntimeSession } from './import-runtime';
import {
  examinedNetwork,
  type ExaminedNetwork,
  type ExamineOptions,
  oneImage,
  requireWithoutExits,
} from './survey/examined-network';
import { surveyNetwork } from './survey/survey-network';

/**
 * `examineNetwork` where there are neither files nor processes: in a browser, with `onnxruntime-web`. What a file does to
 * the runtime it does to the page, and nothing is folded beforehand: nodes are listed as the file has them. Weights
 * outside the file are refused.
 *
 * @param where the file's name, for errors and for the network's own
 * @throws DataError as `examineNetwork`
 */
export async function examineFile(
  bytes: Uint8Array,
  {
    where,
    runtime: { InferenceSession, Tensor },
    output,
    size,
    layout,
    signal,
    onProgress,
  }: ExamineOptions & { readonly where: string; readonly runtime: Runtime },
): Promise<ExaminedNetwork> {
  const steps = (done: number): void => {
    signal?.throwIfAborted();
    onProgress?.({ what: `reading ${where}`, done, total: 3, unit: 'steps' });
  };
  const open = async (file: Uint8Array, options: object): Promise<RuntimeSession> => {
    try {
      return await InferenceSession.create(file, { logSeverityLevel: 4, ...options });
    } catch (error) {
      const received = (error instanceof Error ? error.message : String(error)).split('\n')[0]!.slice(0, 600);
      throw new DataError({ where, rule: 'onnxruntime can run it', received, cause: error });
    }
  };
  steps(0);
  requireWithoutExits(bytes, where);
  const { bytes: freed, fixedBatch, input } = await readForeign(bytes, where, { size, layout });
  const plain = upgradeForeign(freed, where);
  const { bytes: exposed, names } = exposeTensors(plain, where);
  steps(1);
  const question = { original: bytes, fixedBatch, plain, exposed, input: oneImage(input), names };
  const survey = await surveyNetwork(question, { open, Tensor });
  steps(2);
  const examined = examinedNetwork(plain, survey, { where, input, output });
  steps(3);
  return examined;
}
