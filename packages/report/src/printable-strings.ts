import { printable } from '@earlyexit/core';

/** The same data, and in every text of it control characters are shown: names of classes come from files. */
export function printableStrings<Data>(data: Data): Data {
  if (typeof data === 'string') return printable(data) as Data;
  if (Array.isArray(data)) return data.map(printableStrings) as Data;
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, printableStrings<unknown>(value)]),
  ) as Data;
}
