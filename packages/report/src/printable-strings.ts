import { printable } from '@earlyexit/core';

/** The same data with control characters made visible in every string, because class names come from files. */
export function printableStrings<Data>(data: Data): Data {
  if (typeof data === 'string') return printable(data) as Data;
  if (Array.isArray(data)) return data.map(printableStrings) as Data;
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, printableStrings<unknown>(value)]),
  ) as Data;
}
