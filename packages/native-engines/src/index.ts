export { enginesFolder, type InstalledEngine, listEngines } from '@earlyexit/backend/installed';
export type { InstallOptions } from './install-options';
export { type InstalledOpenvino, findOpenvino, removeOpenvino } from './openvino/openvino-folder';
export { installOpenvino } from './openvino/install-openvino';
export { findRuntime, type InferenceRuntime, type RuntimeName } from './runtimes/find-runtime';
export type { InstallResult } from './tensorflow/install-release';
export {
  installTensorflowEngine,
  type TensorflowInstallOptions,
} from './tensorflow/install-tensorflow-engine';
export { removeEngines } from './tensorflow/remove-engines';
