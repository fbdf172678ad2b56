import type { GraphMessage, ValueInfoMessage } from '../protobuf/messages';

/** The inputs of a graph that are fed: old files list their weights among the inputs too. */
export function fedInputs({ input, initializer }: GraphMessage): ValueInfoMessage[] {
  const constants = new Set(initializer.map(({ name }) => name));
  return input.filter(({ name }) => !constants.has(name));
}
