export { createServer, type InferenceServer } from './create-server';
export type { BatchLimits } from './batching/batch-limits';
export {
  type TritonOptions,
  type TritonRepository,
  writeTritonRepository,
} from './deploy/write-triton-repository';
export { openServed, type OpenedModels } from './models/open-served';
export { parseServedName, type ServedName } from './models/parse-served-name';
export { readSecrets, type SecretFiles } from './read-secrets';
export type { AnswerMonitor, ReloadModel, ServedModel, ServedModels } from './models/served-model';
export type { RequestLog, ServerOptions } from './server-options';
