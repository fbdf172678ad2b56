import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { EnvironmentError } from '@earlyexit/core';
import type { runtimeNames } from '../options/option-values';

/** What runs an exported network. */
export type RuntimeName = (typeof runtimeNames)[number];

/** A runtime on this machine. */
export interface InferenceRuntime {
  readonly name: RuntimeName;
  /** As results name it: the package and its version. */
  readonly title: string;
  /** The module of onnxruntime-node, or the folder of OpenVINO's libraries. */
  readonly path: string;
}

/** @throws EnvironmentError if it is not installed */
export async function findRuntime(name: RuntimeName): Promise<InferenceRuntime> {
  return name === 'openvino' ? findOpenvino() : findOnnxruntime();
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

async function findOpenvino(): Promise<InferenceRuntime> {
  const backend = await import('@earlyexit/backend');
  const installed = backend.findOpenvino();
  if (installed === null) {
    throw new EnvironmentError({
      where: '--engine openvino',
      rule: 'OpenVINO is not installed',
      remedy: 'Install it: earlyexit engine install openvino',
    });
  }
  return { name: 'openvino', title: `OpenVINO ${installed.version}`, path: installed.library };
}
