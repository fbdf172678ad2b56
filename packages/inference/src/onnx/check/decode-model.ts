import { need } from './refusal';

/** `onnx.TensorProto` */
export interface Tensor {
  readonly name?: string;
  readonly dims: readonly number[];
  readonly dataType?: number;
  readonly rawData?: Uint8Array;
}

/** `onnx.AttributeProto` */
export interface Attribute {
  readonly name?: string;
  readonly type?: number;
  readonly f?: number;
  readonly i?: number;
  readonly s?: string;
  readonly g?: Graph;
  readonly ints: readonly number[];
}

/** `onnx.NodeProto` */
export interface Node {
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly name?: string;
  readonly opType?: string;
  readonly attribute: readonly Attribute[];
}

/** `onnx.ValueInfoProto` */
export interface ValueInfo {
  readonly name?: string;
  readonly type?: {
    readonly tensorType?: {
      readonly elemType?: number;
      readonly shape?: { readonly dim: readonly { readonly value?: number; readonly param?: string }[] };
    };
  };
}

/** `onnx.GraphProto` */
export interface Graph {
  readonly node: readonly Node[];
  readonly initializer: readonly Tensor[];
  readonly input: readonly ValueInfo[];
  readonly output: readonly ValueInfo[];
  readonly valueInfo: readonly ValueInfo[];
}

/** `onnx.ModelProto` */
export interface Model {
  readonly irVersion?: number;
  readonly graph?: Graph;
  readonly opsetImport: readonly { readonly domain?: string; readonly version?: number }[];
}

/**
 * The fields in files of `@earlyexit/onnx`, by number: name, kind, `*` if there may be several. Any other field of the
 * standard (external data, functions, sparse tensors, training, …) is refused.
 */
const fieldsOf: Readonly<Record<string, readonly string[]>> = {
  Model: [
    '1 irVersion int',
    '2 producerName text',
    '3 producerVersion text',
    '7 graph Graph',
    '8 opsetImport Opset*',
    '14 metadata Entry*',
  ],
  Opset: ['1 domain text', '2 version int'],
  Entry: ['1 key text', '2 value text'],
  Graph: [
    '1 node Node*',
    '2 name text',
    '5 initializer Tensor*',
    '11 input ValueInfo*',
    '12 output ValueInfo*',
    '13 valueInfo ValueInfo*',
  ],
  Node: ['1 input text*', '2 output text*', '3 name text', '4 opType text', '5 attribute Attribute*'],
  Attribute: ['1 name text', '2 f float', '3 i int', '4 s text', '6 g Graph', '8 ints int*', '20 type int'],
  Tensor: ['1 dims int*', '2 dataType int', '8 name text', '9 rawData bytes'],
  ValueInfo: ['1 name text', '2 type Type'],
  Type: ['1 tensorType TensorType'],
  TensorType: ['1 elemType int', '2 shape Shape'],
  Shape: ['1 dim Dimension*'],
  Dimension: ['1 value int', '2 param text'],
};

interface Field {
  readonly name: string;
  readonly kind: string;
  readonly isMany: boolean;
}

const schema = new Map(
  Object.entries(fieldsOf).map(([message, fields]) => [
    message,
    new Map(
      fields.map((field) => {
        const [number, name, kind] = field.split(' ') as [string, string, string];
        return [Number(number), { name, kind: kind.replace('*', ''), isMany: kind.endsWith('*') }];
      }),
    ),
  ]),
);

/** A hundred times as many as ResNet-110 with an exit after every block has. */
const MOST_FIELDS = 2 ** 20;
/** Each exit nests three messages deeper. */
const DEEPEST = 256;
const LONGEST_TEXT = 2 ** 22;

/**
 * Reads the message of a model strictly: every length must fit into the message around it, every field must be one that
 * our exporter writes, in the wire format of its kind, and there may be no more fields than a real network has.
 *
 * @throws Refusal
 */
export function decodeModel(bytes: Uint8Array): Model {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let left = MOST_FIELDS;
  let at = 0;

  function count(): void {
    need(left-- > 0, `it has at most ${MOST_FIELDS} fields`, 'more');
  }

  /** A signed 64-bit whole number, exact up to 2 ** 53. */
  function integer(end: number): number {
    let low = 0;
    let high = 0;
    for (let shift = 0; ; shift += 7) {
      need(at < end && shift < 70, 'numbers end where their message does', `an endless one at byte ${at}`);
      const byte = bytes[at++]!;
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high = bits >>> 4;
      } else high |= bits << (shift - 32);
      if (byte < 0x80) return high * 2 ** 32 + (low >>> 0);
    }
  }

  function stretch(end: number): number {
    const length = integer(end);
    need(
      length >= 0 && length <= end - at,
      'every field lies within its message',
      `${length} bytes where ${end - at} are left, at byte ${at}`,
    );
    return at + length;
  }

  function decode(message: string, end: number, depth: number): Record<string, unknown> {
    need(depth < DEEPEST, `messages are nested at most ${DEEPEST} deep`, 'deeper');
    const fields = schema.get(message)!;
    const out: Record<string, unknown> = {};
    for (const { name, isMany } of fields.values()) if (isMany) out[name] = [];
    while (at < end) {
      const start = at;
      const tag = integer(end);
      const field = fields.get(Math.floor(tag / 8));
      need(
        field !== undefined,
        `a ${message} has the fields that earlyexit writes`,
        `field ${(tag / 8) | 0} at byte ${start}`,
      );
      add(out, field, { message, wire: tag % 8, end, depth });
    }
    return out;
  }

  function add(
    out: Record<string, unknown>,
    { name, kind, isMany }: Field,
    place: { readonly message: string; readonly wire: number; readonly end: number; readonly depth: number },
  ): void {
    const { message, wire, end, depth } = place;
    count();
    const isPacked = isMany && kind === 'int' && wire === 2;
    const expected = kind === 'int' ? 0 : kind === 'float' ? 5 : 2;
    need(isPacked || wire === expected, `${message}.${name} has the form of its kind`, `form ${wire}`);
    const put = (value: unknown): void => {
      if (isMany) (out[name] as unknown[]).push(value);
      else {
        need(!(name in out), `${message}.${name} is there once`, 'twice');
        out[name] = value;
      }
    };
    if (isPacked) {
      for (const stop = stretch(end); at < stop;) {
        count();
        put(integer(stop));
      }
    } else if (kind === 'int') put(integer(end));
    else if (kind === 'float') {
      need(end - at >= 4, 'every field lies within its message', `an end at byte ${at}`);
      put(view.getFloat32(at, true));
      at += 4;
    } else {
      const stop = stretch(end);
      if (kind === 'bytes') put(bytes.subarray(at, stop));
      else if (kind === 'text') {
        need(stop - at <= LONGEST_TEXT, `a text has at most ${LONGEST_TEXT} bytes`, stop - at);
        put(readText(bytes.subarray(at, stop)));
      } else put(decode(kind, stop, depth + 1));
      at = stop;
    }
  }

  function readText(part: Uint8Array): string {
    try {
      return text.decode(part);
    } catch {
      need(false, 'texts are UTF-8', 'other bytes');
    }
  }

  return decode('Model', bytes.length, 0) as unknown as Model;
}
