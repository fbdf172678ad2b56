export { createServer, type InferenceServer } from './create-server';
export type { BatchLimits } from './batching/batch-limits';
export { deploymentEngines, writeDeployment, type WrittenDeployment } from './deploy/write-deployment';
export { type PipelineEngine, writePipeline, type WrittenPipeline } from './deploy/write-pipeline';
export {
  type TritonOptions,
  type TritonRepository,
  writeTritonRepository,
} from './deploy/write-triton-repository';
export { openServed, type OpenedModels } from './models/open-served';
export { parseServedName, type ServedName } from './models/parse-served-name';
export { readSecrets, type SecretFiles } from './read-secrets';
export type {
  AnswerMonitor,
  RelaxedOptions,
  ReloadModel,
  ServedModel,
  ServedModels,
} from './models/served-model';
export type { RequestLog, ServerOptions } from './server-options';
