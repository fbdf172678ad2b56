/** The header's length stands in front, as a little-endian 64-bit number. */
export const LENGTH_BYTES = 8;
/** Data begin at a multiple of 8 bytes; the header is padded with spaces. */
export const ALIGNMENT = 8;
/** The types that are read, and the bytes of a value of each. */
export const VALUE_BYTES = { F32: 4, I32: 4, F16: 2, I64: 8 } as const;
/** What the header calls a type. */
export type ValueType = keyof typeof VALUE_BYTES;
/** The header's entry that is no tensor. */
export const METADATA = '__metadata__';
/** The bound of the reference reader: a list of names and numbers beyond it is no header. */
export const LARGEST_HEADER_BYTES = 100_000_000;
