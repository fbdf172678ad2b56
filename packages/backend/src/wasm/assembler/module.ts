import { type Code, doWhile, i32, unsigned, type ValueType, valueTypes } from './code';

/** A local variable of a function, or one of its parameters. */
export class Local {
  /** The value, as an expression. */
  readonly get: Code;
  readonly #index: Code;

  constructor(
    index: number,
    readonly type: ValueType,
  ) {
    this.#index = unsigned(index);
    this.get = [0x20, ...this.#index];
  }

  set(value: Code): Code {
    return [...value, 0x21, ...this.#index];
  }

  /** Sets the variable and leaves the value as an expression. */
  tee(value: Code): Code {
    return [...value, 0x22, ...this.#index];
  }

  /** Adds a constant to an integer, in place. */
  advance(by: number): Code {
    return by === 0 ? [] : this.set(i32.add(this.get, i32.constant(by)));
  }
}

/** Allocates the local variables of a function under construction. */
export class FunctionWriter {
  readonly #locals: ValueType[] = [];

  constructor(private readonly parameterCount: number) {}

  local(type: ValueType): Local {
    this.#locals.push(type);
    return new Local(this.parameterCount + this.#locals.length - 1, type);
  }

  locals(count: number, type: ValueType): Local[] {
    return Array.from({ length: count }, () => this.local(type));
  }

  get localTypes(): readonly ValueType[] {
    return this.#locals;
  }

  /** Runs `body` `count` times, at least once. */
  repeat(count: number | Code, body: Code): Code {
    if (count === 1) return body;
    const left = this.local('i32');
    return [
      ...left.set(typeof count === 'number' ? i32.constant(count) : count),
      ...doWhile(body, left.tee(i32.subtract(left.get, i32.constant(1)))),
    ];
  }
}

/** A function of a module under construction; other functions call it with `call`. */
export interface WasmFunction {
  readonly call: (...parameters: readonly Code[]) => Code;
}

type Compiled = Readonly<Record<string, (...parameters: number[]) => void>>;

/**
 * Writes a WebAssembly module that works on another module's memory. All parameters of its functions are i32 (addresses
 * and counts), and none returns anything. https://webassembly.github.io/spec/core/binary/
 */
export class ModuleWriter {
  readonly #functions: {
    parameters: number;
    locals: readonly ValueType[];
    body: Code;
    exportedAs: string | null;
  }[] = [];

  /** Adds a function; with a name it is exported. */
  define(
    parameterCount: number,
    write: (writer: FunctionWriter, ...parameters: Local[]) => Code,
    exportedAs?: string,
  ): WasmFunction {
    const writer = new FunctionWriter(parameterCount);
    const parameters = Array.from({ length: parameterCount }, (_, index) => new Local(index, 'i32'));
    const body = write(writer, ...parameters);
    const index = this.#functions.length;
    this.#functions.push({
      parameters: parameterCount,
      locals: writer.localTypes,
      body,
      exportedAs: exportedAs ?? null,
    });
    return { call: (...values) => [...values.flat(), 0x10, ...unsigned(index)] };
  }

  /** The module in the binary format. */
  toBytes(): Uint8Array<ArrayBuffer> {
    const vector = (items: readonly Code[]): Code => [...unsigned(items.length), ...items.flat()];
    const name = (text: string): Code => [...unsigned(text.length), ...new TextEncoder().encode(text)];
    const section = (id: number, content: Code): Code => [id, ...unsigned(content.length), ...content];
    const maximum = Math.max(...this.#functions.map((one) => one.parameters));
    // Type n is the function of n i32 parameters without a result.
    const types = Array.from({ length: maximum + 1 }, (_, count) => [
      0x60,
      ...vector(Array.from({ length: count }, () => [valueTypes.i32])),
      0,
    ]);
    const bodies = this.#functions.map(({ locals, body }) => {
      const code = [...vector(locals.map((type) => [1, valueTypes[type]])), ...body, 0x0b];
      return [...unsigned(code.length), ...code];
    });
    const exported = this.#functions.flatMap(({ exportedAs }, index) =>
      exportedAs === null ? [] : [[...name(exportedAs), 0, ...unsigned(index)]],
    );
    return Uint8Array.from([
      ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      ...section(1, vector(types)),
      ...section(2, vector([[...name('host'), ...name('memory'), 2, 0, 1]])),
      ...section(3, vector(this.#functions.map(({ parameters }) => unsigned(parameters)))),
      ...section(7, vector(exported)),
      ...section(10, vector(bodies)),
    ]);
  }

  /** Compiles the module with `memory` and returns its exported functions. */
  instantiate(memory: WebAssembly.Memory): Compiled {
    const module = new WebAssembly.Module(this.toBytes());
    return new WebAssembly.Instance(module, { host: { memory } }).exports as Compiled;
  }
}
