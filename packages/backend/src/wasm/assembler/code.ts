/**
 * A piece of WebAssembly: an expression that leaves one value on the stack, or a statement that leaves none. Pieces are
 * composed by concatenation, so every helper here is a pure function from bytes to bytes.
 */
export type Code = readonly number[];

/** WebAssembly value types, by their binary encoding. */
export const valueTypes = { i32: 0x7f, f32: 0x7d, v128: 0x7b } as const;
export type ValueType = keyof typeof valueTypes;

/** LEB128, unsigned: how WebAssembly writes sizes, indices and offsets. */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value >>> 0;
  do {
    const more = rest > 0x7f;
    bytes.push((rest & 0x7f) | (more ? 0x80 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return bytes;
}

/** LEB128, signed: how WebAssembly writes integer constants. */
export function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const byte = rest & 0x7f;
    rest >>= 7;
    const done = (rest === 0 && (byte & 0x40) === 0) || (rest === -1 && (byte & 0x40) !== 0);
    bytes.push(done ? byte : byte | 0x80);
    if (done) return bytes;
  }
}

const binary =
  (...opcode: number[]) =>
  (left: Code, right: Code): Code => [...left, ...right, ...opcode];
const unary =
  (...opcode: number[]) =>
  (operand: Code): Code => [...operand, ...opcode];
/** An instruction of the SIMD proposal: prefix 0xfd, then its number. */
const simd = (number: number): number[] => [0xfd, ...unsigned(number)];
// The alignment hint is 1 byte everywhere: nothing here may assume more, and processors do not care.
const access =
  (...opcode: number[]) =>
  (address: Code, offset = 0): Code => [...address, ...opcode, 0, ...unsigned(offset)];
const storing =
  (...opcode: number[]) =>
  (address: Code, value: Code, offset = 0): Code => [...address, ...value, ...opcode, 0, ...unsigned(offset)];

/** 32-bit integers: addresses, counters, conditions. */
export const i32 = {
  constant: (value: number): Code => [0x41, ...signed(value)],
  add: binary(0x6a),
  subtract: binary(0x6b),
  multiply: binary(0x6c),
  /** Unsigned. */
  divide: binary(0x6e),
  /** Unsigned. */
  remainder: binary(0x70),
  lessThan: binary(0x49),
  and: binary(0x71),
  or: binary(0x72),
  /** 1 for zero, 0 for anything else. */
  isZero: unary(0x45),
};

/** Single floats, for the rest of a row whose length is not a multiple of four. */
export const f32 = {
  constant: (value: number): Code => [0x43, ...new Uint8Array(new Float32Array([value]).buffer)],
  load: access(0x2a),
  store: storing(0x38),
  add: binary(0x92),
  subtract: binary(0x93),
  multiply: binary(0x94),
  divide: binary(0x95),
  squareRoot: unary(0x91),
  absolute: unary(0x8b),
  max: binary(0x97),
  equal: binary(0x5b),
  lessThan: binary(0x5d),
  greaterThan: binary(0x5e),
  /** `condition ? yes : no`. */
  select: (yes: Code, no: Code, condition: Code): Code => [...yes, ...no, ...condition, 0x1b],
};

/** Four floats at once. */
export const f32x4 = {
  load: access(...simd(0)),
  store: storing(...simd(11)),
  /** One float from memory in all four lanes. */
  loadSplat: access(...simd(9)),
  splat: unary(...simd(19)),
  zero: [...simd(12), ...new Array<number>(16).fill(0)] as Code,
  lane: (vector: Code, lane: number): Code => [...vector, ...simd(31), lane],
  /** Stores only the first `count` lanes, 1 to 4. */
  storeFirst: (address: Code, vector: Code, count: number, offset = 0): Code => {
    if (count === 4) return f32x4.store(address, vector, offset);
    return sequence(
      ...Array.from({ length: count }, (_, lane) =>
        f32x4.storeLane(address, vector, lane, offset + lane * 4),
      ),
    );
  },
  storeLane: (address: Code, vector: Code, lane: number, offset = 0): Code => [
    ...address,
    ...vector,
    ...simd(90),
    0,
    ...unsigned(offset),
    lane,
  ],
  add: binary(...simd(228)),
  subtract: binary(...simd(229)),
  multiply: binary(...simd(230)),
  divide: binary(...simd(231)),
  squareRoot: unary(...simd(227)),
  absolute: unary(...simd(224)),
  max: binary(...simd(233)),
  equal: binary(...simd(65)),
  lessThan: binary(...simd(67)),
  greaterThan: binary(...simd(68)),
  and: binary(...simd(78)),
  /** `left & ~right`. */
  andNot: binary(...simd(79)),
  or: binary(...simd(80)),
  /** All bits set in the lanes for which `keep` is true, none in the others. */
  mask: (keep: (lane: number) => boolean): Code => [
    ...simd(12),
    ...[0, 1, 2, 3].flatMap((lane) => new Array<number>(4).fill(keep(lane) ? 0xff : 0)),
  ],
  /** `mask ? yes : no`, bit by bit. */
  select: (yes: Code, no: Code, mask: Code): Code => [...yes, ...no, ...mask, ...simd(82)],
};

// A module whose only function computes relaxed_madd(0, 0, 0) and drops it.
const relaxedSimdProbe = Uint8Array.from([
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 10, 24, 1, 22],
  ...[1, 1, 0x7b, 0x41, 0, ...simd(17), 0x21, 0, 0x20, 0, 0x20, 0, 0x20, 0, ...simd(261), 0x1a, 0x0b],
]);
// One rounding instead of two and half the instructions, if the engine supports it (relaxed SIMD: Node 22 and newer).
const hasRelaxedSimd = WebAssembly.validate(relaxedSimdProbe);

/** `left · right + addend`, in four lanes; fused if the engine supports it. */
export const multiplyAdd: (left: Code, right: Code, addend: Code) => Code = hasRelaxedSimd
  ? (left, right, addend) => [...left, ...right, ...addend, ...simd(261)]
  : (left, right, addend) => f32x4.add(f32x4.multiply(left, right), addend);

/** Fills or copies blocks of memory. */
export const memory = {
  fill: (address: Code, byte: number, count: Code): Code => [
    ...address,
    ...i32.constant(byte),
    ...count,
    0xfc,
    11,
    0,
  ],
  copy: (to: Code, from: Code, count: Code): Code => [...to, ...from, ...count, 0xfc, 10, 0, 0],
};

/** Runs `body` at least once, and again as long as the condition at its end holds. */
export const doWhile = (body: Code, condition: Code): Code => [
  0x03,
  0x40,
  ...body,
  ...condition,
  0x0d,
  0,
  0x0b,
];
/** Runs `body` if the condition holds. */
export const when = (condition: Code, body: Code): Code => [...condition, 0x04, 0x40, ...body, 0x0b];
/** Several statements in sequence. */
export const sequence = (...statements: readonly Code[]): Code => statements.flat();
