import type { RuntimeTensor } from '../onnx/runtime';
import type { NativeLibrary, Pointer } from './native-library';

/** The element types of our graphs, by their numbers in OpenVINO's C interface since 2025. */
export const elementTypes = {
  float32: { number: 4, array: Float32Array },
  int64: { number: 10, array: BigInt64Array },
  uint8: { number: 16, array: Uint8Array },
} as const;

type TypeName = keyof typeof elementTypes;

/** A tensor on the host. */
export interface HostTensor extends RuntimeTensor {
  readonly type: TypeName;
  readonly data: Float32Array | BigInt64Array | Uint8Array;
}

/** The class that makes them, like that of onnxruntime. */
export class OpenvinoTensor implements HostTensor {
  constructor(
    readonly type: HostTensor['type'],
    readonly data: HostTensor['data'],
    readonly dims: readonly number[],
  ) {}
}

/** Copies a tensor into the request's input. */
export function feed(
  library: NativeLibrary,
  request: Pointer,
  name: string,
  { type, data, dims }: HostTensor,
): void {
  const tensor = library.createTensor(elementTypes[type].number, dims);
  try {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    new Uint8Array(library.viewTensor(tensor)).set(bytes);
    library.setTensor(request, name, tensor);
  } finally {
    // The request holds on to it.
    library.free('tensor', tensor);
  }
}

/** Copies what the request has computed. */
export function read(library: NativeLibrary, request: Pointer, name: string): HostTensor {
  const tensor = library.getTensor(request, name);
  try {
    const { type: number, dims } = library.describeTensor(tensor);
    const found = Object.entries(elementTypes).find(([, each]) => each.number === number);
    if (found === undefined) throw new Error(`${name} comes in OpenVINO's element type ${number}`);
    const [type, { array: Values }] = found as [TypeName, (typeof elementTypes)[TypeName]];
    return new OpenvinoTensor(type, new Values(library.viewTensor(tensor).slice(0)), dims);
  } finally {
    library.free('tensor', tensor);
  }
}
