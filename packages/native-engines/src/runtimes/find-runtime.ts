import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { EnvironmentError } from '@earlyexit/core';
import { findOpenvino } from '../openvino/openvino-folder';

/** A runtime for exported networks. */
export type RuntimeName = 'onnxruntime' | 'openvino';

/** A runtime on this machine. */
export interface InferenceRuntime {
  readonly name: RuntimeName;
  /** Its name in results: the package and its version. */
  readonly title: string;
  /** The module of onnxruntime-node, or the folder of OpenVINO's libraries. */
  readonly path: string;
}

/**
 * Finds a runtime without starting anything.
 *
 * @throws EnvironmentError if it is not installed, with the way to get it
 */
export function findRuntime(name: RuntimeName): InferenceRuntime {
  return name === 'openvino' ? findInstalledOpenvino() : findOnnxruntime();
}

function findOnnxruntime(): InferenceRuntime {
  const require = createRequire(import.meta.url);
  try {
    const path = require.resolve('onnxruntime-node');
    const manifest = require(join(dirname(dirname(path)), 'package.json')) as { version: string };
    return { name: 'onnxruntime', title: `onnxruntime-node ${manifest.version}`, path };
  } catch (cause) {
    throw new EnvironmentError({
      where: 'onnxruntime',
      rule: 'exported networks run on onnxruntime-node, which is not installed',
      remedy: 'Install it: npm install onnxruntime-node',
      cause,
    });
  }
}

function findInstalledOpenvino(): InferenceRuntime {
  const installed = findOpenvino();
  if (installed === null) {
    throw new EnvironmentError({
      where: 'findRuntime',
      rule: 'OpenVINO is not installed',
      remedy:
        'Install it: earlyexit engine install openvino, or installOpenvino() of @earlyexit/native-engines',
    });
  }
  return { name: 'openvino', title: `OpenVINO ${installed.version}`, path: installed.library };
}
