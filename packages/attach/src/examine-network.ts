import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exposeTensors, readForeign, upgradeForeign } from '@earlyexit/onnx/foreign';
import { type NetworkSource, readNetwork } from '@earlyexit/onnx/foreign-node';
import { type Probe, startProbe } from './start-probe';
import {
  examinedNetwork,
  type ExaminedNetwork,
  type ExamineOptions,
  oneImage,
  requireWithoutExits,
} from './survey/examined-network';

export type { ExaminedNetwork, ExamineOptions } from './survey/examined-network';

/**
 * Reads a classifier of any origin and tries it: its shapes are folded by onnxruntime, its batch made free, and batches
 * of 1, 2 and 5 samples held against each other.
 *
 * @throws DataError if it is no classifier of images, its batch cannot be freed, its answers are not finite or change
 * from run to run, or onnxruntime cannot run it; EnvironmentError if onnxruntime-node is not installed
 */
export async function examineNetwork(
  source: NetworkSource,
  { output, size, layout, signal, onProgress }: ExamineOptions = {},
): Promise<ExaminedNetwork> {
  const { bytes, where, readExternal } = await readNetwork(source, signal);
  const steps = (done: number): void => {
    onProgress?.({ what: `reading ${where}`, done, total: 3, unit: 'steps' });
  };
  steps(0);
  requireWithoutExits(bytes, where);
  const freed = await readForeign(bytes, where, { readExternal, size, layout });
  const folder = await mkdtemp(join(tmpdir(), 'earlyexit-'));
  const file = (name: string): string => join(folder, `${name}.onnx`);
  let probe: Probe | null = null;
  try {
    const original = typeof source === 'string' ? source : file('original');
    if (typeof source !== 'string') await writeFile(original, bytes);
    await writeFile(file('freed'), freed.bytes);
    probe = await startProbe(where, signal);
    await probe.fold({ file: file('freed'), folded: file('folded') });
    const plain = upgradeForeign(await readFile(file('folded')), where);
    await writeFile(file('plain'), plain);
    const exposed = exposeTensors(plain, where);
    await writeFile(file('exposed'), exposed.bytes);
    steps(1);
    const survey = await probe.survey({
      original,
      fixedBatch: freed.fixedBatch,
      plain: file('plain'),
      exposed: file('exposed'),
      input: oneImage(freed.input),
      names: exposed.names,
    });
    steps(2);
    const examined = examinedNetwork(plain, survey, { where, input: freed.input, output });
    steps(3);
    return examined;
  } finally {
    probe?.dispose();
    await rm(folder, { recursive: true, force: true });
  }
}
