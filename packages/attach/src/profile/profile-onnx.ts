import { METADATA_KEY, readModel } from '@earlyexit/onnx/foreign';
import { type NetworkSource, readNetwork } from '@earlyexit/onnx/foreign-node';
import { examineNetwork, type ExamineOptions } from '../examine-network';
import { type OnnxProfile, profileNetwork } from './profile-network';

/**
 * Whether an ONNX file was written by this toolkit, and so says itself what its exits cost.
 *
 * @throws DataError if it cannot be read, or is no ONNX file
 */
export async function isOwnFile(source: NetworkSource, signal?: AbortSignal): Promise<boolean> {
  const { bytes, where } = await readNetwork(source, signal);
  return readModel(bytes, where).metadataProps.some(({ key }) => key === METADATA_KEY);
}

/**
 * Profiles a classifier of another program.
 *
 * @throws as `examineNetwork`
 */
export async function profileOnnx(source: NetworkSource, options: ExamineOptions = {}): Promise<OnnxProfile> {
  return profileNetwork(await examineNetwork(source, options));
}
