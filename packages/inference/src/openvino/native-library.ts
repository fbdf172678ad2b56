import type Koffi from 'koffi';

/** A pointer, as koffi returns it. */
export type Pointer = unknown;

/** A type, as koffi takes it. */
type TypeSpec = Parameters<typeof Koffi.out>[0];

/**
 * The functions of OpenVINO's C interface that are used, under their names there (docs.openvino.ai, "OpenVINO C API").
 */
export interface NativeLibrary {
  readonly createCore: () => Pointer;
  /** The bytes have to stay valid only during the call. */
  readonly readModel: (core: Pointer, bytes: Uint8Array) => Promise<Pointer>;
  /** Sets the shapes of the model's inputs. */
  readonly reshape: (model: Pointer, shapes: Readonly<Record<string, readonly number[]>>) => void;
  readonly compile: (
    core: Pointer,
    model: Pointer,
    device: string,
    properties: Readonly<Record<string, string>>,
  ) => Promise<Pointer>;
  readonly createRequest: (compiled: Pointer) => Pointer;
  /** Synchronous, as in onnxruntime-node: for a single image, going to another thread and back would take longer. */
  readonly infer: (request: Pointer) => void;
  /** A tensor of the request: an input to be filled, or an output to be read. */
  readonly getTensor: (request: Pointer, name: string) => Pointer;
  readonly setTensor: (request: Pointer, name: string, tensor: Pointer) => void;
  readonly createTensor: (type: number, dims: readonly number[]) => Pointer;
  readonly describeTensor: (tensor: Pointer) => { readonly type: number; readonly dims: number[] };
  /** The tensor's own memory, valid only as long as the tensor. */
  readonly viewTensor: (tensor: Pointer) => ArrayBuffer;
  readonly free: (what: 'model' | 'compiled_model' | 'infer_request' | 'tensor', it: Pointer) => void;
}

/**
 * Binds OpenVINO's C interface.
 *
 * @throws Error with the message of the system's loader if it is not such a library
 */
export function bindLibrary(koffi: typeof Koffi, path: string): NativeLibrary {
  const library = koffi.load(path);
  // Anonymous types, so that the same library can be bound twice.
  const shape = koffi.struct({ rank: 'int64_t', dims: 'int64_t *' });
  const dimension = koffi.struct({ min: 'int64_t', max: 'int64_t' });
  const partialShape = koffi.struct({ rank: dimension, dims: koffi.pointer(dimension) });
  const property = koffi.struct({ key: 'const char *', value: 'const char *' });
  const handle = koffi.pointer('void');
  const made = koffi.out(koffi.pointer(handle));
  const func = (name: string, ...types: readonly TypeSpec[]) => library.func(`ov_${name}`, 'int', [...types]);
  const lastError = library.func('ov_get_last_err_msg', 'const char *', []);

  const check = (status: number): void => {
    if (status === 0) return;
    const said = (lastError() as string | null) ?? '';
    throw new Error(summarize(said) || `OpenVINO answers with status ${status}`);
  };
  const make = (call: (place: [Pointer]) => number): Pointer => {
    const place: [Pointer] = [null];
    check(call(place));
    return place[0];
  };
  /** In another thread, so that the event loop goes on. */
  const inThread = (call: ReturnType<typeof func>, ...values: readonly unknown[]): Promise<void> =>
    new Promise((resolve, reject) => {
      call.async(...values, (error: Error | null, status: number) => {
        try {
          if (error !== null) throw error;
          check(status);
          resolve();
        } catch (failure) {
          reject(failure instanceof Error ? failure : new Error(String(failure)));
        }
      });
    });

  const createCore = func('core_create', made);
  const readModel = func('core_read_model_from_memory_buffer', handle, 'void *', 'size_t', handle, made);
  const properties = koffi.pointer(property);
  const reshape = func('model_reshape_input_by_name', handle, 'const char *', partialShape);
  const compile = func(
    'core_compile_model_props',
    handle,
    handle,
    'const char *',
    'size_t',
    properties,
    made,
  );
  const createRequest = func('compiled_model_create_infer_request', handle, made);
  const infer = func('infer_request_infer', handle);
  const getTensor = func('infer_request_get_tensor', handle, 'const char *', made);
  const setTensor = func('infer_request_set_tensor', handle, 'const char *', handle);
  const createTensor = func('tensor_create', 'int', shape, made);
  const tensorShape = func('tensor_get_shape', handle, koffi.out(koffi.pointer(shape)));
  const tensorType = func('tensor_get_element_type', handle, koffi.out(koffi.pointer('int')));
  const tensorBytes = func('tensor_get_byte_size', handle, koffi.out(koffi.pointer('size_t')));
  const tensorData = func('tensor_data', handle, made);
  const freeShape = func('shape_free', koffi.inout(koffi.pointer(shape)));
  const free = Object.fromEntries(
    ['model', 'compiled_model', 'infer_request', 'tensor'].map((what) => [
      what,
      library.func(`ov_${what}_free`, 'void', [handle]),
    ]),
  );

  return {
    createCore: () => make((place) => createCore(place) as number),
    async readModel(core, bytes) {
      const place: [Pointer] = [null];
      await inThread(readModel, core, bytes, bytes.length, null, place);
      return place[0];
    },
    reshape(model, shapes) {
      const exactly = (size: number) => ({ min: size, max: size });
      for (const [name, dims] of Object.entries(shapes)) {
        check(reshape(model, name, { rank: exactly(dims.length), dims: dims.map(exactly) }) as number);
      }
    },
    async compile(core, model, device, settings) {
      const place: [Pointer] = [null];
      const list = Object.entries(settings).map(([key, value]) => ({ key, value }));
      await inThread(compile, core, model, device, list.length, list, place);
      return place[0];
    },
    createRequest: (compiled) => make((place) => createRequest(compiled, place) as number),
    infer: (request) => check(infer(request) as number),
    getTensor: (request, name) => make((place) => getTensor(request, name, place) as number),
    setTensor: (request, name, tensor) => check(setTensor(request, name, tensor) as number),
    createTensor: (type, dims) =>
      make(
        (place) =>
          createTensor(type, { rank: dims.length, dims: BigInt64Array.from(dims, BigInt) }, place) as number,
      ),
    describeTensor(tensor) {
      const type: [number] = [0];
      // koffi returns 64-bit integers as numbers if they fit, otherwise as bigint.
      const sizes: [{ rank: number | bigint; dims: Pointer }] = [{ rank: 0, dims: null }];
      check(tensorType(tensor, type) as number);
      check(tensorShape(tensor, sizes) as number);
      const { rank, dims } = sizes[0];
      const decoded =
        Number(rank) === 0
          ? []
          : Array.from(koffi.decode(dims, 'int64_t', Number(rank)) as ArrayLike<number | bigint>, Number);
      check(freeShape(sizes) as number);
      return { type: type[0], dims: decoded };
    },
    viewTensor(tensor) {
      const bytes: [number | bigint] = [0];
      check(tensorBytes(tensor, bytes) as number);
      if (Number(bytes[0]) === 0) return new ArrayBuffer(0);
      return koffi.view(
        make((place) => tensorData(tensor, place) as number),
        Number(bytes[0]),
      );
    },
    free: (what, it) => void free[what]!(it),
  };
}

/** OpenVINO puts source locations before its messages; the last line says what is wrong. */
function summarize(message: string): string {
  return (
    message
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !/^(Exception|Check) from /.test(line))
      .at(-1) ?? ''
  );
}
