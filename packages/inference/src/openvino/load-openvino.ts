import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ArgumentError, EnvironmentError } from '@earlyexit/core';
import type { OnnxRuntime } from '../onnx/runtime';
import { bindLibrary, type NativeLibrary } from './native-library';
import { elementTypes, OpenvinoTensor } from './openvino-tensor';
import { createOpenvinoSession } from './openvino-session';

/** Where OpenVINO is. */
export interface OpenvinoOptions {
  /**
   * The library of OpenVINO's C interface, or its folder: `libopenvino_c.so.…`, `libopenvino_c.….dylib`,
   * `openvino_c.dll`. `earlyexit engine install openvino` fetches one and says where it is; in the Python package
   * `openvino` it is in `openvino/libs`.
   */
  readonly library: string;
}

/**
 * Intel's OpenVINO as the runtime of `loadSession` and `loadStagedSession`: the same files, the same answers up to
 * float32 rounding, computed by other kernels. On x64 its int8 convolutions are faster than onnxruntime's at batches of
 * several images; see the README for both. It computes on the processor (`cpu`) unless `executionProvider` names
 * another of OpenVINO's devices, such as `gpu`.
 *
 * Node only; needs the package `koffi` to call the library.
 *
 * @throws EnvironmentError if koffi or the library cannot be loaded, or the library is too old; ArgumentError if there
 * is none at that place
 */
export async function loadOpenvino({ library: place }: OpenvinoOptions): Promise<OnnxRuntime> {
  const path = findLibrary(place);
  const koffi = await import('koffi').catch((cause: unknown) => {
    throw new EnvironmentError({
      where: 'loadOpenvino',
      rule: 'the package koffi calls OpenVINO, and could not be loaded',
      received: cause instanceof Error ? cause.message.split('\n')[0]! : String(cause),
      remedy: 'Install it: npm install koffi',
      cause,
    });
  });
  try {
    const library = bindLibrary(koffi.default, path);
    checkElementTypes(library);
    const core = library.createCore();
    return {
      name: 'OpenVINO',
      env: {},
      Tensor: OpenvinoTensor,
      InferenceSession: {
        create: (bytes, options = {}) => createOpenvinoSession(library, core, bytes, options),
      },
    };
  } catch (cause) {
    throw new EnvironmentError({
      where: path,
      rule: 'OpenVINO 2026 or a later one can be loaded from there',
      received: cause instanceof Error ? cause.message.split('\n')[0]! : String(cause),
      remedy: 'Get one: earlyexit engine install openvino',
      cause,
    });
  }
}

function findLibrary(place: string): string {
  const pattern = /^(libopenvino_c\.so|libopenvino_c\..*dylib$|openvino_c\.dll$)/;
  const stat = statSync(place, { throwIfNoEntry: false });
  if (stat?.isDirectory() !== true) {
    if (stat !== undefined) return place;
    throw new ArgumentError({
      where: 'loadOpenvino, library',
      rule: "it is the library of OpenVINO's C interface, or the folder in which it lies",
      received: `${place}, where nothing is`,
      remedy: 'Get OpenVINO: earlyexit engine install openvino',
    });
  }
  const found = readdirSync(place).find((name) => pattern.test(name));
  if (found !== undefined) return join(place, found);
  throw new ArgumentError({
    where: 'loadOpenvino, library',
    rule: "the folder holds the library of OpenVINO's C interface: libopenvino_c or openvino_c",
    received: place,
    remedy: 'In the Python package openvino it lies in openvino/libs',
  });
}

/** The numbers of the types changed once: their sizes show whether the library uses those expected here. */
function checkElementTypes(library: NativeLibrary): void {
  for (const [name, { number, array }] of Object.entries(elementTypes)) {
    const tensor = library.createTensor(number, [1]);
    const bytes = library.viewTensor(tensor).byteLength;
    library.free('tensor', tensor);
    if (bytes !== array.BYTES_PER_ELEMENT)
      throw new Error(`its element type ${number} is not ${name}: another generation of OpenVINO`);
  }
}
