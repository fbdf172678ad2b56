/** The header's length comes first, as a little-endian 64-bit number. */
export const LENGTH_BYTES = 8;
/** Data begin at a multiple of 8 bytes; the header is padded with spaces. */
export const ALIGNMENT = 8;
/** The types that can be read, and the size in bytes of a value of each. */
export const VALUE_BYTES = { F32: 4, I32: 4, F16: 2, I64: 8 } as const;
/** The name of a type in the header. */
export type ValueType = keyof typeof VALUE_BYTES;
/** The entry of the header that is not a tensor. */
export const METADATA = '__metadata__';
/** The limit of the reference reader. */
export const LARGEST_HEADER_BYTES = 100_000_000;
